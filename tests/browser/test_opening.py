"""The opening in a real browser: it tells its story by itself, and obeys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from emergence.experiment import Experiment
from emergence.runs.opening import ACTS, YOURS
from emergence.runs.plan import settled
from tests.browser.conftest import SHOTS, settle
from tests.browser.lab import lab

pytestmark = pytest.mark.browser

SENTENCE = ".lab-headline:visible"
LONG = 120_000
"""Milliseconds that an act may take where two cores compute for many."""


def open_story(page: Page, address: str = "/") -> None:
    page.goto(address)
    page.wait_for_function("document.querySelector('.lab')?.lab?.painted > 0")


def story(page: Page, expression: str) -> Any:
    """Evaluate an expression of the opening, `S`."""
    return lab(page, f"(S => {expression})(L.story)")


def expect_act(page: Page, number: int, timeout: float = 20_000) -> None:
    """Act `number` is on, with its own sentence and run."""
    expect(page.locator(SENTENCE)).to_have_text(ACTS[number].sentence, timeout=timeout)
    page.wait_for_function(
        "query => document.querySelector('.lab').lab.data.query === query",
        arg=ACTS[number].experiment.to_query(), timeout=timeout,
    )  # fmt: skip
    current = page.locator(".lab-acts [aria-current=step]")
    expect(current).to_contain_text(ACTS[number].name)
    assert page.locator(".lab-hero").get_attribute("data-tile") == ACTS[number].hero


def choose(page: Page, name: str) -> None:
    page.locator(".lab-acts").get_by_role("button", name=name).click()


def wait_for_end(page: Page) -> None:
    """The present act's run is shown to its end."""
    page.wait_for_function(
        "(L => L.story.opening.share >= 1 && L.playback.done)(document.querySelector('.lab').lab)",
        timeout=LONG,
    )


HURRY = """(() => {
    const [now, frame, pace] = [performance.now.bind(performance), requestAnimationFrame, 2];
    performance.now = () => pace * now();
    window.requestAnimationFrame = (wake) => frame((time) => wake(pace * time));
})()"""
"""The page's clock goes twice as fast; the server's does not."""


@pytest.mark.timeout(400)
@pytest.mark.timeout(400)  # a minute at twice its pace; on a busy machine several
def test_the_story_plays_by_itself_to_the_viewer_s_turn(page: Page) -> None:
    page.add_init_script(HURRY)
    open_story(page)
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    for number in range(len(ACTS)):
        expect_act(page, number, LONG)
        if number:
            # It has been computed meanwhile, as far as this hurry leaves time for it.
            page.wait_for_function("document.querySelector('.lab').lab.store.rows.length > 10")
        position = lab(page, "L.playback.position")
        page.wait_for_function(
            f"document.querySelector('.lab').lab.playback.position > {position}", timeout=LONG
        )
        wait_for_end(page)
        assert lab(page, "L.playback.position === L.store.reached")
        outcome = lab(page, "L.store.header.outcome.text")
        expect(page.locator(".lab-measured span")).to_have_text(outcome)
    assert re.fullmatch(r"Fitted slope −[01]\.\d\d \(95 %: .*; theory −1\.00\.", outcome)
    expect(page.locator(SENTENCE)).to_contain_text(YOURS["sentence"], timeout=LONG)
    expect(page.get_by_role("slider", name="Dimension")).to_be_visible()
    expect(page.locator(".lab-status")).to_be_visible()
    assert urlsplit(page.url)[2:] == ("/", "", "")


def test_it_is_paused_chosen_and_replayed(page: Page) -> None:
    open_story(page)
    choose(page, "Pause")
    share = story(page, "S.opening.share")
    page.wait_for_timeout(1000)
    assert story(page, "S.opening.share") == share
    page.keyboard.press(" ")
    choose(page, ACTS[1].name)
    expect_act(page, 1)
    page.wait_for_function("document.querySelector('.lab').lab.story.opening.share > 0.05")
    page.locator(".lab-headline").first.click()  # the keys are the page's again
    page.keyboard.press("ArrowLeft")
    expect_act(page, 0)
    page.keyboard.press("2")
    expect_act(page, 1)
    choose(page, "Replay")
    expect_act(page, 0)
    page.wait_for_function("document.querySelector('.lab').lab.story.opening.share > 0.05")


