"""Where compiled kernels are kept: a folder named by everything that is compiled into them.

Numba looks at the file a kernel stands in, not at those whose functions are compiled into it: after
a change of `normals.py` alone, the steps of SGD would keep the old normals. (What processor a
kernel is for, Numba keeps apart itself.)
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import llvmlite
import numba
import numpy as np
from numba import config

from emergence.folders import ours_alone, own_folders, trusted

try:
    import fcntl
except ImportError:  # without locks nobody knows which folders are in use: none is removed
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
PREFIX = "emergence-"
IN_USE = "in-use"
SETTINGS = ("OPT", "BOUNDSCHECK", "LOOP_VECTORIZE", "SLP_VECTORIZE", "USING_SVML")
"""Numba's settings that change what it makes of a kernel."""
ATTEMPTS = 100

_held: list[int] = []
"""Open files whose locks say, as long as this process lives, that its folder is in use."""


def digest() -> str:
    """A hash of all kernels' sources, of the compiler and its settings, of Python and of NumPy."""
    versions = [sys.version, numba.__version__, llvmlite.__version__, np.__version__]
    settings = [f"{name}={getattr(config, name, None)}" for name in SETTINGS]
    hashed = hashlib.sha256("\0".join(versions + settings).encode())
    for file in sorted(HERE.glob("*.py")):
        hashed.update(b"\0" + file.name.encode() + b"\0" + file.read_bytes())
    return hashed.hexdigest()[:16]


def cache_folder(given: str) -> Path | None:
    """The folder for this process's kernels, made and marked as in use; others are removed.

    It lies in the folder `given` (NUMBA_CACHE_DIR), beside the kernels, in the user's cache
    folder or in a private temporary one, the first that can be written and is ours: what lies
    there is run. None where there is none: importing a kernel never fails for want of a place.
    A new folder begins with the kernels of another of these, as of an image of a container that
    cannot be written any more. Removed are the folders there of other versions of these very
    kernels that no living process uses.
    """
    ours = PREFIX + hashlib.sha256(str(HERE).encode()).hexdigest()[:8] + "-"
    name = ours + digest()
    for base in _bases(given):
        try:
            mark = _mark(base / name)
        except OSError:
            continue
        if not ours_alone(base / name):
            log.warning("%s is not used: it is not ours, or others can write there", base / name)
            os.close(mark)
            continue
        _held.append(mark)
        if not any((base / name).glob("*/")):
            _begin(base / name, (other / name for other in _bases(given) if other != base))
        for other in base.glob(f"{ours}*"):
            if other.name != name:
                _remove(other)
        return base / name
    log.warning("no folder for compiled kernels can be written: they are compiled at every start")
    return None


def _begin(folder: Path, others: Iterable[Path]) -> None:
    """Copy the first kernels that lie elsewhere into a new folder, where there are any to trust."""
    for other in others:
        if not trusted(other):
            continue
        try:
            for file in other.glob("*/*"):
                target = folder / file.relative_to(other)
                target.parent.mkdir(exist_ok=True)
                # Whole or not at all: others begin at the same time.
                aside = target.with_name(f"{target.name}-{os.getpid()}")
                shutil.copyfile(file, aside)
                aside.replace(target)
        except OSError as error:
            log.warning("kernels are not taken from %s: %s", other, error.strerror)
        return


def _bases(given: str) -> Iterator[Path]:
    if given:
        yield Path(given)
    yield HERE / "__pycache__"
    yield from own_folders("kernels")


def _mark(folder: Path) -> int:
    """Make a folder and mark it as in use: an open file. Raises OSError where it cannot be."""
    for _ in range(ATTEMPTS):
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o755, exist_ok=True)
            mark = os.open(folder / IN_USE, os.O_RDWR | os.O_CREAT, 0o666)
        except (FileNotFoundError, FileExistsError):  # removed just now
            continue
        if fcntl is None or not _locked(mark, fcntl.LOCK_SH) or _is(folder / IN_USE, mark):
            return mark
        os.close(mark)
    raise OSError(f"{folder} does not stay")


def _locked(mark: int, kind: int) -> bool:
    """Whether the file could be locked (not every file system knows locks)."""
    try:
        fcntl.flock(mark, kind)
    except OSError:
        return False
    return True


def _is(path: Path, mark: int) -> bool:
    """Whether the open file is still the one found under this name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(mark))
    except OSError:
        return False


def _remove(folder: Path) -> None:
    """Remove a folder of compiled kernels, unless a living process uses it."""
    if fcntl is None:
        return
    try:
        mark = os.open(folder / IN_USE, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:
        return
    try:
        # (Another may have removed it just now, and somebody made it anew.)
        if _locked(mark, fcntl.LOCK_EX | fcntl.LOCK_NB) and _is(folder / IN_USE, mark):
            # Out of the way at once: who waits for the lock then makes a new one.
            aside = folder.with_name(f"{folder.name}-{os.getpid()}")
            folder.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
    except OSError:
        pass
    finally:
        os.close(mark)
