"""The table below the Live Lab's pictures, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.lab import finish, lab, open_lab

pytestmark = pytest.mark.browser


def test_a_phone_shows_crossing_and_ratio_without_a_swipe(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/?P=4&m=16&d=64&engine=flow")
    settle(page)
    for name in ("predicted Tₚ", "crossing", "ratio"):
        cell = page.locator(".lab-scores tr").first.locator(":scope > *").filter(has_text=name)
        expect(cell).to_be_visible()
        right = cell.evaluate("each => each.getBoundingClientRect().right")
        assert right <= 390, name


def test_a_broken_assumption_is_drawn_and_its_title_says_how_far_off_theory_is(page: Page) -> None:
    """With the losses beside the population's, filled in while the run goes on."""
    open_lab(page, "/?d=16&P=3&m=12&c=0.02&noise=0.5&samples=300")
    title = page.locator(".lab-board h2")
    expect(title).to_have_text("The prediction and the run")
    finish(page)
    expect(title).to_contain_text("crossing/Tₚ")
    drawn = lab(page, "roles('loss', 'beside').map(([i]) => div('loss').data[i].y.length)")
    assert len(drawn) == 2
    assert min(drawn) > 10
