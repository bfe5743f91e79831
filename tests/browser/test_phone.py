"""What a phone shows on its first screen, and beside its panels."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.lab import open_lab

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 390, 844


@pytest.mark.parametrize("query", ["P=8", "P=24&m=110&engine=flow"])
def test_the_large_picture_is_on_the_first_screen(page: Page, query: str) -> None:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    open_lab(page, f"/?{query}")
    settle(page)
    box = page.locator(".lab-hero .lab-plot").bounding_box()
    assert box
    assert box["height"] >= 300
    assert box["y"] + box["height"] <= HEIGHT
    expect(page.get_by_role("button", name="Play the opening")).to_be_in_viewport()


def test_the_key_of_stacked_panels_stands_above_them(page: Page) -> None:
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto("/many_neurons")
    settle(page)
    page.wait_for_function("document.querySelector('.picture')?.dataset.drawn > 0")
    key, picture = (
        page.locator(part).first.bounding_box() for part in (".picture-key", ".picture")
    )
    assert key
    assert picture
    assert key["y"] + key["height"] <= picture["y"] + 1
    names = page.locator(".picture-names").first.bounding_box()
    assert names
    assert abs(names["y"] - picture["y"]) < 1, "names stand at their lines"
