"""Without eyes, without mouse: what axe-core, the Tab key and a screen reader find."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.talk import LESSONS
from tests.browser.axe import violations
from tests.browser.conftest import SHOTS, settle
from tests.browser.lab import QUICK, STATE, finish, open_lab

pytestmark = pytest.mark.browser

SIZES = ((1920, 1080), (1280, 720), (390, 844))
FITTED = """() => {
    const fits = (figure, place) => figure._fullLayout && place.clientWidth
        && Math.abs(figure._fullLayout.width - place.clientWidth) < 2;
    const lab = document.querySelector('.lab');
    const tiles = lab ? Object.values(lab.lab.painter.sheets).map(({ div }) => div) : [];
    return tiles.every((div) => !div.parentElement.clientWidth || fits(div, div.parentElement))
        && [...document.querySelectorAll('.picture')].every((each) => fits(each, each));
}"""
PAGES = ["/", QUICK, "/scaling_lab", *(f"/{lesson.slug}" for lesson in LESSONS)]


def keep(page: Page, path: str, scheme: str) -> None:
    """A screenshot of what a page shows first at each size, for people to look at.

    At none of them it scrolls sideways.
    """
    SHOTS.mkdir(exist_ok=True)
    name = re.sub(r"\W+", "_", path.strip("/?")) or "opening"
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(FITTED)
        page.evaluate("() => document.fonts.ready")
        page.screenshot(path=SHOTS / f"{name}_{width}x{height}_{scheme}.png")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width, (width, scheme)
        main = "document.querySelector('[data-testid=stMain]')"
        assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth"), (width, scheme)


GROUND_OF_TEACH = """(() => {
    const ground = (each) => getComputedStyle(document.querySelector(each)).backgroundColor;
    return ground('.room-teach') === ground('.stApp');
})()"""
"""Whether the button that every page has is of the page's colour."""


@pytest.mark.parametrize("path", PAGES)
def test_axe_holds_nothing_serious_against_a_page(page: Page, path: str) -> None:
    page.goto(path)
    drawn = page.locator("[data-drawn], .lab:not([data-painted='0'])").first
    expect(drawn).to_be_attached(timeout=60_000)
    expect(page.get_by_role("heading").first).to_be_visible(timeout=60_000)
    settle(page)
    grounds = set()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "dark => matchMedia('(prefers-color-scheme: dark)').matches === dark",
            arg=scheme == "dark",
        )
        page.wait_for_timeout(300)  # colours fade
        page.wait_for_function(GROUND_OF_TEACH)
        grounds.add(page.evaluate(
            "getComputedStyle(document.querySelector('.stApp')).backgroundColor"
        ))  # fmt: skip
        assert not violations(page, colours_only=scheme == "dark"), scheme
        keep(page, path, scheme)
        page.set_viewport_size({"width": 1280, "height": 720})
    assert len(grounds) == 2


def test_play_is_among_the_first_tab_stops_and_modebars_are_none(page: Page) -> None:
    open_lab(page, QUICK)
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(
            "[document.activeElement.className + '', document.activeElement.textContent]"
        ))  # fmt: skip
    assert any("Play" in text for _, text in stops[:5])
    assert not any("modebar" in name for name, _ in stops)


def test_the_first_tab_stop_plays_and_pauses_and_goes_with_its_page(page: Page) -> None:
    open_lab(page, "/?d=64&P=8&m=32&c=0.01&seed=3&engine=sgd")
    play = page.get_by_role("button", name="Play or pause")
    play.focus()
    expect(play).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator(STATE.format("paused"))).to_be_visible()
    page.goto("/puzzle")
    expect(page.locator("[data-drawn]").first).to_be_attached()
    expect(page.locator(".lab-skip")).to_have_count(0)


def test_every_picture_of_the_lab_says_in_a_sentence_what_it_shows(page: Page) -> None:
    open_lab(page, QUICK)
    finish(page)
    said = page.locator(".lab-alternative").all_text_contents()
    assert len(said) == 6
    for sentence in said:
        assert re.match(r"At step .* \d of 4 directions are learned; .*\.$", sentence)
    assert any("the loss is" in sentence for sentence in said)


@pytest.mark.parametrize("path", [QUICK, "/puzzle"])
def test_a_picture_s_numbers_are_shown_on_request(page: Page, path: str) -> None:
    page.goto(path)
    drawn = page.locator("[data-drawn], .lab[data-state=finished]").first
    expect(drawn).to_be_attached(timeout=60_000)
    button = page.get_by_role("button", name="Data table").first
    button.focus()
    page.keyboard.press("Enter")
    table = page.locator("dialog.picture-table")
    expect(table.locator("tbody tr").nth(3)).to_be_visible()
    page.keyboard.press("Escape")
    expect(table).to_have_count(0)
