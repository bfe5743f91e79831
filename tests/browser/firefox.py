"""Debian's Firefox without a screen, driven by its own protocol (Marionette, over TCP)."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 120.0
"""Seconds for Firefox to start, and for an answer."""


class Firefox:
    """A session. A command is a name of WebDriver's and its parameters."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._read()  # who is there
        self._number = 0
        self.say("WebDriver:NewSession", capabilities={})

    def say(self, command: str, **parameters: Any) -> Any:
        """What Firefox answers. Raises AssertionError with what went wrong."""
        self._number += 1
        text = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(text), text))
        _, _, wrong, answer = self._read()
        assert wrong is None, wrong
        return answer

    def run(self, script: str) -> Any:
        """The value of a JavaScript function's body in the page."""
        return self.say("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def until(self, script: str) -> Any:
        """The same, once it is something."""
        deadline = time.monotonic() + PATIENCE
        while not (found := self.run(script)):
            assert time.monotonic() < deadline, self.run("return document.body.innerText")
            time.sleep(0.1)
        return found

    def close(self) -> None:
        """End the session; Firefox is ended by who has started it."""
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (letter := self._socket.recv(1)) != b":":
            assert letter, "Firefox has gone"
            length += letter
        text = b""
        while len(text) < int(length):
            text += self._socket.recv(int(length) - len(text))
        return json.loads(text)


@contextmanager
def firefox(profile: Path, port: int) -> Iterator[Firefox]:
    """A Firefox with a profile of its own, in a new folder; it listens at a port that is free."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    assert path, "this test needs Firefox: apt-get install firefox-esr"
    profile.mkdir()
    quiet = {"marionette.port": port, "network.manage-offline-status": False}
    lines = (
        f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in quiet.items()
    )
    (profile / "user.js").write_text("\n".join(lines))
    command = [path, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            browser = _connected(process, port)
            yield browser
            browser.close()
        finally:
            process.terminate()


def _connected(process: subprocess.Popen[bytes], port: int) -> Firefox:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return Firefox(port)
        except ConnectionRefusedError:
            assert process.poll() is None, "Firefox has stopped"
            assert time.monotonic() < deadline, "Firefox does not start"
            time.sleep(0.2)
