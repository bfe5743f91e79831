"""The switches of theory's curves, and Plotly's buttons, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import QUICK, STATE, lab, open_lab

pytestmark = pytest.mark.browser

CURVES = """div('loss')._fullData.filter(({meta}) => meta?.role === 'theory')
    .filter(({visible}) => visible === true)
    .map(({meta}) => meta.curve)"""
NAMES = """[...document.querySelectorAll('[data-tile=loss] .lab-names span:not([hidden])')]
    .map(each => each.textContent)"""
ALL = ["staircase", "decoupled", "finite P", "power law"]
COVERED = """() => {
    const bar = document.querySelector('.lab-hero .modebar').getBoundingClientRect();
    return [...document.querySelectorAll('.lab-hero h2, .lab-chip, .lab-hero svg text, '
        + '.lab-hero .lab-names span:not([hidden])')]
        .filter(each => each.textContent.trim() && !each.closest('.modebar'))
        .filter(each => {
            const box = each.getBoundingClientRect();
            return box.width && box.left < bar.right && bar.left < box.right
                && box.top < bar.bottom && bar.top < box.bottom;
        }).map(each => each.textContent);
}"""


def test_each_curve_of_theory_has_its_switch_and_keeps_it(page: Page) -> None:
    open_lab(page, QUICK)
    page.wait_for_function(f"{NAMES}.length == 4")
    assert sorted(page.evaluate(NAMES)) == sorted(ALL), "short names in the small picture"
    page.keyboard.press("2")
    chips = page.locator(".lab-chip")
    expect(chips).to_have_text(ALL)
    for chip, curve in enumerate(ALL):
        expect(chips.nth(chip)).to_have_attribute("aria-pressed", "true")
        chips.nth(chip).click()
        expect(chips.nth(chip)).to_have_attribute("aria-pressed", "false")
        page.wait_for_function("!document.querySelector('.lab').lab.dirty")
        assert lab(page, CURVES) == [each for each in ALL if each != curve]
        assert not any(name.startswith(curve) for name in page.evaluate(NAMES))
        assert page.evaluate(NAMES)
        chips.nth(chip).click()
        assert lab(page, CURVES) == ALL
    colours = page.evaluate(
        "[...document.querySelectorAll('.lab-chip')]"
        ".map(each => each.style.getPropertyValue('--line'))"
    )
    lines = lab(page, "roles('loss', 'theory').map(([i]) => div('loss').data[i].line.color)")
    assert colours == lines
    chips.nth(3).click()
    page.get_by_role("slider", name="Decay of strengths").press("ArrowRight")
    page.wait_for_function("document.querySelector('.lab').lab.data.query.includes('beta=1.05')")
    expect(page.locator("[data-curve='power law']")).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
    assert lab(page, CURVES) == ALL[:3]


@pytest.mark.parametrize("view", ["page", "lecture"])
def test_plotly_s_buttons_show_under_the_pointer_and_cover_no_letters(
    page: Page, view: str
) -> None:
    open_lab(page, f"{QUICK}&view={view}")
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=30_000)
    for key in "123456":
        page.mouse.move(5, 5)
        page.keyboard.press(key)
        bar = page.locator(".lab-hero .modebar")
        expect(bar).to_have_css("opacity", "0")
        assert page.locator(".lab-tile:not(.lab-hero) .modebar:visible").count() == 0
        page.locator(".lab-hero .lab-plot").hover()
        expect(bar).to_have_css("opacity", "1")
        assert page.evaluate(COVERED) == [], key
