"""The wheel, installed outside of the tree, run by a user without a home or a right to write."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from emergence.ui.server.alias import PAGES
from emergence.ui.talk import LESSONS
from tests.browser.conftest import free_port
from tests.browser.room import visitors
from tests.built import ROOT, built, copied, installed
from tests.powerless import powerless, release, write_protect
from tests.visit import visit

pytestmark = pytest.mark.browser
NOBODY = """
import pwd

def nobody(number):
    raise KeyError(number)

pwd.getpwuid = nobody
"""
"""Runs before all else: no list of users has this one, as in a container."""


@dataclass
class Installed:
    """A server of the installed app: its address, process, folders, and what it has said."""

    address: str
    process: subprocess.Popen[str]
    commands: Path
    nowhere: Path
    environment: dict[str, str]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Started in an empty folder, without a home; only the temporary folder can be written."""
    base = tmp_path_factory.mktemp("installed")
    commands = installed(built("wheel", copied(base / "tree")), base / "there")
    nowhere, temporary = base / "nowhere", base / "temporary"
    for folder in (nowhere, temporary, base / "first"):
        folder.mkdir()
    (base / "first" / "sitecustomize.py").write_text(NOBODY)
    kept = ("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR", "DISPLAY", "EMERGENCE_RESULTS")
    environment = {name: value for name, value in os.environ.items() if name not in kept}
    environment |= {"PYTHONPATH": str(base / "first"), "TMPDIR": str(temporary)}
    for folder in (nowhere, base / "there"):
        write_protect(folder)
    port = free_port()
    process = subprocess.Popen(
        [commands / "emergence-lab", "--port", str(port)], cwd=nowhere, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=powerless,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait(address, process, "_stcore/health")
        yield Installed(address, process, commands, nowhere, environment)
    finally:
        process.kill()
        process.wait()
        for folder in (nowhere, base / "there"):
            release(folder)


def wait(address: str, process: subprocess.Popen[str], route: str) -> None:
    """Until a route answers 200."""
    deadline = time.monotonic() + 150
    while True:
        try:
            urllib.request.urlopen(f"{address}/{route}", timeout=30).close()
            return
        except urllib.error.URLError:
            assert process.poll() is None, "the server has stopped"
            assert time.monotonic() < deadline, f"{route} does not answer"
            time.sleep(0.2)


def test_every_page_and_script_of_an_installed_app_is_there(lab: Installed) -> None:
    for page in PAGES.values():
        found = visit(lab.address, page)
        assert found.whole
        assert found.failures == []
        # The opening is the live component alone.
        assert len(found.elements) > 1 or (page, found.elements) == ("", ["bidi_component"]), page
        assert not Path(found.script).is_relative_to(ROOT)
        assert Path(found.script).is_relative_to(lab.commands.parent)
        assert found.colours == ("#0072B2", "#56B4E9"), "what .streamlit/config.toml says"
    asks = urllib.request.Request(lab.address, headers={"Accept": "text/html"})
    with urllib.request.urlopen(asks, timeout=30) as answer:
        scripts = set(re.findall(r'"(?:\./)?(lab/scripts/[^"]+)"', answer.read().decode()))
    assert {script.rpartition("/")[2] for script in scripts} == {
        "lab.js",
        "plotly-cartesian.min.js",
    }
    for script in scripts:
        urllib.request.urlopen(f"{lab.address}/{script}", timeout=30).close()


def test_a_browser_shows_a_page_of_an_installed_app(lab: Installed, browser: Browser) -> None:
    with visitors(browser, lab.address) as open_page:
        page = open_page(1280, 720)
        page.goto("/puzzle")
        expect(page.locator("h2").first).to_contain_text(f"1 / {len(LESSONS)}")


def test_a_second_one_at_the_same_port_says_so(lab: Installed) -> None:
    port = lab.address.rpartition(":")[2]
    second = subprocess.run(
        [lab.commands / "emergence-lab", "--port", port], cwd=lab.nowhere, env=lab.environment,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert second.returncode == 2
    assert second.stderr.startswith(f"refused: port {port} of 127.0.0.1 is taken")
    assert second.stdout == ""


def test_ctrl_c_ends_it(lab: Installed) -> None:
    """The last test: it ends the server."""
    assert list(lab.nowhere.iterdir()) == []
    lab.process.send_signal(signal.SIGINT)
    said, _ = lab.process.communicate(timeout=60)
    assert lab.process.returncode == 0
    assert f"URL: {lab.address}\n" in said
    assert not re.search("Traceback|Aborted|Error|WARNING", said), said
