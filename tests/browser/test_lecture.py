"""Lecture mode and embedding in a real browser: one picture fills the window."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.lab import QUICK, STATE, lab, open_lab

pytestmark = pytest.mark.browser

NAMES = ("overlaps", "loss", "map", "heatmap", "norms", "matching")
SIZES = """name => [
    ...document.querySelectorAll(`[data-tile=${name}] svg text, [data-tile=${name}] h2,
        [data-tile=${name}] .lab-names span:not([hidden])`)].filter(each => {
            const box = each.getBoundingClientRect();
            return each.textContent.trim() && box.width && !each.closest('.modebar');
        }).map(each => [each.textContent, parseFloat(getComputedStyle(each).fontSize)])"""
STRIP = """() => [...document.querySelectorAll('.lab-strip *')].filter(each => {
        const box = each.getBoundingClientRect();
        const own = [...each.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
        return own.some(node => node.textContent.trim()) && box.width > 2;
    }).map(each => [each.textContent, parseFloat(getComputedStyle(each).fontSize)])"""
FILLED = """() => {
    const plot = document.querySelector('.lab-hero .lab-plot').getBoundingClientRect();
    return plot.bottom > 0.97 * innerHeight;
}"""
WIDTHS = """div('NAME').data.filter(({line}) => line?.width !== undefined)
    .map(({name, line}) => [name ?? '', line.width])"""


def test_lecture_mode_is_one_picture_with_large_letters_and_lines(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    open_lab(page, QUICK + "&view=lecture")
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=30_000)
    for hidden in ("stSidebar", "stHeading", "stAppHeader"):
        expect(page.get_by_test_id(hidden)).to_be_hidden()
    small = page.evaluate(STRIP)
    assert not [each for each in small if each[1] < 16], "the class reads the strip as well"
    assert len(small) > 20
    for key, name in enumerate(NAMES, 1):
        page.keyboard.press(str(key))
        expect(page.locator(".lab-tile:visible")).to_have_count(1)
        page.wait_for_function(
            "name => document.querySelector('.lab').lab.painter.sheets[name].bound", arg=name
        )
        page.wait_for_function("!document.querySelector('.lab').lab.dirty")
        texts = page.evaluate(SIZES, name)
        assert len(texts) > 1, name
        assert not [each for each in texts if each[1] < 18], name
        widths = lab(page, WIDTHS.replace("NAME", name))
        assert not [each for each in widths if each[1] < 3], name
        shapes = lab(page, f"(div('{name}').layout.shapes ?? []).map(({{line}}) => line.width)")
        assert all(width >= 3 for width in shapes), name
        assert all(
            rim >= 3
            for rim in lab(
                page, "roles('NAME', 'dots').map(([, {rim}]) => rim)".replace("NAME", name)
            )
        )
        box = page.locator(f"[data-tile={name}] .lab-plot").bounding_box()
        assert box
        assert box["width"] > 0.9 * 1920
        assert box["height"] > 0.7 * 1080


def test_the_address_says_the_view_and_keeps_it(page: Page) -> None:
    open_lab(page, QUICK)
    host = page.locator(".lab")
    page.keyboard.press("2")
    page.keyboard.press("l")
    expect(host).to_have_class(re.compile("lab-lecture"))
    page.wait_for_url(re.compile("view=lecture&picture=loss$"))
    page.keyboard.press("4")
    page.keyboard.press("3")
    page.wait_for_url(re.compile("view=lecture&picture=map$"))
    page.go_back()
    expect(page.locator("[data-hero=map]")).to_have_attribute("aria-pressed", "false")
    page.go_forward()
    expect(page.locator("[data-hero=map]")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(host).to_have_class(re.compile("lab-lecture"))
    page.wait_for_function("Number(document.querySelector('.lab')?.dataset.painted) > 3")
    expect(page.locator("[data-hero=map]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "view" not in url and "picture" not in url)
    expect(host).not_to_have_class(re.compile("lab-lecture"))
    page.go_back()
    expect(host).to_have_class(re.compile("lab-lecture"))
    page.get_by_role("button", name="Lecture mode").click()
    page.wait_for_url(lambda url: "view" not in url)
    settle(page)
    expect(host).not_to_have_class(re.compile("lab-lecture"))


def test_a_slider_moves_under_the_same_view(page: Page) -> None:
    open_lab(page, QUICK + "&view=lecture")
    page.keyboard.press("l")
    page.wait_for_url(lambda url: "view" not in url)
    page.get_by_role("slider", name="Decay of strengths").press("ArrowRight")
    page.wait_for_url(re.compile("beta=1.05"))
    page.get_by_role("button", name="Lecture mode").click()
    page.wait_for_url(re.compile("beta=1.05.*view=lecture"))


def test_the_strip_hides_when_nothing_is_touched_and_comes_back(page: Page) -> None:
    open_lab(page, QUICK + "&view=lecture")
    host = page.locator(".lab")
    expect(host).to_have_class(re.compile("lab-quiet"))
    page.wait_for_function(FILLED)  # nothing is left blank below
    page.mouse.move(300, 300)
    page.mouse.move(320, 300)
    expect(host).not_to_have_class(re.compile("lab-quiet"))
    page.wait_for_function(f"!({FILLED})()")  # the strip has its room again
    expect(page.locator(".lab-parameters")).to_contain_text("dimension d = 32, teacher neurons P")


def test_keys_are_listed_and_do_what_the_list_says(page: Page) -> None:
    open_lab(page, QUICK)
    page.get_by_role("button", name="Run to the end").click()
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=30_000)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("previous or next snapshot")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    end = lab(page, "L.playback.position")
    page.keyboard.press("ArrowLeft")
    before = lab(page, "L.playback.position")
    assert before < end
    assert before in lab(page, "L.data.snapshots")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"document.querySelector('.lab').lab.playback.position > {before}")
    page.keyboard.press("r")
    assert lab(page, "L.playback.position") == 0
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_unknown_view_is_refused_with_a_sentence(page: Page) -> None:
    open_lab(page, QUICK + "&view=cinema")
    warning = page.get_by_test_id("stAlertContentWarning")
    expect(warning).to_contain_text("view = cinema is not one of page, lecture: page is taken")
    page.wait_for_url(lambda url: "view" not in url)


def test_a_lecture_that_cannot_run_is_mended_by_one_press(page: Page) -> None:
    open_lab(page, "/?d=64&P=2&J=3&m=1&seed=3&view=lecture")
    notice = page.locator(".lab-notices")
    expect(notice).to_contain_text("The nearest that can is shown: m = 2")
    expect(page.locator(".lab-hero .lab-plot")).to_be_visible()
    notice.get_by_role("button", name="m = 2").click()
    page.wait_for_url(re.compile("m=2&.*view=lecture"))
    expect(notice).to_be_hidden()


def test_a_lesson_has_its_lecture_mode_and_keeps_it_to_the_next(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto("/one_neuron")
    settle(page)
    page.get_by_role("button", name="Lecture mode").click()
    page.wait_for_url(re.compile("one_neuron.*screen=lecture"))
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    page.wait_for_function(f"{size} >= 24")
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(re.compile("idealised_dynamics.*screen=lecture"))
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    settle(page)
    page.get_by_role("button", name="Leave lecture mode").click()
    page.wait_for_url(lambda url: "screen" not in url)
    expect(page.get_by_test_id("stHeader")).to_be_visible()


@pytest.mark.parametrize("width", [390, 960])
def test_embedded_there_is_the_picture_and_its_transport_only(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 600})
    open_lab(page, QUICK + "&embed=true")
    expect(page.get_by_role("toolbar", name="Transport")).to_be_visible()
    expect(page.locator(".lab-tile:visible")).to_have_count(1)
    for gone in ("h1", ".lab-board", ".stSidebar [role=slider]"):
        assert page.locator(f"{gone}:visible").count() == 0
    assert "the teacher" not in page.locator("body").inner_text()
    box = page.locator(".lab-strip").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 600
    plot = page.locator(".lab-hero .lab-plot").bounding_box()
    assert plot
    assert plot["height"] > 250


def test_the_line_for_a_slide_opens_what_it_says(page: Page) -> None:
    open_lab(page, QUICK + "&view=lecture")
    page.keyboard.press("5")
    page.keyboard.press("?")
    said = page.locator(".lab-iframe").input_value()
    page.set_content(said)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("toolbar", name="Transport")).to_be_visible()
    expect(frame.locator(".lab-tile:visible")).to_have_count(1)
    expect(frame.locator("[data-tile=norms]")).to_be_visible()
    expect(frame.locator(".lab-alone")).to_have_class(re.compile("lab-embed"))
