"""What is written in a lesson's pictures: at the lines, and nothing on anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.letters import FITTED

pytestmark = pytest.mark.browser

DRAWN = """() => [...document.querySelectorAll('.picture')]
    .map((each) => each.dataset.drawn + each.getAttribute('aria-label')).join()"""


BELOW_LETTERS = """frame => {
    const bar = frame.querySelector('.modebar').getBoundingClientRect();
    return [...frame.querySelectorAll('.main-svg text, .picture-names span')]
        .filter((each) => each.textContent.trim() && !each.closest('.modebar'))
        .filter((each) => {
            const box = each.getBoundingClientRect();
            return box.width && box.left < bar.right && bar.left < box.right
                && box.top < bar.bottom && bar.top < box.bottom;
        }).map((each) => each.textContent);
}"""


def choose(page: Page, view: str) -> None:
    """Have a view shown, and wait for its pictures."""
    before = page.evaluate(DRAWN)
    page.get_by_test_id("stButtonGroup").get_by_text(view, exact=True).click()
    page.wait_for_function(f"before => ({DRAWN})() !== before", arg=before)
    settle(page)


@pytest.mark.parametrize("slug", ["puzzle", "why_not_exp_kappa", "scaling_law"])
def test_plotly_s_buttons_show_under_the_pointer_and_cover_no_letters(
    page: Page, slug: str
) -> None:
    page.goto(f"/{slug}?guess=none")
    settle(page)
    page.wait_for_function(FITTED)
    for frame in page.locator(".picture-frame").all():
        page.mouse.move(5, 5)
        bar = frame.locator(".modebar")
        if frame.evaluate("frame => frame.clientWidth") < 500:  # it has no room for them
            assert bar.count() == 0
            continue
        expect(bar).to_have_css("opacity", "0")
        frame.locator(".picture").hover()
        expect(bar).to_have_css("opacity", "1")
        assert frame.evaluate(BELOW_LETTERS) == []
        buttons = frame.locator(".modebar-btn")
        assert buttons.count() > 2
        assert {each.get_attribute("tabindex") for each in buttons.all()} == {"-1"}


def test_a_saved_picture_has_its_names(page: Page, tmp_path: Path) -> None:
    page.goto("/scaling_law?view=step+size&guess_step=-0.4")
    settle(page)
    expect(page.locator(".picture-key > span").first).to_be_visible()
    names = page.locator(".picture-names span, .picture-key > span").all_inner_texts()
    assert len(names) > 5
    page.locator(".picture").hover()
    with page.expect_download() as download:
        page.locator(".modebar-btn[data-title='Download picture as SVG']").click()
    download.value.save_as(tmp_path / "picture.svg")
    saved = (tmp_path / "picture.svg").read_text()
    for name in names:
        for line in name.split("\n"):
            assert line in saved


def test_a_picture_without_numbers_follows_one_with_other_axes(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/theorem?view=unused&guess=none")
    settle(page)
    page.wait_for_function(FITTED)
    choose(page, "matching")
    page.wait_for_function(FITTED)
    lines = page.locator(".picture .xlines-above").all()
    assert len(lines) >= 2
    assert not any("NaN" in str(each.get_attribute("d")) for each in lines)


@pytest.mark.parametrize("slug", ["link_functions", "mirage", "parity"])
def test_the_next_view_is_drawn_in_the_place_of_the_last(page: Page, slug: str) -> None:
    """One element, with the other view's name and letters, and back."""
    page.goto(f"/{slug}?guess=none")
    settle(page)
    page.wait_for_function(FITTED)
    picture = page.locator(".picture")
    page.evaluate("window.first = document.querySelector('.picture')")
    views = page.get_by_test_id("stButtonGroup").first.get_by_role("radio").all()
    assert len(views) == 2
    called = []
    for view in (*views[1:], views[0]):
        before = page.evaluate(DRAWN)
        view.click()
        page.wait_for_function(f"before => ({DRAWN})() !== before", arg=before)
        settle(page)
        page.wait_for_function(FITTED)
        expect(picture).to_have_count(1)
        assert page.evaluate("window.first === document.querySelector('.picture')")
        called.append((picture.get_attribute("aria-label"), picture.locator("text").count()))
    assert len(set(called)) == 2


def test_a_picture_is_drawn_when_its_figure_comes(page: Page) -> None:
    """Once, before Streamlit hands it over; also where it is sent by its name alone."""
    page.goto("/link_functions?guess=none")
    settle(page)
    page.wait_for_function(FITTED)
    page.evaluate("""() => {
        const host = document.querySelector('.picture');
        window.early = [];
        new MutationObserver(() => window.early.push(Boolean(host.early?.length)))
            .observe(host, { attributeFilter: ['data-drawn'] });
    }""")
    views = page.get_by_test_id("stButtonGroup").first.get_by_role("radio").all()
    for count, view in enumerate((views[1], views[0], views[1], views[0]), 1):
        view.click()
        page.wait_for_function("count => window.early.length === count", arg=count)
        page.wait_for_function("document.querySelector('.picture').early.length === 0")
        settle(page)
    assert page.evaluate("window.early") == [True] * 4
