"""`emergence-lab`: what it is told, and what it refuses, in a line."""

from __future__ import annotations

import os
import pwd
import runpy
import signal
import socket
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

import emergence
from emergence.cli import lab
from emergence.settings import lend_home
from emergence.ui.server import services
from tests.unit.source import ROOT


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """What Streamlit would be told; nothing is started."""
    found: list[list[str]] = []
    monkeypatch.setattr(sys, "argv", sys.argv)

    def run_module(name: str, **_: Any) -> None:
        assert name == "streamlit"
        found.append(sys.argv)

    monkeypatch.setattr(runpy, "run_module", run_module)
    handler = signal.getsignal(signal.SIGINT)
    yield found
    signal.signal(signal.SIGINT, handler)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine that somebody listens at."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_it_runs_the_app_of_the_package(ran: list[list[str]]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    assert lab.main(["--port", port, "--address", "0.0.0.0", "--no-browser",
                     "--", "--server.baseUrlPath", "x"]) == 0  # fmt: skip
    [command] = ran
    assert command[:3] == ["streamlit", "run", str(ROOT / "app.py")]
    assert command[3:] == [
        "--server.address", "0.0.0.0", "--server.port", port, "--server.headless", "true",
        "--server.baseUrlPath", "x",
    ]  # fmt: skip


def test_a_port_that_is_taken_is_said(
    ran: list[list[str]], taken: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lab.main(["--port", str(taken)]) == 2
    assert ran == []
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"refused: port {taken} of 127.0.0.1 is taken: give another, as --port")


def test_without_a_port_the_next_free_one_is_taken_and_said(
    ran: list[list[str]], taken: int, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    port = type(lab.PORT)("port", "", "", taken, "", 1, 65_535)
    monkeypatch.setattr(lab, "PORT", port)
    assert lab.main([]) == 0
    [command] = ran
    chosen = int(command[command.index("--server.port") + 1])
    assert taken < chosen < taken + lab.NEXT
    said = f"port {taken} of 127.0.0.1 is taken: this is at {chosen}\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--port", "0"], "port = 0 is out of range: a whole number from 1 to 65,535"),
        (["--port", "65536"], "port = 65536 is out of range"),
        (["--port", "http"], "port = http is not a whole number from 1"),
        (["--port", "80.5"], "port = 80.5 is not a whole number"),
        (["--port", ""], "port =  is not a whole number"),
        (["--address", "192.0.2.1"], "address = 192.0.2.1 is not one of this machine's"),
        (["--address", "not..a name"], "address = not..a name is not one of this machine's"),
        (["--address", ""], "address =  is not one of this machine's"),
        (["puzzle"], "puzzle is no option: see emergence-lab --help"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(
    given: list[str], says: str, ran: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert lab.main(given) == 2
    assert ran == []
    out, err = capsys.readouterr()
    assert err.startswith(f"refused: {says}")
    assert (out, err.count("\n")) == ("", 1)


def test_a_wrong_variable_is_refused_before_anything_begins(
    ran: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EMERGENCE_RUNS", "many")
    assert lab.main([]) == 2
    assert ran == []
    assert capsys.readouterr().err.startswith("refused: EMERGENCE_RUNS: 'many' is not a whole")


@pytest.mark.parametrize(
    ("option", "says"), [("--version", f"emergence-lab {emergence.__version__}\n"), ("--help", "")]
)
def test_it_says_what_it_is(
    option: str, says: str, ran: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        lab.main([option])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    if says:
        assert out == says
    else:
        assert all(f"  --{name}" in out for name in ("port", "address", "no-browser", "version"))
    assert ran == []


@pytest.mark.parametrize("headless", [True, False])
def test_a_window_is_opened_where_there_is_a_screen(
    headless: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    here = {"server.headless": headless, "server.address": "127.0.0.1", "server.port": 8765}
    option = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: here.get(name, option(name)))
    services.announce()
    assert "URL: http://127.0.0.1:8765\n" in capsys.readouterr().out
    assert opened == ([] if headless else ["http://127.0.0.1:8765"])


def test_who_has_no_home_is_lent_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    lend_home(lambda: tmp_path)
    assert os.environ["HOME"] == "/somewhere"

    def nobody(_: object) -> None:
        raise KeyError("no such user")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.delenv("HOME")
    lend_home(lambda: tmp_path)
    assert Path.home() == tmp_path
