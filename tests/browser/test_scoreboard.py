"""The table below the Live Lab's pictures, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle

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
