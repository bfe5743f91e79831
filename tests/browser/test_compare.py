"""Comparing two runs in a real browser: one is pinned, the next is drawn over its ghost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import STATE, lab, open_lab

pytestmark = pytest.mark.browser

FIRST = "/?d=32&P=4&m=16&J=4&engine=flow&seed=3"
NAMES = ("overlaps", "loss", "map", "heatmap", "norms", "matching")
INKED = """name => {
    const { canvas } = document.querySelector('.lab').lab.painter.sheets[name].brush.ink.ghost;
    return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
        .filter((value, i) => i % 4 === 3 && value > 60).length;
}"""
"""Dots of a picture's ghost."""
COVERS = """([before, after]) => [before, after].every(
    figure => ['overlaps', 'loss', 'norms'].every(name => {
        const { range } = document.querySelector('.lab').lab.painter.sheets[name]
            .div._fullLayout.xaxis;
        const own = figure[name];
        return range[0] <= own[0] + 1e-9 && range[1] >= own[1] - 1e-9;
    }))"""
RANGES = """Object.fromEntries(['overlaps', 'loss', 'norms'].map(
    name => [name, L.data.figures[name].layout.xaxis.range]))"""


def finish(page: Page) -> None:
    page.get_by_role("button", name="Run to the end").click()
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=60_000)
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("d=32&P=4&m=16&J=3&engine=flow&seed=3", ["J 4 → 3"]),
        ("d=32&P=4&m=16&J=4&engine=flow&seed=9", ["seed 3 → 9"]),
        ("d=32&P=4&m=16&J=4&engine=sgd&seed=3&c=0.1", ["c 0.05 → 0.1", "engine flow → sgd"]),
        ("d=32&P=6&m=24&J=4&engine=flow&seed=3", ["P 4 → 6", "m 16 → 24"]),
    ],
)
def test_the_next_run_is_drawn_over_the_ghost_of_the_pinned_one(
    page: Page, then: str, said: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 1400})
    open_lab(page, FIRST)
    page.keyboard.press("c")
    expect(page.locator(".lab-compare")).to_contain_text("This run is pinned")
    before = lab(page, RANGES)
    page.evaluate(
        """query => { const host = document.querySelector('.lab');
        import(document.querySelector('link[href$="/lab.js"]').href)
            .then(({ live }) => live.show(host, { ...host.given, query })); }""",
        then,
    )
    page.wait_for_function(
        """query => { const { ready, data } = document.querySelector('.lab').lab;
        return ready && data.query === query; }""",
        arg=then,
    )
    for words in said:
        expect(page.locator(".lab-compare")).to_contain_text(words)
    finish(page)
    page.wait_for_function("document.querySelector('.lab').lab.comparison.pinned.store.final")
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
    after = lab(page, RANGES)
    assert page.evaluate(COVERS, [before, after])
    for name in NAMES:
        assert page.evaluate(INKED, name) > 20, name
    page.get_by_role("button", name="Unpin").click()
    expect(page.locator(".lab-compare")).to_be_hidden()
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
    for name in NAMES:
        assert page.evaluate(INKED, name) == 0, name


def test_a_moved_slider_brings_the_next_run_and_the_ghost_is_computed_to_its_end(
    page: Page,
) -> None:
    open_lab(page, "/?d=64&P=8&m=32&c=0.02&seed=3")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("slider", name="Decay of strengths").press("ArrowRight")
    expect(page.locator(".lab-compare")).to_contain_text("β 1.0 → 1.05")
    page.wait_for_function(
        "document.querySelector('.lab').lab.comparison.pinned.store.final", timeout=60_000
    )
    ghost = "L.comparison.pinned"
    assert lab(page, f"{ghost}.store.reached / {ghost}.data.end") == pytest.approx(1, rel=1e-6)
