"""A real server and a real Chromium; every page is watched for what must not happen."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Page,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).parents[2]
SHOTS = Path(__file__).parent / "screenshots"
"""PNGs that the tests leave, for people to look at; not in the repository."""
expect.set_options(timeout=20_000)  # two cores, shared with the server
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--disable-site-isolation-trials", "--renderer-process-limit=1",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try once more what fails: a busy machine may miss a moment. The report names it RERUN."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as the README says, its kernels compiled."""
    port = free_port()
    with serving(port, tmp_path_factory.mktemp("results")):
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    """A port of this machine that nothing listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serving(
    port: int, results: Path, ready: str = "readyz", base: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """A server at a port, under the path `base`; waits until its `ready` answers."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.baseUrlPath", base]
    command += ["--server.headless", "true"]  # no window on a developer's screen
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"EMERGENCE_RESULTS": str(results)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not _ready(f"http://127.0.0.1:{port}/{ready}"):
            assert process.poll() is None, "the server has stopped"
            assert time.monotonic() < deadline, "the server is not ready"
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    """Playwright's way to start a Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium


def executable() -> str:
    """Debian's Chromium, or the one CHROMIUM names."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "the browser tests need chromium: apt-get install chromium"
    return path


@pytest.fixture(scope="session")
def started(chromium: BrowserType) -> Iterator[Browser]:
    """A Chromium for tests that have visitors of their own."""
    browser = chromium.launch(executable_path=executable(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def browser(started: Browser) -> Iterator[Browser]:
    """The same one, without what a test that has failed leaves open: a page that goes on playing
    would slow all tests after it."""
    yield started
    for context in started.contexts:
        context.close()


@pytest.fixture(scope="session")
def profile(
    chromium: BrowserType, server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """A Chromium with a profile on disk, which keeps the scripts it has compiled for all tests."""
    folder = tmp_path_factory.mktemp("profile")
    context = chromium.launch_persistent_context(
        folder, executable_path=executable(), args=FLAGS, base_url=server
    )
    yield context
    context.close()


@pytest.fixture
def page(profile: BrowserContext, server: str) -> Iterator[Page]:
    """A page that fails its test on any exception, console error or request elsewhere."""
    page = profile.new_page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.set_default_timeout(30_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"exception: {error}"))
    page.on("console", lambda m: wrong.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("request", lambda r: None if _local(r.url, server) else wrong.append(f"asked {r.url}"))
    try:
        yield page
        tracebacks = page.locator("[data-testid=stException]").count()
        if page.url.startswith(server):
            page.evaluate("localStorage.clear()")
    finally:  # one that does not answer any more, too, and what it has opened
        for opened in profile.pages[1:]:
            opened.close()
    assert not tracebacks
    assert not wrong


def _local(url: str, server: str) -> bool:
    return url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))


RESTED = """() => {
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
  if (state !== "notRunning") window.restsSince = undefined;
  else window.restsSince ??= performance.now();
  return performance.now() - window.restsSince > 100;
}"""
"""The script has run to its end: one that is broken off for another rests for an instant only."""


def settle(page: Page) -> None:
    """Wait until the script has run: only then are the page's elements its own."""
    page.wait_for_function(RESTED, timeout=30_000)
