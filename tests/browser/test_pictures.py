"""What is written in a lesson's pictures: at the lines, and nothing on anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.lesson import LESSONS
from tests.browser.conftest import settle

pytestmark = pytest.mark.browser

SIZES = ((1280, 720), (390, 844))
VIEWS: dict[str, tuple[str, ...]] = {
    "link_functions": ("Hermite series", "Correlation landscape"),
    "one_neuron": ("Time over d", "Search and rest", "Signal and noise", "How small is η?"),
    "idealised_dynamics": ("one pair", "its time", "the sum", "p → t", "power law"),
    "many_neurons": ("Drift", "Found"),
    "why_not_exp_kappa": ("Found", "Needed", "Who goes where"),
    "theorem": ("times", "unused", "matching", "constant"),
    "scaling_law": ("time", "width", "holes", "budget", "step size"),
    "sharp_transitions": ("The jump", "Escape time", "Depth: open questions"),
}
"""What the lessons with several views call them; the first is shown at first."""

WRITTEN = """() => {
    const wrong = [];
    for (const frame of document.querySelectorAll('.picture-frame')) {
        const edge = frame.getBoundingClientRect();
        if (!edge.width) continue;
        const boxes = [...frame.querySelectorAll(
            '.main-svg text, .picture-names span, .picture-key > span')]
            .filter((text) => text.textContent.trim() && text.getClientRects().length
                && getComputedStyle(text).visibility !== 'hidden'
                && !text.closest('.hoverlayer, .modebar'))
            .map((text) => {
                // A letter's box has air above and below it.
                const { left, top, right, bottom } = text.getBoundingClientRect();
                const air = 0.14 * Math.min(bottom - top, right - left);
                return { said: text.textContent, left: left + air / 2, top: top + air,
                         right: right - air / 2, bottom: bottom - air };
            });
        const name = frame.querySelector('.picture').getAttribute('aria-label');
        boxes.forEach((box, i) => {
            if (box.left < edge.left - 1 || box.right > edge.right + 1
                || box.top < edge.top - 1 || box.bottom > edge.bottom + 1)
                wrong.push(`${name}: "${box.said}" leaves its picture`);
            boxes.slice(i + 1).forEach((other) => {
                if (box.left < other.right && other.left < box.right
                    && box.top < other.bottom && other.top < box.bottom)
                    wrong.push(`${name}: "${box.said}" on "${other.said}"`);
            });
        });
    }
    return wrong;
}"""
FITTED = """() => {
    const pictures = [...document.querySelectorAll('.picture')];
    return pictures.length && pictures.every((each) => each.dataset.drawn
        && Math.abs(each._fullLayout.width - each.clientWidth) < 2
        && Math.abs(each._fullLayout.height - each.clientHeight) < 2);
}"""


DRAWN = """() => [...document.querySelectorAll('.picture')]
    .map((each) => each.dataset.drawn + each.getAttribute('aria-label')).join()"""


def collisions(page: Page) -> list[str]:
    """What is wrong with the letters of the pictures on the page, at every size."""
    wrong = []
    size = page.viewport_size
    # Begin with the size that the page has: one change of it is enough.
    for width, height in sorted(SIZES, key=lambda each: not size or each[0] != size["width"]):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(FITTED)
        page.evaluate("() => new Promise((wake) => setTimeout(wake, 60))")
        page.wait_for_function(FITTED)
        wrong += [f"{width}: {each}" for each in page.evaluate(WRITTEN)]
    return wrong


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


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_no_letters_collide_in_a_lesson_s_pictures(page: Page, slug: str) -> None:
    """In every view, before and after the answer, on a projector and on a phone."""
    wrong: list[str] = []
    page.goto(f"/{slug}")
    settle(page)
    for turn, view in enumerate(VIEWS.get(slug, ("",))):
        if turn:
            choose(page, view)
        wrong += [f"{view}: {each}" for each in collisions(page)]
        skip = page.get_by_role("button", name="I do not know")
        asked = skip.count()
        for left in range(asked - 1, -1, -1):
            skip.first.click()
            expect(skip).to_have_count(left)
        if asked:
            settle(page)
            wrong += [f"{view}, answered: {each}" for each in collisions(page)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS[:-1]])
def test_a_projector_shows_the_whole_of_the_first_picture(page: Page, slug: str) -> None:
    page.goto(f"/{slug}")
    settle(page)
    page.wait_for_function(FITTED)
    page.wait_for_function("""() => {
        const box = document.querySelector('.picture-frame').getBoundingClientRect();
        return box.height >= 320 && box.bottom <= innerHeight;
    }""")


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
