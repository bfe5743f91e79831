"""The command line in terminals that know neither β nor ₀: every command says what it has to say,
and files are UTF-8 whatever the terminal is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.sweeps import SMALL as SWEEP

SMALL = "d=16&P=2&m=8&J=3&steps=40"
ODD = "βₚ≤\udc80"
"""What no narrow terminal has, and a byte that is no text at all."""


def said(encoding: str, *arguments: str) -> tuple[int, str, str]:
    """(exit status, stdout, stderr) of a command in a terminal of that encoding."""
    done = subprocess.run(
        [sys.executable, "-m", "emergence", *map(os.fsencode, arguments)],
        env=os.environ | {"PYTHONIOENCODING": encoding}, capture_output=True, check=False,
    )  # fmt: skip
    out, err = done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert "Traceback" not in err
    assert "UnicodeEncodeError" not in err
    return done.returncode, out, err


NARROW = pytest.mark.parametrize("encoding", ["ascii", "cp1252"])


@NARROW
def test_a_sweep_and_its_files(encoding: str, tmp_path: Path) -> None:
    """The text of a result holds β, and so may the names of files."""
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SWEEP | {"grid": {"beta": [0.8, 1.0]}}), encoding="utf-8")
    csv, html = tmp_path / f"{ODD}.csv", tmp_path / "x.html"
    options = ["--results", str(tmp_path / "results"), "--csv", str(csv), "--html", str(html)]
    status, out, err = said(encoding, "sweep", str(file), *options)
    assert status == 0, err
    assert "\\u03b2 = 1: " in out
    assert csv.read_text(encoding="utf-8").count("\n") == 7
    assert "</html>" in html.read_text(encoding="utf-8")
    status, out, _ = said(encoding, "sweep", str(file), *options, "--json")
    assert status == 0
    assert json.loads(out)["state"] == "finished"
    status, _, err = said(encoding, "sweep", str(tmp_path / ODD), *options)
    assert status == 2
    assert err.startswith("refused: file: ")
    assert "\\u03b2" in err


@NARROW
@pytest.mark.parametrize("options", [[], ["--json"], ["--seeds", "2"]])
def test_a_run(encoding: str, options: list[str]) -> None:
    status, out, _ = said(encoding, "run", SMALL, *options)
    assert status == 0
    assert json.loads(out)["state"] == "finished"


@NARROW
def test_refusals_and_divergence_keep_their_sentences(encoding: str) -> None:
    status, out, err = said(encoding, "run", f"d={ODD}")
    assert status == 2
    assert json.loads(out)["state"] == "refused"
    assert "\\u03b2\\u209a\\u2264" in err
    status, out, err = said(
        encoding, "run", "d=16&P=2&m=8&J=4&c=20&s0=0.5&seed=1&engine=sgd", "--json"
    )
    assert status == 3
    assert "\\u03b7 = " in err
    assert "η = " in json.loads(out)["message"]


@NARROW
@pytest.mark.parametrize("command", [["--help"], ["run", "--help"], ["sweep", "--help"], [ODD]])
def test_help_and_misuse(encoding: str, command: list[str]) -> None:
    status, out, err = said(encoding, *command)
    assert status == (2 if command == [ODD] else 0)
    assert "usage: emergence" in out + err
