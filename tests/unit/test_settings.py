"""What the environment says is read in one place, and what is wrong there is one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emergence.cli.main import main
from emergence.settings import (
    OURS,
    VARIABLES,
    SettingsError,
    number,
    settings,
    switch,
    table,
    whole,
)
from tests.unit.source import FILES, ROOT

SETTINGS = "emergence/settings.py"


def test_the_environment_is_asked_in_one_place() -> None:
    asks = re.compile(r"environ|getenv|expanduser|Path\.home|platformdirs")
    found = {str(path) for path in FILES if asks.search((ROOT / path).read_text(encoding="utf-8"))}
    assert found == {SETTINGS}


def test_every_variable_is_documented() -> None:
    assert table() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in table() for name in VARIABLES)


def test_documents_name_variables_that_there_are() -> None:
    places = ("*.md", "emergence/**/*.md", "Dockerfile", "compose.yaml")
    named = {
        name for place in places for path in ROOT.glob(place)
        for name in re.findall(rf"{OURS}[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }  # fmt: skip
    assert len(named) > 8
    assert named <= set(VARIABLES)


def test_without_variables_all_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    bare = settings()
    for name, each in VARIABLES.items():
        monkeypatch.setenv(name, "  ")
        assert getattr(bare, each.name) == each.default
    assert settings() == bare


def test_a_home_folder_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("EMERGENCE_RESULTS", "~/res")
    assert settings().results == Path("/somewhere/res")


def test_the_cache_folder_is_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert settings().cache == Path("/somewhere/.cache/emergence-lab")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert settings().cache == Path("/elsewhere/emergence-lab")


def test_who_has_no_home_has_no_cache_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a service whose number no list of users has."""
    import pwd

    def nobody(_: object) -> None:
        raise KeyError("no such user")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert settings().cache is None
    monkeypatch.setenv("EMERGENCE_RESULTS", "~/res")
    with pytest.raises(SettingsError, match=r"EMERGENCE_RESULTS: '~/res' begins with a home"):
        settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("EMERGENCE_RESULTS", "here", "'here' is not a whole path"),
        ("EMERGENCE_RESULT", "/tmp", "there is no such setting: known are EMERGENCE_RESULTS"),
    ],
)
def test_what_is_wrong_is_one_line(
    name: str, value: str, says: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv(name, value)
    assert main(["run", "d=16&P=2&m=2&steps=10"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"refused: {name}: {says}")
    assert err.count("\n") == 1
    assert name.startswith(OURS)


def test_switches_and_numbers_are_validated() -> None:
    assert [switch(word) for word in ("on", "Yes", "1", "off", "no", "FALSE")] == [True] * 3 + [
        False
    ] * 3
    with pytest.raises(ValueError, match="neither on nor off"):
        switch("perhaps")
    assert whole(1, 9)("5") == 5
    assert number(0, 9)("1e-2") == 0.01
    for read, text in ((whole(1, 9), "2.5"), (whole(1, 9), "12"), (number(0, 9), "nan"),
                       (number(0, 9), "x"), (number(0, 9), "inf")):  # fmt: skip
        with pytest.raises(ValueError, match=r"is not a|is out of range"):
            read(text)
