"""The first picture of a page in a real browser: before the rest, and where it stays."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import QUICK, open_lab

pytestmark = pytest.mark.browser

SEEN = """window.seen = { figures: [], viewers: new Set(), places: new Set() };
    const { fetch } = window;
    window.fetch = (...given) => {
        const { pathname, searchParams } = new URL(String(given[0]), location.href);
        if (pathname === "/lab/figures") seen.figures.push(!document.querySelector(".lab"));
        if (pathname === "/lab/run") seen.viewers.add(searchParams.get("viewer"));
        return fetch(...given);
    };
    const look = () => {
        const lab = document.querySelector(".lab");
        if (Number(lab?.dataset.painted) > 0) {
            const { x, y, width } = lab.getBoundingClientRect();
            window.seen.places.add([x, y, width].map(Math.round).join());
        }
        requestAnimationFrame(look);
    };
    look();"""


def test_the_first_picture_comes_before_the_controls(page: Page) -> None:
    """However slow the machine is: what waits for the picture does so for a minute here."""
    page.add_init_script("""
        const { setTimeout } = window;
        const longer = (ms) => (ms === 600 ? 60000 : ms);
        window.setTimeout = (act, ms, ...given) => setTimeout(act, longer(ms), ...given);
        const first = new MutationObserver(() => {
            if (!(Number(document.querySelector('.lab')?.dataset.painted) > 0)) return;
            first.disconnect();
            window.before = document.querySelectorAll('[data-testid=stSlider]').length;
        });
        first.observe(document, { subtree: true, attributeFilter: ['data-painted'] });
    """)
    open_lab(page, QUICK)
    expect(page.get_by_test_id("stSlider").first).to_be_visible()
    assert page.evaluate("window.before") == 0


def test_the_first_picture_does_not_wait_for_the_page_nor_give_way_to_it(page: Page) -> None:
    """It is asked for before Streamlit has drawn what shows it; the title, the controls and the
    sidebar come into room that it has left for them."""
    page.add_init_script(SEEN)
    open_lab(page, "/?d=64&P=8&m=32")
    expect(page.get_by_role("heading", name="Live Lab")).to_be_visible()
    expect(page.get_by_role("slider", name="Dimension")).to_be_visible()
    page.wait_for_timeout(1000)
    assert page.evaluate("window.seen.figures") == [True]
    assert page.evaluate("window.seen.viewers.size") == 1
    assert page.evaluate("[...window.seen.places]") == ["324,215,932"]


def test_a_sidebar_that_was_closed_leaves_its_room_to_the_first_picture(page: Page) -> None:
    page.add_init_script("localStorage.setItem('stSidebarCollapsed-', 'true')")
    page.add_init_script(SEEN)
    open_lab(page, "/?d=64&P=8&m=32")
    expect(page.get_by_role("heading", name="Live Lab")).to_be_visible()
    page.wait_for_timeout(1000)
    assert page.evaluate("[...window.seen.places]") == ["24,215,1232"]
