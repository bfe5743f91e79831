"""Every view of every lesson, before and after its answer, on a projector and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.talk import LESSONS, Lesson
from tests.browser.conftest import settle
from tests.browser.formulas import BROKEN, assert_no_source, read_help
from tests.browser.letters import FITTED, WRITTEN

pytestmark = pytest.mark.browser

SIZES = ((1280, 720), (390, 844))
WHOLE_PICTURE = """() => {
    const box = document.querySelector('.picture-frame').getBoundingClientRect();
    return box.height >= 320 && box.bottom <= innerHeight;
}"""


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_every_view_of_a_lesson_is_whole(page: Page, lesson: Lesson) -> None:
    """No letters on others, no formula broken or as its source; a projector shows a picture."""
    page.goto(f"/{lesson.slug}")
    expect(page.get_by_role("heading", name=lesson.title)).to_be_visible()
    settle(page)
    page.wait_for_function(FITTED)
    if lesson.slug != "takeaways":
        page.wait_for_function(WHOLE_PICTURE)
    for turn, view in enumerate(views(page) or [""]):
        if turn:
            page.get_by_test_id("stMain").get_by_role("radio", name=view, exact=True).click()
            page.wait_for_timeout(300)  # until the script has begun
            settle(page)
        assert_whole(page, view)
        if reveal(page):
            assert_whole(page, f"{view}, answered")
    page.set_viewport_size({"width": 1280, "height": 720})
    read_help(page, lesson.slug)


def views(page: Page) -> list[str]:
    """The options of the page's first choice of views, none where it has none."""
    groups = page.get_by_test_id("stMain").get_by_test_id("stButtonGroup")
    return groups.first.get_by_role("radio").all_inner_texts() if groups.count() else []


def reveal(page: Page) -> bool:
    """Have the answers of all questions shown; whether there are any."""
    skip = page.get_by_role("button", name="I do not know")
    asked = skip.count()
    for left in range(asked - 1, -1, -1):
        skip.first.click()
        expect(skip).to_have_count(left)
        settle(page)
    return asked > 0


def assert_whole(page: Page, where: str) -> None:
    assert_no_source(page, where)
    page.evaluate("() => document.fonts.ready")
    # Begin with the size that the page has: one change of it is enough.
    here = page.evaluate("innerWidth")
    for width, height in sorted(SIZES, key=lambda size: size[0] != here):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(FITTED)
        page.evaluate("() => new Promise((wake) => setTimeout(wake, 60))")
        page.wait_for_function(FITTED)
        assert page.evaluate(WRITTEN) == [], f"{where}, {width}"
        for _ in range(20):  # letters that have just come are laid out anew
            wrong = page.evaluate(f"({BROKEN})({width})")
            if not wrong:
                break
            page.wait_for_timeout(500)
        assert not wrong, f"{where}, {width}"
