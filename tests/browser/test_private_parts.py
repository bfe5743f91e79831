"""The private parts of Streamlit and Plotly that we lean on are there (see CONTRIBUTING)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from emergence.ui.talk import LESSONS
from tests.browser.conftest import free_port, serving, settle
from tests.browser.lab import QUICK, finish, lab, open_lab
from tests.private_parts import in_styles

pytestmark = pytest.mark.browser

SOME_PAGES = (
    "/?P=8",
    "/scaling_lab?analysis=time",
    "/link_functions",
    "/one_neuron?guess_recovery=none",
)
"""Together they have everything that the styles dress."""


def selector(name: str) -> str:
    """Of a class, a test id or an attribute."""
    if name.startswith("data-"):
        return f"[{name}]"
    return f".{name}, [data-testid={name}]"


def test_what_the_styles_dress_is_there(page: Page) -> None:
    missing = in_styles()
    for address in SOME_PAGES:
        page.goto(address)
        expect(page.locator("[data-drawn], .lab:not([data-painted='0'])").first).to_be_attached()
        settle(page)
        missing = {name for name in missing if not page.locator(selector(name)).count()}
    assert not missing


def test_a_picture_that_is_dragged_is_left_alone(page: Page) -> None:
    open_lab(page, QUICK)
    finish(page)
    assert not lab(page, "div('loss')._dragging")
    box = page.locator("[data-figure=loss] .nsewdrag").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] - 70, box["y"] + 15  # no legend here
    page.mouse.move(x, y)
    page.wait_for_timeout(300)  # what is pointed at is drawn
    page.mouse.down()
    page.mouse.move(x + 50, y + 50, steps=4)
    assert lab(page, "div('loss')._dragging")
    page.mouse.up()
    page.wait_for_function("!document.querySelector('.lab').lab.painter.sheets.loss.div._dragging")


def test_a_lesson_that_is_a_fresh_server_s_first_page_has_its_frame(
    browser: Browser, tmp_path: Path
) -> None:
    port = free_port()
    with serving(port, tmp_path, "_stcore/health"):
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/puzzle")
        expect(page.get_by_role("heading", name=f"1 / {len(LESSONS)}")).to_be_visible(
            timeout=60_000
        )
        expect(page.get_by_text("Lessons", exact=True)).to_be_visible()
        page.close()
