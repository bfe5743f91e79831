"""The kernels as WebAssembly: `python -m emergence.browser.build` makes kernels.wasm of them."""

from importlib import resources


def kernels() -> bytes:
    """The kernels as WebAssembly."""
    return (resources.files("emergence.browser") / "kernels.wasm").read_bytes()
