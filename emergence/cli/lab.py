"""Opens the app in a browser: Emergence Lab, installed anywhere.

What stands behind -- goes to `streamlit run`, as in `emergence-lab -- --server.baseUrlPath lab`.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import runpy
import signal
import socket
import sys
from pathlib import Path

import emergence
from emergence.folders import app_folder, private_folder
from emergence.parameters import Integer, quote
from emergence.settings import lend_home, settings

REFUSED = 2
HOST = "127.0.0.1"
PORT = Integer("port", "port", "Port", 8501, "Where the app is, at the address.", 1, 65_535)
NEXT = 20
"""Ports beyond the default one that are tried."""
NOWHERE = Path("/nonexistent")
"""A home that nobody can write into."""


class PlaceError(ValueError):
    """A place where the app cannot be; the message is one line."""


class TakenError(PlaceError):
    """Something else is there."""


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 ended by Ctrl-C, 2 refused (message on stderr), else Streamlit's own."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = _parser().parse_args(arguments)
    lend_home(lambda: private_folder() or NOWHERE)
    try:
        settings()
        if given.more and not given.more[0].startswith("-"):
            raise PlaceError(f"{quote(given.more[0])} is no option: see emergence-lab --help")
        if given.compile:
            from emergence.engines.compiling import compile_all  # --help need not wait for Numba

            print(f"compiled or loaded in {compile_all():.0f} s")
            return 0
        options = _place(given.address, given.port)
    except ValueError as error:
        print(f"refused: {error}", file=sys.stderr)
        return REFUSED
    options += ["--server.headless", "true"] if given.no_browser else []
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))  # what comes after the server has ended
    sys.argv = ["streamlit", "run", str(app_folder() / "app.py"), *options, *given.more]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="emergence-lab", description=__doc__)
    parser.add_argument("--port", help=f"{PORT.allowed} (default {PORT.default} or the next free)")
    parser.add_argument("--address", help=f"{HOST} (default): for this machine alone; 0.0.0.0: all")
    parser.add_argument("--no-browser", action="store_true", help="open no browser window")
    parser.add_argument("--compile", action="store_true", help="compile the kernels, and end")
    said = f"emergence-lab {emergence.__version__}"
    parser.add_argument("--version", action="version", version=said)
    parser.add_argument("more", nargs="*", metavar="OPTION", help="behind --: of `streamlit run`")
    return parser


def _place(address: str | None, port: str | None) -> list[str]:
    """Where the app is to be, as Streamlit's options. Raises ValueError, in one line."""
    options = [] if address is None else ["--server.address", address]
    host = HOST if address is None else address
    if port is not None:
        number = int(PORT.parse(port))
        _try(host, number)
        return [*options, "--server.port", str(number)]
    first = int(PORT.parse(PORT.default))
    for number in range(first, first + NEXT):
        try:
            _try(host, number)
        except TakenError:
            continue
        if number == first:
            return options
        print(f"port {first} of {host} is taken: this is at {number}", file=sys.stderr)
        return [*options, "--server.port", str(number)]
    raise TakenError(f"ports {first} to {number} of {host} are taken: give another, with --port")


def _try(host: str, port: int) -> None:
    """Raise PlaceError where no server could be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as place:
        if os.name == "posix":  # elsewhere it would share the port
            place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if not host:
                raise OSError("which would be all addresses")
            place.bind((host, port))
        except (OSError, UnicodeError) as error:
            code = getattr(error, "errno", None)
            if code == errno.EADDRINUSE:
                raise TakenError(
                    f"port {port} of {host} is taken: give another, as --port {port % 65535 + 1}"
                ) from None
            if code == errno.EACCES:
                raise PlaceError(
                    f"port {port} is not for this user: give one from 1024, as --port 8501"
                ) from None
            raise PlaceError(
                f"address = {quote(host)} is not one of this machine's: {HOST} is for this machine "
                "alone, 0.0.0.0 for all that can reach it"
            ) from None
