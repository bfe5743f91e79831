"""The command line in terminals that know neither β nor ₀: every command says what it has to say,
and files are UTF-8 whatever the terminal is."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emergence.cli.main import main
from tests.unit.sweeps import SMALL as SWEEP

SMALL = "d=16&P=2&m=8&J=3&steps=40"
ODD = "βₚ≤\udc80"
"""What no narrow terminal has, and a byte that is no text at all."""


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(encoding: str, monkeypatch: pytest.MonkeyPatch) -> Said:
    """Asks for (exit status, stdout, stderr) of a command in a terminal of that encoding."""

    def command(*arguments: str) -> tuple[int, str, str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
        with monkeypatch.context() as terminal:
            terminal.setattr(sys, "stdout", out)
            terminal.setattr(sys, "stderr", err)
            try:
                status = main(list(arguments))
            except SystemExit as stop:
                status = int(stop.code or 0)
            out.flush()
            err.flush()
        told, warned = (each.buffer.getvalue().decode(encoding) for each in (out, err))
        assert "Traceback" not in warned
        return status, told, warned

    return command


NARROW = pytest.mark.parametrize("encoding", ["ascii", "cp1252"])


@NARROW
def test_a_sweep_and_its_files(said: Said, tmp_path: Path) -> None:
    """The text of a result holds β, and so may the names of files."""
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SWEEP | {"grid": {"beta": [0.8, 1.0]}}), encoding="utf-8")
    csv, html = tmp_path / f"{ODD}.csv", tmp_path / "x.html"
    options = ["--results", str(tmp_path / "results"), "--csv", str(csv), "--html", str(html)]
    status, out, err = said("sweep", str(file), *options)
    assert status == 0, err
    assert "\\u03b2 = 1: " in out
    assert csv.read_text(encoding="utf-8").count("\n") == 9
    assert "</html>" in html.read_text(encoding="utf-8")
    status, out, _ = said("sweep", str(file), *options, "--json")
    assert status == 0
    assert json.loads(out)["state"] == "finished"
    status, _, err = said("sweep", str(tmp_path / ODD), *options)
    assert status == 2
    assert err.startswith("refused: file: ")
    assert "\\u03b2" in err


@NARROW
@pytest.mark.parametrize("options", [[], ["--json"], ["--seeds", "2"]])
def test_a_run(said: Said, options: list[str]) -> None:
    status, out, _ = said("run", SMALL, *options)
    assert status == 0
    assert json.loads(out)["state"] == "finished"


@NARROW
def test_refusals_and_divergence_keep_their_sentences(said: Said) -> None:
    status, out, err = said("run", f"d={ODD}")
    assert status == 2
    assert json.loads(out)["state"] == "refused"
    assert "\\u03b2\\u209a\\u2264" in err
    status, out, err = said("run", "d=16&P=2&m=8&J=4&c=20&s0=0.5&seed=1&engine=sgd", "--json")
    assert status == 3
    assert "\\u03b7 = " in err
    assert "η = " in json.loads(out)["message"]


@NARROW
@pytest.mark.parametrize("command", [["--help"], ["run", "--help"], ["sweep", "--help"], [ODD]])
def test_help_and_misuse(said: Said, command: list[str]) -> None:
    status, out, err = said(*command)
    assert status == (2 if command == [ODD] else 0)
    assert "usage: emergence" in out + err


@NARROW
def test_a_process_of_its_own_says_the_same(encoding: str, said: Said) -> None:
    arguments = ["run", f"d={ODD}"]
    done = subprocess.run(
        [sys.executable, "-m", "emergence", *map(os.fsencode, arguments)],
        env=os.environ | {"PYTHONIOENCODING": encoding}, capture_output=True, check=False,
    )  # fmt: skip
    texts = done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert (done.returncode, *texts) == said(*arguments)
