"""Symbols that explain themselves, and the drawing of the two networks, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.glossary import words
from tests.browser.conftest import settle
from tests.browser.lab import QUICK, STATE, lab, open_lab

pytestmark = pytest.mark.browser


def test_a_symbol_is_explained_by_pointer_keyboard_and_tap(page: Page) -> None:
    open_lab(page, QUICK)
    tip = page.locator(".lab-tip")
    expect(tip).to_be_hidden()
    head = page.locator(".lab-scores th .lab-word", has_text="Tₚ")
    head.hover()
    expect(tip).to_have_text(f"Tₚ: {words()['Tₚ']}")
    page.locator(".lab-summary").hover()
    expect(tip).to_be_hidden()
    head.focus()
    expect(tip).to_have_text(f"Tₚ: {words()['Tₚ']}")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.locator(".lab-scores th .lab-word", has_text="aₚ").click()
    expect(tip).to_have_text(f"aₚ: {words()['aₚ']}")
    page.locator("[data-figure=overlaps] .ytitle").hover()
    for symbol in ("u", "v̄ₖ", "wₚ"):
        expect(tip).to_contain_text(f"{symbol}: {words()[symbol]}")


def test_a_title_s_symbols_stay_to_be_asked_when_it_changes(page: Page) -> None:
    open_lab(page, QUICK)
    page.get_by_role("button", name="Run to the end").click()
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=30_000)
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
    shown = page.locator("[data-tile=norms] h2")
    assert shown.inner_text() == lab(page, "(L.store.header.titles ?? L.data.titles).norms")
    shown.locator(".lab-word").first.focus()
    expect(page.locator(".lab-tip")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_networks_say_what_a_part_is_and_light_it_up_everywhere(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    open_lab(page, QUICK)
    expect(page.locator(".lab-network summary")).to_contain_text("P = 4 directions, m = 16 neurons")
    assert page.locator(".lab-drawing [data-p]").count() == 4
    assert page.locator(".lab-drawing [data-k]").count() == 8
    sentence = page.locator(".lab-sentence")
    page.locator(".lab-drawing [data-p='2'] circle").click()
    expect(sentence).to_contain_text(f"direction 3, wₚ: {words()['wₚ']}")
    k = lab(page, "L.data.iota[2]")
    assert lab(page, "L.pointed") == {"p": 2, "k": k}
    expect(page.locator(f".lab-drawing [data-k='{k}']")).to_have_class("lab-lit")
    expect(page.locator(".lab-scores tr.lit")).to_have_attribute("data-p", "2")
    page.locator(f".lab-drawing [data-k='{k}'] [data-part='|vₖ|²']").dispatch_event("click")
    expect(sentence).to_contain_text(f"neuron {k}, |vₖ|²: {words()['|vₖ|²']}")
    page.locator(".lab-scores tr[data-p='1'] td").first.hover()
    expect(page.locator(".lab-drawing [data-p='1']")).to_have_class("lab-lit")
    page.locator(".lab-network summary").click()
    expect(page.locator(".lab-drawing")).to_be_hidden()
    box = page.locator(".lab-network").bounding_box()
    assert box
    assert box["width"] <= width


def test_the_networks_follow_the_experiment(page: Page) -> None:
    open_lab(page, QUICK)
    page.get_by_role("slider", name="Teacher neurons").press("ArrowRight")
    page.wait_for_function("document.querySelector('.lab').lab.data.P > 4")
    P = lab(page, "L.data.P")
    expect(page.locator(".lab-network summary")).to_contain_text(f"P = {P} directions")
    expect(page.locator(".lab-drawing [data-p]")).to_have_count(min(P, 8))


@pytest.mark.parametrize("width", [390, 1280])
def test_a_lesson_s_picture_explains_its_symbols(page: Page, width: int) -> None:
    """By pointer or tap, and by keyboard."""
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/idealised_dynamics?guess_idealised=none&step=its+time")
    settle(page)
    title = page.locator(".picture .ytitle")
    expect(title).to_have_attribute("aria-description", f"Tₚ: {words()['Tₚ']}")
    tip = page.locator(".lab-tip:visible")
    title.click()
    expect(tip).to_have_text(f"Tₚ: {words()['Tₚ']}")
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    page.locator(".picture .xtitle").focus()
    expect(tip).to_have_text(f"p: {words()['p']}")
    title.focus()
    expect(tip).to_have_text(f"Tₚ: {words()['Tₚ']}")
