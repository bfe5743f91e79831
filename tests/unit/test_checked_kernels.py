"""A compiled kernel that is damaged on disk is compiled anew, whatever the damage."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numba import config

from emergence.engines.kernels.checked import DIGEST, checked
from tests.unit.source import ROOT

SOURCE = """
from numba import njit

@njit(cache=True)
def twice(x):
    return 2 * x

@njit(cache=True)
def thrice(x):
    return 3 * x
"""


class Kernels:
    """A file of two kernels with their cache, imported anew as at every start of a process."""

    def __init__(self, place: Path) -> None:
        self.place = place / "cache"
        self.file = place / "doubling.py"
        self.file.write_text(SOURCE)

    def start(self) -> tuple[Any, Any]:
        spec = importlib.util.spec_from_file_location("doubling", self.file)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        given, config.CACHE_DIR = config.CACHE_DIR, str(self.place)
        try:
            with checked():
                spec.loader.exec_module(module)
        finally:
            config.CACHE_DIR = given
        return module.twice, module.thrice

    def loaded(self) -> list[bool]:
        """Whether the kernels come from disk at a start, at which they are right."""
        twice, thrice = self.start()
        assert (twice(21), thrice(21)) == (42, 63)
        return [bool(sum(each.stats.cache_hits.values())) for each in (twice, thrice)]

    def find(self, pattern: str) -> Path:
        (found,) = self.place.rglob(pattern)
        return found


@pytest.fixture
def kernels(tmp_path: Path) -> Kernels:
    made = Kernels(tmp_path)
    assert made.loaded() == [False, False]
    assert made.loaded() == [True, True]
    return made


def empty(file: Path) -> None:
    os.truncate(file, 0)


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 7)


def noise(file: Path) -> None:
    file.write_bytes(os.urandom(file.stat().st_size))


def one_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def gone(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    (file / "within").mkdir(parents=True)


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def a_link_to_nothing(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.with_name("nothing"))


def another_kernel(file: Path) -> None:
    """The whole file of the other kernel, with its digest."""
    other = file.with_name(file.name.replace("twice-4", "thrice-8"))
    for suffix in ("", DIGEST):
        shutil.copy(f"{other}{suffix}", f"{file}{suffix}")


DAMAGES = (empty, cut, noise, one_byte, gone, a_folder, a_pipe, a_link_to_nothing)


@pytest.mark.parametrize("damage", [*DAMAGES, another_kernel])
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damage_is_healed(kernels: Kernels, kind: str, damage: Callable[[Path], None]) -> None:
    damage(kernels.find(f"*twice-*.{kind}"))
    assert kernels.loaded() == [False, True]
    assert kernels.loaded() == [True, True]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_digest_is_healed(kernels: Kernels, damage: Callable[[Path], None]) -> None:
    damage(kernels.find(f"*twice-*.nbc{DIGEST}"))
    assert kernels.loaded() in ([False, True], [True, True])
    assert kernels.loaded() == [True, True]


def test_a_kernel_of_numba_s_own_that_fits_nothing_is_compiled_anew(
    kernels: Kernels, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Sound, and yet it cannot be made a function again, as after a library's change in place."""
    from numba.core import compiler

    def rebuild(*_: object) -> None:
        raise EOFError

    with monkeypatch.context() as patch:
        patch.setattr(compiler.CompileResult, "_rebuild", rebuild)
        assert kernels.loaded() == [False, False]
    assert "is compiled anew" in caplog.text
    assert kernels.loaded() == [True, True]


LIMITED = """
import resource, sys
from pathlib import Path
from tests.unit.test_checked_kernels import Kernels
kernels = Kernels(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
print(kernels.loaded())
"""


@pytest.mark.parametrize("limit", [0, 100, 5_000])
def test_a_full_disk_stops_no_kernel(tmp_path: Path, limit: int) -> None:
    """Files may not grow beyond a limit while the kernels are kept: they run, and nothing that is
    left behind is taken for whole."""
    command = [sys.executable, "-c", LIMITED, str(tmp_path), str(limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "[False, False]\n", done.stderr
    kernels = Kernels(tmp_path)
    assert kernels.loaded() == [False, False]
    assert kernels.loaded() == [True, True]
    assert list(tmp_path.rglob("*.tmp.*")) == []


def test_where_no_folder_can_be_made_kernels_are_compiled(tmp_path: Path) -> None:
    made = Kernels(tmp_path)
    made.place.touch()
    assert made.loaded() == [False, False]
    assert made.loaded() == [False, False]
