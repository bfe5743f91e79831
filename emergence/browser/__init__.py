"""The kernels as WebAssembly: `python -m emergence.browser.build` makes kernels.wasm of them."""
