"""Visitors of a room: browsers that have nothing in common, and what is seen in each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from emergence.ui.talk import LESSONS
from tests.browser.conftest import settle

LAB = "/?d=100&P=4&m=8&engine=flow"
PLAYBACK = "document.querySelector('.lab').lab.playback"
STORY = "document.querySelector('.lab').lab.story"
SLOW = 0.45
"""Share of the speed slider at which a run takes a minute."""


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Opens visitors that have nothing in common, by the size of their window."""
    with visitors(browser, server) as open_page:
        yield open_page


@contextmanager
def visitors(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    with ExitStack() as opened:
        wrong: list[str] = []

        def open_page(width: int = 390, height: int = 844) -> Page:
            size: Any = {"width": width, "height": height}
            context = browser.new_context(base_url=server, viewport=size, ignore_https_errors=True)
            opened.callback(context.close)
            context.grant_permissions(["clipboard-read", "clipboard-write"])
            page = context.new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            return page

        yield open_page
        assert not wrong


def teach(page: Page, address: str) -> str:
    """Open a room on a page; returns its join link without the server's address."""
    page.goto(address)
    settle(page)
    if "=lecture" in address:  # the page brings its own button, in place of the head's
        expect(page.locator(".room-open").filter(visible=True)).to_be_visible()
    page.get_by_role("button", name="Teach", exact=True).filter(visible=True).click()
    card = page.get_by_role("dialog", name="Join this lecture")
    expect(card).to_be_visible()
    expect(page.locator(".room-card img")).to_have_js_property("complete", value=True)
    for part in (page.locator(".room-card img"), page.locator(".room-code")):
        expect(part).to_be_in_viewport(ratio=1)
    assert page.locator(".room-card img").evaluate("image => image.naturalWidth") > 0
    link = page.locator(".room-link").inner_text()
    assert link.endswith("".join(page.locator(".room-code").inner_text().split()))
    page.get_by_role("button", name="Back to the page").click()
    expect(says(page)).to_have_text(re.compile("You lead"))
    return link[link.index("/") :]


def says(page: Page) -> Any:
    """What the bar of the room says."""
    return page.locator(".room-bar p")


def follows(page: Page) -> None:
    expect(says(page)).to_have_text(re.compile("^Following the lecture"))


def heading(page: Page, number: int) -> None:
    """Wait until a lesson is shown."""
    expect(page.get_by_role("heading", name=f"{number} / {len(LESSONS)}")).to_be_visible()


def plays(page: Page) -> None:
    page.wait_for_function("document.querySelector('.lab')?.lab?.ready")
    page.wait_for_function(f"{PLAYBACK}.store.count > 0")


def sharpness(page: Page) -> Any:
    return page.get_by_role("slider", name="sharpness")


def form(page: Page) -> Locator:
    """The first ballot, or what leads its vote."""
    return page.locator(".ballot-form").first


def slider(page: Page) -> Locator:
    return form(page).get_by_role("slider")


def vote(page: Page) -> None:
    form(page).get_by_role("button", name="Send my guess").click()
    expect(form(page).get_by_role("status")).to_have_text(re.compile("^Sent: "))
