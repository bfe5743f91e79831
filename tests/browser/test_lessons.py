"""All lessons in a real browser, one after the other, as a class would read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.lesson import LESSONS

pytestmark = pytest.mark.browser

SHOTS = Path(__file__).parent / "screenshots"
"""One PNG a lesson and size, for people to look at; not in the repository."""


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_next_leads_through_all_lessons(page: Page, size: tuple[int, int]) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/")
    page.get_by_text("Lessons", exact=True).click()
    page.get_by_text(f"1 · {LESSONS[0].title}").click()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for number, lesson in enumerate(LESSONS, 1):
        title = page.get_by_role("heading", name=f"{number} / {len(LESSONS)} {lesson.title}")
        expect(title).to_be_visible()
        if number < len(LESSONS):
            expect(page.locator(".picture[data-drawn]").first).to_be_visible()
        answer(page)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0], "nothing cut off"
        page.screenshot(path=SHOTS / f"{number:02}_{lesson.slug}_{size[0]}.png", full_page=True)
        if number < len(LESSONS):
            page.get_by_role("link", name="Next").click()


def answer(page: Page) -> None:
    """Answer the page's questions, whatever they are, and wait for the results."""
    asked = page.locator("[class*=st-key-guess_]").filter(
        has=page.get_by_role("button", name="Show me")
    )
    while left := asked.count():
        button = asked.first.get_by_role("button", name="Show me")
        if button.is_disabled():
            asked.first.get_by_role("radiogroup").locator("label").first.click()
        expect(button).to_be_enabled()
        button.click()
        expect(asked).to_have_count(left - 1)
