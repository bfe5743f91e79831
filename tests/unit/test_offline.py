"""A server that runs asks nobody outside of its machine, whatever it is asked."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect
from websockets.typing import Origin

ROOT = Path(__file__).parents[2]
TOKEN = "a secret of an operator"
WATCH = r"""
import json, os, sys

open(os.environ["ASKED"], "a").close()  # it watches

def hook(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        address = args[0]
    else:
        return
    host = address[0] if isinstance(address, tuple) else address
    if str(host) not in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "None"):
        with open(os.environ["ASKED"], "a") as out:
            out.write(json.dumps([event, repr(address)]) + "\n")
        raise OSError("the network is denied")

sys.addaudithook(hook)
"""
"""Runs before all else in the server's interpreter: every way out is written down and refused."""


def test_a_server_asks_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    asked = tmp_path / "asked"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "PYTHONPATH": str(tmp_path),
        "ASKED": str(asked),
        "EMERGENCE_STATUS_TOKEN": TOKEN,
    }
    # For all of a network, without a screen: there Streamlit would look its address up.
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "0.0.0.0"]
    server = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    here = f"127.0.0.1:{port}"
    stream = f"ws://{here}/_stcore/stream"
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://{here}/_stcore/health", timeout=30).close()
                break
            except urllib.error.URLError:
                assert server.poll() is None
                time.sleep(0.2)
        for path in ("/", "/puzzle", "/class/desk", "/lab/run?viewer=abcdefgh&query=P%3D2"):
            page = urllib.request.Request(f"http://{here}{path}", headers={"Accept": "text/html"})
            urllib.request.urlopen(page, timeout=60).close()
        foreign = urllib.request.Request(
            f"http://{here}/readyz", headers={"Origin": "http://a.example"}
        )
        with pytest.raises(urllib.error.HTTPError, match="403") as refused:
            urllib.request.urlopen(foreign, timeout=30)
        refused.value.close()
        with pytest.raises(InvalidHandshake):
            connect(stream, origin=Origin("http://a.example"))
        operator = urllib.request.Request(
            f"http://{here}/lab/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with (
            connect(stream, origin=Origin(f"http://{here}")),
            urllib.request.urlopen(operator, timeout=30) as told,
        ):
            numbers = told.read().decode()
        assert "\nemergence_sessions 1.0\n" in numbers
    finally:
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=120)
    assert here in said.decode()
    assert [json.loads(line) for line in asked.read_text().splitlines()] == []
