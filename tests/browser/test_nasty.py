"""Whatever an address or a file says is shown as text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from emergence.parameters import PARAMETERS
from tests.browser.conftest import ROOT, free_port
from tests.nasty import NASTY

pytestmark = pytest.mark.browser

SAID = """
import streamlit as st
from emergence.ui.formatting import plain
from tests.nasty import NASTY

for number, text in enumerate(NASTY):
    with st.container(key=f"said{number}"):
        st.warning(f"at first: {plain(text)}, as it was")
        st.warning(plain(text))
        st.warning(plain(f"seen {text}{text}"))
        st.warning(f":orange[**{plain(text)}.**]")
"""
LIVE = "a, img, code, em, del, ul, ol, table, hr, h1, h2, h3, pre, .katex, [role=img], .footnotes"


def test_a_text_is_shown_as_it_is_whatever_is_in_it(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "app.py").write_text(SAID)
    command = [sys.executable, "-m", "streamlit", "run", str(tmp_path / "app.py")]
    command += ["--server.headless", "true", "--server.port", str(port)]
    command += ["--logger.hideWelcomeMessage", "false"]  # it says when it is there
    server = subprocess.Popen(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    page = browser.new_page()
    try:
        assert server.stdout is not None
        while b"URL" not in server.stdout.readline():
            assert server.poll() is None
        page.goto(f"http://127.0.0.1:{port}")
        expect(page.get_by_role("alert")).to_have_count(4 * len(NASTY))
        for number, text in enumerate(NASTY):
            said = page.locator(f".st-key-said{number} [data-testid=stMarkdownContainer]")
            expect(said).to_have_count(4)
            shown = [each.strip() for each in said.all_text_contents()]
            assert shown == [f"at first: {text}, as it was", text, f"seen {text}{text}", f"{text}."]
            assert not said.locator(LIVE).count(), text
    finally:
        page.close()
        server.terminate()
        server.wait()
        if server.stdout:
            server.stdout.close()


def test_an_address_puts_nothing_but_text_into_a_page(page: Page) -> None:
    """(The page's fixture holds that nothing is asked of another host.)"""
    names = [*PARAMETERS, "view", "picture", *NASTY[:4]]
    said = {name: NASTY[number % len(NASTY)] for number, name in enumerate(names)}
    page.goto(f"/?{urlencode(said)}")
    warning = page.get_by_role("alert").filter(has_text="![](http://evil.example/b.png)").first
    expect(warning).to_be_visible()
    assert not page.locator("[href*=evil], [src*=evil]").count()
