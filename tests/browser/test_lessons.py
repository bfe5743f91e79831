"""All lessons in a real browser, one after the other, as a class would read them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.talk import LESSONS
from tests.browser.conftest import settle
from tests.browser.questions import guess

pytestmark = pytest.mark.browser


def test_next_leads_through_all_lessons(page: Page) -> None:
    page.goto("/")
    page.get_by_text("Lessons", exact=True).click()
    page.get_by_text(f"1 · {LESSONS[0].title}").click()
    for number, lesson in enumerate(LESSONS, 1):
        title = page.get_by_role("heading", name=f"{number} / {len(LESSONS)} {lesson.title}")
        expect(title).to_be_visible()
        settle(page)
        if number < len(LESSONS):
            expect(page.locator(".picture[data-drawn]").first).to_be_visible()
        answer(page)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        for width, height in ((390, 844), (1280, 720)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width, (
                "nothing cut off"
            )
        if number < len(LESSONS):
            page.get_by_role("link", name="Next").click()


def answer(page: Page) -> None:
    """Answer the page's questions, whatever they are, and wait for the results."""
    show = page.get_by_role("button", name="Show me")
    asked = page.locator("[class*=st-key-guess_]").filter(has=show)
    while asked.count():
        [name] = re.findall(r"st-key-guess_\w+", asked.first.get_attribute("class") or "")
        box = page.locator(f".{name}")
        guess(box)
        box.get_by_role("button", name="Show me").click()
        expect(box.get_by_role("button", name="Guess again")).to_be_visible()
        settle(page)


@pytest.mark.parametrize(
    ("address", "place", "words"),
    [
        ("one_neuron?d=24&view=Signal+and+noise&guess_noise=none", None, "The neuron drawn thick"),
        ("one_neuron?guess_recovery=none", "guess_recovery", "It is"),
    ],
)
def test_words_and_verdict_of_a_study_come_when_they_are_known(
    page: Page, address: str, place: str | None, words: str
) -> None:
    """What a study writes beside its picture needs its place before there is anything to write."""
    page.goto(f"/{address}")
    where = page.locator(f".st-key-{place}") if place else page
    expect(where.get_by_text(words, exact=False).last).to_be_visible(timeout=60_000)
    page.wait_for_timeout(1_000)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
