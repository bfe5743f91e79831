"""Where compiled kernels and results go when the user's own folder is no place for them."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from emergence.cli.main import main
from emergence.folders import content, own_folder, own_folders
from emergence.settings import SettingsError
from emergence.sweeps.store import default_directory


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Our folder in the one for temporary files, which is here, of somebody without a cache folder
    (it is a file, which stops root as well)."""
    block = tmp_path / "block"
    block.touch()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(block))
    monkeypatch.delenv("EMERGENCE_RESULTS", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "shared"))
    return tmp_path / "shared" / f"emergence-lab-{os.getuid()}"


def test_without_a_cache_folder_there_is_a_private_temporary_one(
    shared: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert default_directory() == shared / "results"
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700
    assert "results do not go to" in caplog.text
    assert default_directory() == shared / "results"


def open_to_all(shared: Path) -> None:
    shared.mkdir()
    shared.chmod(0o777)


def open_to_a_group(shared: Path) -> None:
    shared.mkdir()
    shared.chmod(0o770)


def readable(shared: Path) -> None:
    shared.mkdir()
    shared.chmod(0o755)


def link(shared: Path) -> None:
    (shared.parent / "elsewhere").mkdir(mode=0o700)
    shared.symlink_to(shared.parent / "elsewhere")


def file(shared: Path) -> None:
    shared.touch(0o600)


def place_of_exchanges(shared: Path) -> None:
    """Without its sticky bit, what lies in the temporary folder can be renamed by anybody."""
    shared.mkdir(mode=0o700)
    shared.parent.chmod(0o777)


@pytest.mark.parametrize(
    "plant", [open_to_all, open_to_a_group, readable, link, file, place_of_exchanges]
)
def test_a_temporary_folder_that_is_not_ours_alone_is_refused(
    shared: Path, plant: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(plant)
    plant(shared)
    assert shared not in [folder.parent for folder in own_folders("kernels")]


def test_a_temporary_folder_of_somebody_else_is_refused(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shared.parent / "emergence-lab-12345").mkdir(mode=0o700)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert [folder.parents[1].name for folder in own_folders("kernels")] == ["block"]


def test_where_no_folder_can_be_written_a_sweep_is_refused_in_one_line(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_to_all(shared)
    assert own_folder("results") == tmp_path / "block" / "emergence-lab" / "results"
    sweep = tmp_path / "sweep.json"
    sweep.write_text("{}")
    assert main(["sweep", str(sweep)]) == 2
    err = capsys.readouterr().err
    assert err.startswith("refused: results: ")
    assert err.count("\n") == 1


def test_without_home_and_temporary_folder_it_is_said_what_to_set(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_to_all(shared)
    monkeypatch.setattr("platformdirs.user_cache_path", homeless)
    with pytest.raises(SettingsError, match="set EMERGENCE_RESULTS"):
        default_directory()


def homeless(*_: object, **__: object) -> Path:
    """As platformdirs does."""
    raise RuntimeError


def test_only_files_have_contents(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"12345")
    assert content(tmp_path / "file") == b"12345"
    assert content(tmp_path / "file", 5) == b"12345"
    assert content(tmp_path / "file", 4) is None
    for name in ("pipe", "nothing", ".", "file/within"):
        assert content(tmp_path / name) is None
    assert content(Path("/dev/zero")) is None
