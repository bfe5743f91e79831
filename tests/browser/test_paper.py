"""Pages as they are printed: one sheet, and every picture whole on it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.talk import LESSONS
from tests.browser.conftest import settle
from tests.browser.lab import QUICK, STATE, open_lab

pytestmark = pytest.mark.browser

OUTSIDE = """() => {
    const [width, height] = document.getElementById('emergence-lab-sheet').textContent
        .match(/size: (\\d+)px (\\d+)px/).slice(1).map(Number);
    return [...document.querySelectorAll('.picture .main-svg, .lab-plot')]
        .map(each => each.getBoundingClientRect()).filter(box => box.width)
        .filter(box => box.left < 0 || box.top < 0 || box.right > width || box.bottom > height)
        .map(({left, top, right, bottom}) => [left, top, right, bottom, width, height]);
}"""


def sheets(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each sheet of a PDF, in points."""
    assert len(re.findall(rb"/Type\s*/Page\b", pdf))
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    return [(float(width), float(height)) for width, height in boxes]


def check(page: Page) -> None:
    """The page prints as one sheet, on its own paper and on a printer's, with whole pictures."""
    assert len(sheets(page.pdf())) == 1
    [(width, height)] = sheets(page.pdf(prefer_css_page_size=True))
    assert width > 250
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate(OUTSIDE) == []
    content = page.evaluate("document.querySelector('.stMainBlockContainer').scrollHeight")
    assert content * 0.75 <= height + 2
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize("lesson", [lesson.slug for lesson in LESSONS])
def test_a_lesson_is_printed_on_one_sheet(page: Page, lesson: str) -> None:
    page.goto(f"/{lesson}")
    settle(page)
    page.wait_for_function("""(() => {
        const pictures = [...document.querySelectorAll('.picture')];
        return pictures.length && pictures.every(each => each.dataset.drawn);
    })()""")
    check(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_live_lab_is_printed_whole(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    open_lab(page, QUICK)
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=30_000)
    check(page)
