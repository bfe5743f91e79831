"""A wheel has whatever the tree has, the app too, and an sdist builds the same wheel."""

from __future__ import annotations

import shutil
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from emergence.folders import PACKAGE, app_folder
from tests.built import ROOT, built, copied


def sources(folder: str) -> set[str]:
    """Files of the tree below a folder."""
    return {
        str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, with what a developer's has beside its sources."""
    tree = copied(tmp_path_factory.mktemp("wheel") / "tree")
    kernels = tree / "emergence" / "engines" / "kernels" / "__pycache__" / "emergence-1" / "steps"
    kernels.mkdir(parents=True)
    for file in (kernels / "a.nbi", kernels.parent / "in-use", tree / ".streamlit/secrets.toml"):
        file.touch()
    return tree


@pytest.fixture(scope="module")
def wheel(tree: Path) -> Path:
    return built("wheel", tree)


def test_a_wheel_has_every_file_of_the_tree_and_no_other(wheel: Path) -> None:
    app = {"app.py", ".streamlit/config.toml"} | sources("pages")
    expected = sources("emergence") | {f"emergence/_app/{name}" for name in app}
    assert len(expected) > 300
    found = {each for each in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in each}
    assert found == expected


def test_an_sdist_builds_the_same_wheel(wheel: Path, tree: Path, tmp_path: Path) -> None:
    sdist = built("sdist", tree)
    with tarfile.open(sdist) as packed:
        packed.extractall(tmp_path, filter="data")
    again = built("wheel", tmp_path / sdist.name.removesuffix(".tar.gz"))
    one, other = zipfile.ZipFile(wheel), zipfile.ZipFile(again)
    assert sorted(one.namelist()) == sorted(other.namelist())
    for name in one.namelist():
        assert one.read(name) == other.read(name), name


def test_a_wheel_asks_for_what_the_project_does_and_has_its_commands(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel)
    info = next(name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
    said = message_from_bytes(packed.read(info))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    asked = {str(Requirement(each)) for each in said.get_all("Requires-Dist", [])
             if "extra ==" not in each}  # fmt: skip
    assert asked == {str(Requirement(each)) for each in project["dependencies"]}
    assert said["Requires-Python"] == project["requires-python"]
    commands = packed.read(info.replace("METADATA", "entry_points.txt")).decode()
    for name, place in project["scripts"].items():
        assert f"{name} = {place}" in commands
    assert project["name"] in project["scripts"], "what uvx and pipx run"
    licences = [name for name in packed.namelist() if name.endswith("/LICENSE")]
    assert "emergence/ui/browser/vendor/LICENSE" in licences
    assert any("dist-info" in name for name in licences)


def test_the_app_is_found_in_the_tree_and_in_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app_folder() == ROOT == PACKAGE.parent
    monkeypatch.setattr("emergence.folders.PACKAGE", tmp_path)
    assert app_folder() == tmp_path.parent
    shutil.copytree(ROOT / "pages", tmp_path / "_app" / "pages")
    assert app_folder() == tmp_path / "_app"