def test_skip_brings_the_controls_and_they_stay(page: Page) -> None:
    open_story(page)
    choose(page, "Skip")
    expect(page.locator(SENTENCE)).to_contain_text(YOURS["sentence"])
    decay = page.get_by_role("slider", name="Decay of strengths")
    decay.press("ArrowRight")
    page.wait_for_function("document.querySelector('.lab').lab.data.query.includes('beta=1.05')")
    expect(page.locator(".lab-story")).to_have_count(0)
    expect(page.get_by_role("heading", name="Live Lab")).to_be_visible()
    expect(page.locator(".lab-status")).to_contain_text("step")
    page.get_by_role("button", name="Play the opening").click()
    expect_act(page, 0)
    expect(decay).to_have_count(0)
    settle(page)
    assert urlsplit(page.url)[2:] == ("/", "", "")
    choose(page, "Skip")
    expect(decay).to_have_attribute("aria-valuetext", "1.00")


def test_from_the_viewer_s_turn_an_act_is_chosen_again(page: Page) -> None:
    open_story(page)
    choose(page, "Skip")
    expect(page.get_by_role("slider", name="Dimension")).to_be_visible()
    settle(page)
    choose(page, ACTS[1].name)
    expect_act(page, 1)
    expect(page.locator(".stSidebar").filter(visible=True)).to_have_count(0)  # not an empty one
    expect(page.get_by_role("slider", name="Dimension")).to_have_count(0)
    page.wait_for_function("document.querySelector('.lab').lab.story.opening.share > 0.02")


def test_an_act_s_link_opens_its_run_without_acts(page: Page) -> None:
    open_story(page)
    page.get_by_role("link", name="open this run").click()
    page.wait_for_function("document.querySelector('.lab')?.lab?.painted > 0")
    query = ACTS[0].experiment.to_query()
    assert lab(page, "L.data.query") == query == urlsplit(page.url).query
    expect(page.get_by_role("slider", name="Dimension")).to_be_visible()
    expect(page.locator(".lab-story")).to_have_count(0)


@pytest.fixture
def still(browser: Browser, server: str) -> Iterator[Page]:
    """A page of somebody who wishes for no motion."""
    context = browser.new_context(base_url=server, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_without_motion_an_act_stands_at_its_end_until_another_is_chosen(still: Page) -> None:
    open_story(still)
    wait_for_end(still)
    still.wait_for_timeout(4000)  # longer than the rest between two acts
    expect_act(still, 0)
    expect(still.locator(".lab-measured span")).to_contain_text("Learned at step")
    choose(still, ACTS[1].name)
    expect_act(still, 1)
    wait_for_end(still)
    expect(still.locator(".lab-measured span")).to_contain_text("8 of 8")
    # The viewer's run is shown before the page has its controls.
    still.evaluate("document.querySelector('.lab').tell = () => {}")
    choose(still, "Skip")
    expect(still.locator(SENTENCE)).to_contain_text(YOURS["coming"])
    query = settled(Experiment()).to_query()
    still.wait_for_function(
        "query => document.querySelector('.lab').lab.data.query === query", arg=query
    )
    expect(still.locator(".lab-status")).to_be_visible()
    expect(still.get_by_role("slider", name="Dimension")).to_have_count(0)


SIZES = ((1920, 1080), (1280, 720), (390, 844))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_each_act_fits_its_window(browser: Browser, server: str, size: tuple[int, int],
                                  theme: str) -> None:  # fmt: skip
    """Sentence, large picture and the buttons are on the screen; a picture of each is kept."""
    width, height = size
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": height}, reduced_motion="reduce",
        color_scheme="dark" if theme == "dark" else "light",
    )  # fmt: skip
    page = context.new_page()
    open_story(page)
    SHOTS.mkdir(exist_ok=True)
    for number, act in enumerate(ACTS):
        choose(page, act.name if width > 760 else f"{number + 1}")
        expect_act(page, number)
        wait_for_end(page)
        expect(page.locator(".lab-measured span")).not_to_be_empty()
        page.wait_for_function("!document.querySelector('.lab').lab.dirty")
        for part in (".lab-acts", SENTENCE, ".lab-measured", ".lab-hero .lab-plot"):
            box = page.locator(part).bounding_box()
            assert box is not None, part
            assert box["x"] >= 0, part
            assert box["x"] + box["width"] <= width, part
            assert box["y"] + box["height"] <= height, part
        letters = page.locator(SENTENCE).evaluate("it => parseFloat(getComputedStyle(it).fontSize)")
        assert letters >= max(24, 0.028 * width)
        page.screenshot(path=SHOTS / f"opening_{number + 1}_{width}_{theme}.png")
    context.close()
