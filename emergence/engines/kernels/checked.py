"""Numba's cache of compiled kernels, which checks what it loads and never stands in the way.

Beside each of Numba's files lies its digest. What does not agree (cut, overwritten, half written by
a machine that went down) is dropped and compiled anew: loaded, it ends in an exception or in a
segmentation fault, at every start. What cannot be written is compiled at every start.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from numba.core import dispatcher
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    IndexDataCacheFile,
    NullCache,
    UserProvidedCacheLocator,
)

from emergence.folders import content

log = logging.getLogger(__name__)

DIGEST = ".sha256"


@contextmanager
def checked() -> Iterator[None]:
    """Meanwhile, functions that are decorated with `cache=True` have a cache that checks."""
    names = vars(dispatcher)
    theirs = names["FunctionCache"]
    names["FunctionCache"] = _cache_of
    try:
        yield
    finally:
        names["FunctionCache"] = theirs


class CheckedFile(IndexDataCacheFile):
    """Numba's files of one function, an index and data, with their digests."""

    def _load_index(self) -> dict[Any, str]:
        return super()._load_index() if sound(Path(self._index_path)) else {}

    def _load_data(self, name: str) -> Any:
        path = Path(self._data_path(name))
        if not sound(path):
            raise FileNotFoundError(path)  # which Numba takes for what it is
        return super()._load_data(name)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[IO[bytes]]:
        whole = io.BytesIO()
        yield whole
        digest = _digest(Path(filepath), whole.getvalue())
        for path, text in ((filepath, whole.getvalue()), (filepath + DIGEST, digest)):
            with super()._open_for_write(path) as file:
                file.write(text)


def sound(path: Path) -> bool:
    """Whether a file is what was written; one that is not is dropped."""
    beside = path.with_name(path.name + DIGEST)
    found = content(path)
    if found is not None and content(beside) == _digest(path, found):
        return True
    if os.path.lexists(path):
        log.warning("a damaged kernel is compiled anew: %s", path)
        _drop(path)
        _drop(beside)
    return False


def _digest(path: Path, found: bytes) -> bytes:
    """Of a file's content and of its name: a kernel is not another's."""
    return hashlib.sha256(path.name.encode() + b"\0" + found).hexdigest().encode()


def _drop(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


class _Place(CompileResultCacheImpl):
    """Files lie in the folder that `config.CACHE_DIR` names now, and nowhere else."""

    _locator_classes = (UserProvidedCacheLocator,)


class _Cache(FunctionCache):
    _impl_class = _Place

    def __init__(self, py_func: Any) -> None:
        super().__init__(py_func)
        # The folder is named by what the sources say. When they were written is no matter: an image
        # of a container forgets fractions of a second.
        self._cache_file = CheckedFile(self._cache_path, self._impl.filename_base, None)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:
            log.warning("%s is compiled anew", self._name, exc_info=True)
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except Exception as error:
            log.warning("%s is compiled at every start: it cannot be kept: %s", self._name, error)


def _cache_of(py_func: Any) -> Any:
    """The cache of a function; one that keeps nothing where there is no place."""
    try:
        return _Cache(py_func)
    except (OSError, RuntimeError):
        return NullCache()
