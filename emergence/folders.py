"""Folders of our own, the user's cache folder's or the temporary one's; files read with care; the
folder of the app."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from emergence.settings import NAME, OURS, SettingsError, settings

log = logging.getLogger(__name__)

PACKAGE = Path(__file__).parent


def app_folder() -> Path:
    """Where app.py, pages and .streamlit lie: at the top of the tree, in the package of a wheel."""
    carried = PACKAGE / "_app"
    return carried if carried.is_dir() else PACKAGE.parent


def own_folders(name: str) -> Iterator[Path]:
    """Where a folder `name` may lie, the best first; it need not be there, nor be writable."""
    cache = settings().cache
    if cache is not None:
        yield cache / name
    shared = private_folder()
    if shared is not None:
        yield shared / name


def own_folder(name: str) -> Path:
    """The first of `own_folders` that can be written, made; where none can, the first, of which
    whoever writes there will hear why. Raises SettingsError where there is none."""
    found = list(own_folders(name))
    for folder in found:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.warning("%s do not go to %s: %s", name, folder, error.strerror)
            continue
        if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return folder
        log.warning("%s do not go to %s: it cannot be written", name, folder)
    if not found:
        raise SettingsError(
            f"{name}: there is no home folder, and the one for temporary files is not ours alone: "
            f"set {OURS}{name.upper()}"
        )
    return found[0]


def content(file: Path, most: int | None = None) -> bytes | None:
    """A file's bytes; None for what is none, cannot be read, or is longer than `most` bytes.

    A pipe, or a device, is no file: reading it could take for ever.
    """
    try:
        opened = os.open(
            file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
        with open(opened, "rb") as stream:
            found = os.fstat(opened)
            if not stat.S_ISREG(found.st_mode) or (most is not None and found.st_size > most):
                return None
            return stream.read()
    except OSError:
        return None


def ours_alone(folder: Path) -> bool:
    """Whether this is a folder (no link to one) that is ours, and into which nobody else can write.

    Where there are no such permissions every folder is the user's.
    """
    return _is_folder(folder, stat.S_IWGRP | stat.S_IWOTH)


def trusted(folder: Path) -> bool:
    """Whether this is a folder into which nobody can write but the user, and root."""
    return _is_folder(folder, stat.S_IWGRP | stat.S_IWOTH, root=True)


def _is_folder(folder: Path, forbidden: int, root: bool = False) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return stat.S_ISDIR(found.st_mode)
    owners = (os.getuid(), 0) if root else (os.getuid(),)
    mine = found.st_uid in owners and not found.st_mode & forbidden
    return stat.S_ISDIR(found.st_mode) and mine


def private_folder() -> Path | None:
    """Our private folder in the temporary folder that all share, made; None where there is none.

    What lies there is loaded, and kernels are run: one that somebody else has made, or can write
    into, is not ours.
    """
    try:
        temporary = Path(tempfile.gettempdir())
        folder = temporary / (f"{NAME}-{os.getuid()}" if hasattr(os, "getuid") else NAME)
        folder.mkdir(mode=0o700, exist_ok=True)
        around = temporary.stat().st_mode
    except OSError:
        return None
    # Where others may rename what lies there, it could be exchanged the next moment.
    stays = not around & stat.S_IWOTH or around & stat.S_ISVTX
    if stays and _is_folder(folder, stat.S_IRWXG | stat.S_IRWXO):
        return folder
    log.warning("%s is not used: it is not ours alone", folder)
    return None
