"""Compiled kernels follow their sources, all of them, and no process loses what it uses."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import llvmlite
import numba
import numpy as np
import pytest
from numba.core.caching import NullCache
from numba.core.dispatcher import Dispatcher

from emergence.engines import kernels as all_kernels
from emergence.engines.kernels import cache
from emergence.sweeps import store
from tests.unit.source import FILES, imports

PACKAGE = store.PACKAGE
KERNELS = "emergence/engines/kernels/"
SCRIPT = """
import numpy as np
from emergence.engines.kernels.start import fill_start
from emergence.sweeps.store import code_version
start = np.zeros((1, 3))
fill_start(start, 64, 2, 1)
stats = fill_start.stats
print(start[0, 1], sum(stats.cache_hits.values()), stats.cache_path, code_version())
"""


def filled(place: Path) -> tuple[float, bool, Path, str]:
    """In a new process with the package at `place`: an overlap at the start, whether its kernel was
    loaded, the folder it is kept in, and the version of a sweep's results."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=place, capture_output=True, text=True, check=True
    )
    overlap, hits, path, version = done.stdout.split()
    return float(overlap), hits == "1", Path(path).parent, version


def test_a_change_of_one_kernel_file_reaches_the_kernels_of_all_others(tmp_path: Path) -> None:
    """Each second normal turned over in `normals.py`: so is the start of `start.py`, at once.

    A sweep's results have another version, and the old folder is gone; started again, the kernel
    comes from disk, unless it is damaged there.
    """
    shutil.copytree(PACKAGE, tmp_path / "emergence", ignore=shutil.ignore_patterns("__pycache__"))
    before = filled(tmp_path)
    again = filled(tmp_path)
    assert again == (before[0], True, *before[2:])
    for damaged in (*before[2].rglob("*.nbi"), *before[2].rglob("*.nbc")):
        os.truncate(damaged, damaged.stat().st_size // 2)
    assert filled(tmp_path) == before, "compiled anew"
    assert filled(tmp_path) == again
    file = tmp_path / KERNELS / "normals.py"
    text = file.read_text(encoding="utf-8")
    second = "radius * math.sin(angle)"
    assert text.count(second) == 1
    file.write_text(text.replace(second, f"-{second}"), encoding="utf-8")
    after = filled(tmp_path)
    assert after[0] == -before[0] != 0.0
    assert after[3] != before[3]
    assert not before[2].exists()


def test_kernels_are_made_of_kernels_alone() -> None:
    """The folder's name covers the kernels' sources, NumPy and Numba: nothing else may be in."""
    allowed = (KERNELS.replace("/", "."), "numpy", "numba", "llvmlite", "scipy", "threadpoolctl")
    for path in FILES:
        if str(path).startswith(KERNELS):
            places = ("emergence.folders",) if path.name in ("cache.py", "checked.py") else ()
            foreign = {
                name for name in imports(path)
                if not f"{name}.".startswith((*allowed, *places))
                and name.split(".")[0] not in sys.stdlib_module_names
            }  # fmt: skip
            assert foreign == set(), path


def test_no_two_kernels_have_a_compiled_one_in_common() -> None:
    """Which of several versions of it would run depends on what was loaded first, and last bits of
    every result on that."""
    kernels = {
        name: kernel
        for module in pkgutil.iter_modules(all_kernels.__path__, f"{all_kernels.__name__}.")
        for name, kernel in vars(importlib.import_module(module.name)).items()
        if isinstance(kernel, Dispatcher)
    }
    assert len(kernels) > 60
    for name, kernel in kernels.items():
        for used in kernel.py_func.__code__.co_names:
            if isinstance(called := kernel.py_func.__globals__.get(used), Dispatcher):
                assert called.targetoptions.get("inline") == "always", f"{name} calls {used}"
        on_disk = not isinstance(vars(kernel)["_cache"], NullCache)
        assert on_disk != (kernel.targetoptions.get("inline") == "always"), name


@pytest.mark.parametrize("what", ["source", "NumPy", "Numba", "llvmlite", "Python", "a setting"])
def test_the_name_covers_all_that_is_compiled_in(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(cache.HERE, tmp_path / "kernels")
    monkeypatch.setattr(cache, "HERE", tmp_path / "kernels")
    before = cache.digest()
    if what == "source":
        (tmp_path / "kernels" / "reduced.py").write_text("# another\n")
    elif what == "a setting":
        monkeypatch.setattr(numba.config, "BOUNDSCHECK", 1)
    else:
        place = {"NumPy": np, "Numba": numba, "llvmlite": llvmlite}
        name = "version" if what == "Python" else "__version__"
        monkeypatch.setattr(place.get(what, sys), name, "0.0")
    assert cache.digest() != before


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the version of the kernels of the test's own installation."""

    def choose(name: str) -> None:
        monkeypatch.setattr(cache, "digest", lambda: name)

    return choose


def folder(given: Path | str) -> Path:
    """The folder that is found; there is one."""
    found = cache.cache_folder(str(given))
    assert found is not None
    return found


def test_a_folder_in_use_stays_until_its_process_ends(
    tmp_path: Path, version: Callable[[str], None]
) -> None:
    version("old")
    start = f"from emergence.engines.kernels import cache; cache.digest = lambda: 'old'\n\
print(cache.cache_folder({str(tmp_path)!r}), flush=True); input()"
    older = subprocess.Popen(
        [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert older.stdout
    old = Path(older.stdout.readline().strip())
    (old / "kernel").touch()
    version("new")
    new = folder(tmp_path)
    assert new != old
    assert (old / "kernel").exists()
    older.communicate("\n")
    assert older.returncode == 0
    assert folder(tmp_path) == new
    assert not old.exists()


def test_folders_of_other_installations_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: Callable[[str], None]
) -> None:
    """One NUMBA_CACHE_DIR may serve several."""
    version("x")
    monkeypatch.setattr(cache, "_held", [])
    other = folder(tmp_path)
    os.close(cache._held[0])
    monkeypatch.setattr(cache, "HERE", tmp_path / "other")
    (tmp_path / "other").mkdir()
    assert folder(tmp_path) != other
    assert other.exists()


def test_where_nothing_can_be_written_there_is_still_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only installation: the user's folder, else a temporary one of the user's own."""
    block = tmp_path / "block"
    block.touch()
    monkeypatch.setattr(cache, "HERE", block / "kernels")
    monkeypatch.setattr(cache, "digest", lambda: "x")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    expected = tmp_path / "home" / "emergence-lab" / "kernels"
    assert folder(block / "given").parent == expected
    monkeypatch.setenv("XDG_CACHE_HOME", str(block))
    shared = tmp_path / f"emergence-lab-{os.getuid()}"
    assert folder("").parent == shared / "kernels"
    assert shared.stat().st_mode & 0o077 == 0
    shared.chmod(0o770)
    assert cache.cache_folder("") is None, "others may have planted something there"


def test_a_folder_that_others_can_write_is_not_used(
    tmp_path: Path, version: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    """What lies in it is run. (A folder that is a link to one may be exchanged.)"""
    version("x")
    found = folder(tmp_path)
    assert found.parent == tmp_path
    found.chmod(0o777)
    other = folder(tmp_path)
    assert other.parent != tmp_path
    assert f"{found} is not used" in caplog.text
    found.chmod(0o755)
    found.rename(tmp_path / "aside")
    found.symlink_to(tmp_path / "aside")
    assert folder(tmp_path) == other


def test_a_new_folder_begins_with_the_kernels_of_one_that_cannot_be_written(
    tmp_path: Path, version: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an image: whoever starts it may write elsewhere alone. Nobody else's are taken."""
    version("x")
    monkeypatch.setattr(cache, "HERE", tmp_path / "there")
    image = folder(tmp_path / "there" / "__pycache__")
    (image / "steps").mkdir()
    (image / "steps" / "a.nbi").write_text("compiled")
    image.chmod(0o777)
    assert list(folder(tmp_path / "untrusted").glob("*/*")) == []
    image.chmod(0o755)
    new = folder(tmp_path / "new")
    assert [path.name for path in new.glob("*/*")] == ["a.nbi"]
    assert (new / "steps" / "a.nbi").read_text() == "compiled"
    (image / "steps" / "b.nbi").touch()
    assert folder(tmp_path / "new") == new
    assert len(list(new.glob("*/*"))) == 1, "it has begun already"


def test_the_time_of_a_source_is_no_matter(tmp_path: Path) -> None:
    """An image of a container has files to the second."""
    shutil.copytree(PACKAGE, tmp_path / "emergence", ignore=shutil.ignore_patterns("__pycache__"))
    assert not filled(tmp_path)[1]
    for file in (tmp_path / KERNELS).glob("*.py"):
        os.utime(file, (1, int(file.stat().st_mtime)))
    assert filled(tmp_path)[1]


def test_nobody_loses_a_folder_between_finding_and_marking_it(tmp_path: Path) -> None:
    """Many starts at once, each removing what it can: a marked folder stays."""
    folder = tmp_path / "emergence-x"
    lost: list[int] = []

    def start(number: int) -> None:
        for _ in range(200):
            mark = cache._mark(folder)
            (folder / str(number)).touch()
            cache._remove(folder)
            if not (folder / str(number)).exists():
                lost.append(number)
            os.close(mark)
            cache._remove(folder)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []


def test_a_folder_made_anew_under_a_remover_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its finding and its locking somebody else has removed the folder, and a third made it
    again: what the remover has locked is not what stands there now."""
    folder, locked = tmp_path / "emergence-x", cache._locked
    os.close(cache._mark(folder))
    kept: list[int] = []

    def late(mark: int, kind: int) -> bool:
        monkeypatch.setattr(cache, "_locked", locked)
        shutil.rmtree(folder)
        kept.append(cache._mark(folder))
        return locked(mark, kind)

    monkeypatch.setattr(cache, "_locked", late)
    cache._remove(folder)
    assert (folder / cache.IN_USE).exists()
    os.close(kept[0])
