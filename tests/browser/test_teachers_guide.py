"""The teacher's guide in a browser: on paper, without eyes, and beside a class."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.guide import GUIDES
from tests.browser.axe import violations
from tests.browser.conftest import settle

pytestmark = pytest.mark.browser

A4 = (595, 842)
"""Points, rounded."""
CROPPED = """() => [...document.querySelectorAll('.st-key-guide :is(p, li, td, img, .guide-line)')]
    .filter(each => each.getClientRects().length).map(each => each.getBoundingClientRect())
    .filter(box => box.left < 0 || box.right > innerWidth + 1).length"""
FURNITURE = """() => [...document.querySelectorAll('header, button, input, [role=radio], .room, a')]
    .filter(each => each.getClientRects().length).map(each => each.textContent)"""
"""What is pressed, as far as it is seen."""


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each sheet of a PDF, in points."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def open_guide(page: Page, query: str) -> None:
    page.goto(f"/teachers_guide?{query}")
    expect(page.locator(".st-key-guide h2").first).to_be_visible(timeout=60_000)
    settle(page)


def on_paper(page: Page) -> list[tuple[int, int]]:
    """The sheets of the page's own size; nothing is cropped there, and nothing is to be pressed."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1017})  # within the margins of A4
    assert page.evaluate(CROPPED) == 0
    assert page.evaluate(WIDE) == []
    assert page.evaluate(FURNITURE) == []
    assert set(page.evaluate(INK)) == {"rgb(255, 255, 255)", "rgb(0, 0, 0)"}
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 720})
    return sheets(page.pdf(prefer_css_page_size=True))


INK = """() => [...document.querySelectorAll('html, body, .stApp')]
    .map(each => getComputedStyle(each).backgroundColor)
    .concat([...document.querySelectorAll('.st-key-guide :is(h2, p, li)')]
        .map(each => getComputedStyle(each).color))"""
"""The colours of the paper, and of what is written on it."""
WIDE = """() => [...document.querySelectorAll('.st-key-guide .katex')]
    .filter(each => each.getBoundingClientRect().right > innerWidth)
    .map(each => each.textContent)"""
"""Formulas that do not fit."""


def test_every_worksheet_is_one_page_of_a4(page: Page) -> None:
    """After a lesson with pictures, too, which prints on a sheet of its own size."""
    page.goto("/puzzle")
    settle(page)
    page.wait_for_function("document.querySelector('.picture')?.dataset.drawn")
    page.get_by_role("link", name="For teachers: guide, worksheet, answers").click()
    expect(page.get_by_role("heading", name="1 · The puzzle")).to_be_visible()
    settle(page)
    assert page.url.endswith("/teachers_guide?lesson=puzzle")
    page.get_by_role("radio", name="worksheet").click()
    expect(page.locator(".guide-line").first).to_be_visible()
    settle(page)
    assert on_paper(page) == [A4]
    for slug in GUIDES:
        open_guide(page, f"lesson={slug}&sheet=worksheet")
        expect(page.locator(".guide-line").first).to_be_visible()
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate(WIDE) == [], slug
        assert on_paper(page) == [A4], slug
        assert len(sheets(page.pdf(format="A4"))) == 1, slug


def test_a_guide_is_printed_whole(page: Page) -> None:
    """From a dark screen, too, in black on white."""
    page.emulate_media(color_scheme="dark")
    for query in ("", "lesson=sharp_transitions", "lesson=puzzle&sheet=answers"):
        open_guide(page, query)
        printed = on_paper(page)
        assert set(printed) == {A4}
        assert len(printed) <= 3


@pytest.mark.parametrize(
    "query", ["", "lesson=scaling_law", "lesson=sharp_transitions&sheet=worksheet"]
)
def test_a_guide_is_read_by_everybody(page: Page, query: str) -> None:
    open_guide(page, query)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)  # colours fade
        assert not violations(page, colours_only=scheme == "dark"), scheme
    page.set_viewport_size({"width": 390, "height": 844})
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    assert page.evaluate(CROPPED) == 0
    assert page.evaluate(WIDE) == []


def test_a_class_does_not_follow_to_the_guide(page: Page) -> None:
    """It has the answers: followers stay where they were, and the lecturer is told so."""
    page.goto("/puzzle")
    settle(page)
    page.get_by_role("button", name="Teach").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    open_guide_in_place = page.get_by_role("link", name="For teachers: guide, worksheet, answers")
    open_guide_in_place.click()
    expect(page.get_by_text("this page is yours alone")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("this page is yours alone")).to_have_count(0)
