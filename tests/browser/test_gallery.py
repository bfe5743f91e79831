"""The Live Lab's examples: filled when they are opened, and links."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from emergence.runs.examples import EXAMPLES
from tests.browser.lab import QUICK, open_lab

pytestmark = pytest.mark.browser

DRAWN = """image => image.decode().then(() => [image.naturalWidth, image.alt])"""


def test_the_examples_are_drawn_when_opened_and_open_what_they_show(page: Page) -> None:
    open_lab(page, QUICK)
    cards = page.locator(".st-key-gallery img")
    expect(cards).to_have_count(0)
    page.get_by_role("button", name="Examples").click()
    expect(cards).to_have_count(len(EXAMPLES), timeout=60_000)
    for number, example in enumerate(EXAMPLES):
        width, says = cards.nth(number).evaluate(DRAWN)
        assert width > 0
        assert example.line in says
    page.get_by_role("link", name="A power law").click()
    expect(page).to_have_url(re.compile("P=48"))
    page.wait_for_function("document.querySelector('.lab').lab.data.query.includes('P=48')")
    expect(page.locator(".st-key-gallery")).to_have_count(0)
    page.go_back()
    page.wait_for_function("document.querySelector('.lab').lab.data.query.includes('P=4')")
