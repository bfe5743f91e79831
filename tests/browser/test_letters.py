"""Nothing that is written in a picture covers anything else written there, nor leaves it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.lab import finish, lab, open_lab

pytestmark = pytest.mark.browser

SIZES = [
    (390, 844), (768, 1024), (1024, 768), (1280, 720), (1440, 900), (1920, 1080), (2200, 1200),
    (2560, 1440),
]  # fmt: skip
EXPERIMENTS = [
    "d=32&P=1&m=4&engine=flow",
    "d=64&P=8&m=32&engine=flow",
    "d=10000&P=24&m=110&engine=flow&s0=0.01",
    "d=100000&P=64&m=256&engine=flow&s0=0.001",
    "d=64&P=16&m=8&J=2&engine=flow",
    "d=64&P=8&m=32&J=1&beta=0.3&engine=flow&steps=100000",
]
HEROES = ["overlaps", "loss", "map", "heatmap", "norms", "matching"]

WRITTEN = """() => {
    const shown = (element) => {
        const style = getComputedStyle(element);
        const there = style.visibility !== 'hidden' && style.display !== 'none';
        return there && Number(style.opacity) > 0.05;
    };
    const wrong = [];
    for (const tile of document.querySelectorAll('.lab-tile')) {
        const frame = tile.getBoundingClientRect();
        if (!frame.width) continue;
        const texts = [...tile.querySelectorAll('h2, .lab-names span, .main-svg text')]
            .filter((text) => text.textContent.trim() && text.getClientRects().length
                && shown(text) && !text.closest('.hoverlayer, .modebar'));
        const boxes = texts.map((text) => {
            // A letter's box has air above and below it, and a turned one is taken as it is drawn.
            const { left, top, right, bottom } = text.getBoundingClientRect();
            const air = 0.14 * Math.min(bottom - top, right - left);
            return { said: text.textContent, left: left + air / 2, top: top + air,
                     right: right - air / 2, bottom: bottom - air };
        });
        boxes.forEach((box, i) => {
            if (box.left < frame.left - 1 || box.right > frame.right + 1
                || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
                wrong.push(`${tile.dataset.tile}: "${box.said}" leaves its picture`);
            boxes.slice(i + 1).forEach((other) => {
                if (box.left < other.right && other.left < box.right
                    && box.top < other.bottom && other.top < box.bottom)
                    wrong.push(`${tile.dataset.tile}: "${box.said}" on "${other.said}"`);
            });
        });
    }
    return wrong;
}"""


@pytest.mark.parametrize("query", EXPERIMENTS)
def test_no_letters_collide_in_any_picture_at_any_size(page: Page, query: str) -> None:
    open_lab(page, f"/?{query}")
    finish(page)
    wrong: dict[str, Any] = {}
    for turn, (width, height) in enumerate(SIZES, EXPERIMENTS.index(query)):
        # Every picture is in sight, and at every size each is the large one of an experiment.
        hero = HEROES[turn % len(HEROES)]
        page.evaluate(f"document.querySelector('.lab').lab.tiles.choose('{hero}')")
        page.set_viewport_size({"width": width, "height": height})
        rest(page)
        seen = page.evaluate(WRITTEN)
        if seen:
            wrong[f"{width}x{height} {hero}"] = seen
    assert not wrong, "\n".join(f"{where}: {what}" for where, what in wrong.items())


def rest(page: Page) -> None:
    """Wait until every picture has the size of its place and nothing is left to paint."""
    page.wait_for_function("""() => {
        const L = document.querySelector('.lab').lab;
        return !L.dirty && Object.values(L.painter.sheets).every(({ div }) => {
            const box = div.parentElement.getBoundingClientRect();
            return Math.abs(div._fullLayout.width - Math.floor(box.width)) < 2;
        });
    }""")
    page.evaluate(
        "() => new Promise((wake) => requestAnimationFrame(() => requestAnimationFrame(wake)))"
    )
    assert lab(page, "L.painted") > 0
