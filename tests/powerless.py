"""Processes that go by the permissions of files, though root has started them."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

DROP, OVERRIDE = 24, 1
"""PR_CAPBSET_DROP of prctl, and the capability CAP_DAC_OVERRIDE."""


def powerless() -> None:
    """Before a program is run (`preexec_fn`): it cannot write what its permissions forbid."""
    if sys.platform == "linux" and os.getuid() == 0:
        ctypes.CDLL(None).prctl(DROP, OVERRIDE, 0, 0, 0)


def write_protect(folder: Path) -> None:
    """Take from everybody the permission to write anywhere in a folder."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)


def release(folder: Path) -> None:
    """Give it back to the owner, so that the folder can be removed."""
    folder.chmod(folder.stat().st_mode | 0o200)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)
