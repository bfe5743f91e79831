"""What the README's commands install is pinned, by hashes, and what `pyproject.toml` asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def name(text: str) -> str:
    """A package's name as it is compared."""
    return re.sub("[-_.]+", "-", re.split(r"[\[<>=;! ]", text)[0]).lower()


def locked(file: str) -> dict[str, str]:
    """The versions of a lock by name; each has its hashes."""
    entries = re.split(r"\n(?=[a-zA-Z])", (ROOT / file).read_text())[1:]
    for entry in entries:
        first, *hashes = entry.replace("\\\n", "").split("--hash=")
        assert re.fullmatch(r"[\w.-]+==[\w.+]+( ;.*)?", first.strip()), first
        assert hashes, first
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each.strip()) for each in hashes)
    return {name(entry): re.split("==| |\\\\", entry)[1] for entry in entries}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_has_the_versions_of_the_constraints(file: str) -> None:
    lines = (ROOT / "constraints.txt").read_text().split()
    pinned = {name(line): line.split("==")[1] for line in lines}
    found = locked(file)
    assert {each: found[each] for each in pinned if each in found} == {
        each: version for each, version in pinned.items() if each in found
    }
    if file == "requirements-dev.txt":
        assert set(pinned) <= set(found)


def test_a_lock_has_all_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = {name(each) for each in project["project"]["dependencies"]}
    asked |= {name(each) for each in project["build-system"]["requires"]}
    extras = project["project"]["optional-dependencies"]
    more = {name(each) for extra in ("dev", "cluster") for each in extras[extra]}
    run, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert asked <= set(run)
    assert asked | (more - {"emergence-lab"}) <= set(dev)
    assert run.items() <= dev.items()
    assert not {"pytest", "playwright", "mypy"} & set(run)


def test_the_licence_of_the_vendored_bundle_is_beside_it() -> None:
    vendor = ROOT / "emergence" / "ui" / "browser" / "vendor"
    assert "MIT" in (vendor / "LICENSE").read_text()
    assert "Plotly" in (vendor / "LICENSE").read_text()
