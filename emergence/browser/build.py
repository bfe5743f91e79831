"""Make kernels.wasm: `python -m emergence.browser.build`, or `--check` that it is what comes of it.

Numba compiles the exports to LLVM's code without optimisation, which knows no machine's sizes yet;
LLVM optimises that for WebAssembly, and the linker of `ziglang` puts the runtime beside it. The
same sources and versions give the same bytes on any machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from emergence.settings import without

HERE = Path(__file__).parent
KERNELS = HERE.parent / "engines" / "kernels"
WASM, DIGESTS = HERE / "kernels.wasm", HERE / "kernels.json"
TOOLS = ("llvmlite", "numba", "numpy", "ziglang")
"""What decides the bytes beside the sources."""
TRIPLE = "wasm32-unknown-unknown"
FEATURES = ("bulk-memory", "mutable-globals", "nontrapping-fptoint", "sign-ext", "simd128")
STACK = 1 << 18
ABSENT = re.compile(
    r"^declare ([^@]*@(?:_?Py\w+|numba_(?:gil_\w+|unpickle|do_raise|runtime_\w+))\([^)]*\)).*$",
    re.M,
)
"""Functions of Python's, for errors that no kernel raises: a browser stops there."""
MESSAGE = re.compile(r"^(@\.const\.picklebuf\.\S+ = internal constant \{[^}]*\}) \{.*$", re.M)
"""What such an error would say: it has paths of the machine that compiled."""
MODULES = (
    "blocks.py", "kept.py", "measure.py", "normals.py", "reduced.py", "sgd.py", "start.py",
)  # fmt: skip
"""The kernels that `exports` calls, or that these call."""


def sources() -> dict[str, str]:
    """The digest of every file that kernels.wasm is made of, by its name in the package."""
    files = [KERNELS / name for name in MODULES]
    files += [HERE / name for name in ("build.py", "exports.py", "runtime.c")]
    root = HERE.parent
    return {
        file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def missing() -> str:
    """What is not installed of the tools, in a sentence; "" where all are."""
    absent = [name for name in TOOLS if find_spec(name) is None]
    return f"{' and '.join(absent)} is missing: pip install -e '.[dev]'" if absent else ""


def versions() -> dict[str, str]:
    """The versions of what makes it."""
    return {name: metadata.version(name) for name in TOOLS}


def build() -> bytes:
    """Compile and link. Takes half a minute; needs `ziglang`, of the extra `dev`."""
    with tempfile.TemporaryDirectory() as scratch:
        # A process of its own: Numba reads its settings once, and its cache has to be empty.
        own = without("NUMBA_") | {
            "NUMBA_OPT": "0", "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "",
            "NUMBA_CACHE_DIR": scratch, "ZIG_GLOBAL_CACHE_DIR": scratch, "PYTHONHASHSEED": "0",
            "ZIG_LOCAL_CACHE_DIR": scratch,
        }  # fmt: skip
        code = f"from emergence.browser.build import link; link({scratch!r})"
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], check=True, env=own, cwd=HERE.parents[1]
        )
        return (Path(scratch) / "kernels.wasm").read_bytes()


def link(scratch: str) -> None:
    """Leave kernels.wasm in a folder: what `build` runs where Numba is set up for it."""
    folder = Path(scratch)
    from emergence.browser.exports import EXPORTS

    objects, names = [], []
    for name, function in EXPORTS.items():
        (folder / f"{name}.o").write_bytes(_object(name, function.inspect_llvm()))
        objects.append(f"{name}.o")
        names.append(f"--export={name}")
    zig = [sys.executable, "-m", "ziglang"]
    flags = ["-O3", "-ffreestanding", "-fno-sanitize=all", "-msimd128", "-mbulk-memory", "-g0"]
    target = "--target=wasm32-freestanding"
    runtime = ["cc", target, *flags, "-c", str(HERE / "runtime.c"), "-o", "runtime.o"]
    subprocess.run([*zig, *runtime], check=True, cwd=folder)
    options = ["--no-entry", "--gc-sections", "--strip-all", "-z", f"stack-size={STACK}"]
    command = ["wasm-ld", *options, *names, *objects, "runtime.o", "-o", "kernels.wasm"]
    subprocess.run([*zig, *command], check=True, cwd=folder)


def _object(name: str, code: str) -> bytes:
    """LLVM's code of an exported function as an object file for WebAssembly."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(
        features=",".join(f"+{each}" for each in FEATURES), opt=3, reloc="static",
        codemodel="default",
    )  # fmt: skip
    code = re.sub(r'target datalayout = ".*"', f'target datalayout = "{machine.target_data}"', code)
    code = re.sub(r'target triple = ".*"', f'target triple = "{TRIPLE}"', code)
    code = re.sub(r'"target-(cpu|features)"="[^"]*"', "", code)
    code = re.sub(r"= common (local_unnamed_addr )?global", "= weak global", code)
    code = ABSENT.sub(r"define internal \1 {\n  call void @llvm.trap()\n  unreachable\n}", code)
    code = MESSAGE.sub(r"\1 zeroinitializer", code)
    code += "\ndeclare void @llvm.trap()\n"
    module = llvm.parse_assembly(code)
    (exported,) = (f for f in module.functions if f.name.startswith("cfunc."))
    for each in module.functions:
        if not each.is_declaration:
            each.linkage = "internal"
    exported.linkage = "external"
    exported.name = name
    module.verify()
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = True
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))


def main(given: list[str] | None = None) -> int:
    """Build, or `--check`; the exit status: 2 where a tool is missing."""
    parser = argparse.ArgumentParser(prog="python -m emergence.browser.build")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    check = parser.parse_args(given).check
    if lacking := missing():
        print(lacking, file=sys.stderr)
        return 2
    built = build()
    if check:
        same = WASM.read_bytes() == built
        print(f"{WASM.name} is {'' if same else 'not '}what its sources give")
        return 0 if same else 1
    WASM.write_bytes(built)
    made = {"sources": sources(), "versions": versions(), "wasm": hashlib.sha256(built).hexdigest()}
    DIGESTS.write_text(json.dumps(made, indent=1) + "\n")
    print(f"{WASM}: {len(built):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
