"""What a reader reads: no formula is left as its source, and no row without its meaning."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from emergence.sweeps.analyses import ANALYSES
from emergence.ui.glossary import SYMBOLS
from emergence.ui.lesson import LESSONS, Lesson
from tests.browser.conftest import settle

pytestmark = pytest.mark.browser

RAW = r"""() => {
  const raw = /\$|\\|_\{/;
  const found = new Set();
  const hidden = "script, style, noscript, code, textarea, .katex-mathml";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (raw.test(data) && !parentElement.closest(hidden)) found.add(data);
  }
  for (const broken of document.querySelectorAll(".katex-error")) found.add(broken.textContent);
  for (const name of ["title", "placeholder", "aria-label"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (raw.test(element.getAttribute(name))) found.add(element.getAttribute(name));
    }
  }
  // A figure's own words: also those that only pointing at it shows.
  const walk = (value) => {
    if (typeof value === "string" && raw.test(value)) found.add(value);
    else if (value && typeof value === "object" && !ArrayBuffer.isView(value)) {
      Object.entries(value).forEach(([key, item]) => key.startsWith("_") || walk(item));
    }
  };
  for (const { data, layout } of document.querySelectorAll(".js-plotly-plot")) walk([data, layout]);
  return [...found];
}"""
"""Every text with a dollar, a backslash or a braced subscript: in the page, its attributes, its
figures; and what KaTeX could not read."""


BROKEN = """width => {
  const found = [], visible = e => e.checkVisibility() && e.getBoundingClientRect().width;
  const boxes = [...document.querySelectorAll("[class*=st-key-guess_], [class*=st-key-task_]")];
  for (const formula of document.querySelectorAll(".stMainBlockContainer .katex")) {
    if (!visible(formula)) continue;
    const text = formula.querySelector("annotation")?.textContent;
    const bases = [...formula.querySelectorAll(".katex-html > .base")];
    const lines = bases.map(e => e.getBoundingClientRect());
    const display = formula.closest(".katex-display");
    if (!display && lines.some((one, i) => i && one.left < lines[i - 1].right - 3))
      found.push(`broken: ${text}`);
    const right = Math.max(...lines.map(each => each.right));
    if (!formula.closest("table") && right > width) found.push(`cut off: ${text}`);
    const place = display?.getBoundingClientRect();
    if (place) for (const each of boxes) {
      const box = each.getBoundingClientRect();
      const beside = box.right <= place.left || box.left >= place.right;
      const inside = each.contains(formula);
      if (!beside && !inside && box.top < place.bottom + 8 && box.bottom > place.top - 8)
        found.push(`touches: ${text}`);
    }
  }
  return found;
}"""
"""The formulas that end a line, are wider than their column, or touch a box; for a width."""


def assert_whole(page: Page, where: str) -> None:
    """The formulas stand whole and free, on a phone and on a projector."""
    page.evaluate("() => document.fonts.ready")
    for width, height in ((390, 844), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        for _ in range(20):  # letters that have just come are laid out anew
            wrong = page.evaluate(f"({BROKEN})({width})")
            if not wrong:
                break
            page.wait_for_timeout(500)
        assert not wrong, f"{where}, {width}"


def assert_no_source(page: Page, where: str) -> None:
    settle(page)
    assert page.evaluate(RAW) == [], where


def read_help(page: Page, where: str) -> None:
    """Open every expander and popover, and point at every sign that explains."""
    for summary in page.get_by_test_id("stExpander").locator("summary").all():
        if summary.locator("..").get_attribute("open") is None:
            summary.click()
    for opener in page.get_by_test_id("stPopoverButton").all():
        opener.click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        assert_no_source(page, f"{where}: {opener.inner_text()}")
        page.keyboard.press("Escape")
    for sign in page.get_by_test_id("stTooltipIcon").all():
        sign.scroll_into_view_if_needed()
        point_at(page, sign)
        assert_no_source(page, f"{where}: help")
        page.mouse.move(640, 2)
        expect(page.get_by_test_id("stTooltipContent")).to_have_count(0)


def point_at(page: Page, sign: Locator) -> None:
    """Have a sign's help shown; what moves on the page may have taken the sign from the pointer."""
    shown = page.get_by_test_id("stTooltipContent").first
    for _ in range(3):
        sign.hover()
        try:
            shown.wait_for(timeout=5_000)
        except TimeoutError:
            page.mouse.move(640, 2)
        else:
            return
    expect(shown).to_be_visible()


def reveal(page: Page) -> None:
    """Have the answers of all questions shown."""
    skip = page.get_by_role("button", name="I do not know")
    while asked := skip.count():
        skip.first.click()
        expect(skip).to_have_count(asked - 1)
        settle(page)


def views(page: Page) -> list[str]:
    """The options of the page's first choice of views, none where it has none."""
    groups = page.get_by_test_id("stMain").get_by_test_id("stButtonGroup")
    return groups.first.get_by_role("radio").all_inner_texts() if groups.count() else []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_formulas_are_whole_in_every_view_of_a_lesson(page: Page, lesson: Lesson) -> None:
    slug = lesson.slug
    page.goto(f"/{slug}")
    expect(page.get_by_role("heading", name=lesson.title)).to_be_visible()
    settle(page)
    assert_no_source(page, slug)
    reveal(page)
    for view in views(page) or [""]:
        if view:
            page.get_by_test_id("stMain").get_by_role("radio", name=view, exact=True).click()
            page.wait_for_timeout(300)  # until the script has begun
            settle(page)
            reveal(page)
        assert_no_source(page, f"{slug}: {view}")
        assert_whole(page, f"{slug}: {view}")
    read_help(page, slug)


def test_the_live_lab_shows_no_formula_s_source(page: Page) -> None:
    page.goto("/?J=2&P=1&mixture=2:0.01,4:1")
    expect(page.locator(".lab-scores tbody tr").first).to_be_visible()
    assert_no_source(page, "Live Lab")
    read_help(page, "Live Lab")


@pytest.mark.parametrize("address", ["/?m=", "/puzzle?P=", "/scaling_lab?analysis="])
def test_what_an_address_says_is_quoted_as_it_is(page: Page, address: str) -> None:
    hostile = "$x_{1}$**b**:red[c]"
    page.goto(address + quote(hostile))
    expect(page.get_by_test_id("stAlert").first).to_contain_text(hostile)


def test_the_scaling_lab_shows_no_formula_s_source(page: Page) -> None:
    for analysis in ANALYSES:
        page.goto(f"/scaling_lab?analysis={analysis}")
        chosen = page.get_by_role("combobox", name="What to measure")
        expect(chosen).to_have_value(ANALYSES[analysis].title)
        assert_no_source(page, analysis)
    read_help(page, "Scaling Lab")


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=lambda size: f"{size[0]}")
def test_every_symbol_has_its_meaning(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/takeaways")
    settle(page)
    rows = page.get_by_test_id("stMain").locator("tbody tr")
    expect(rows).to_have_count(len(SYMBOLS))
    for row in rows.all():
        expect(row.locator("td:first-child .katex")).to_have_count(1)
        expect(row.locator("td:last-child")).to_contain_text(re.compile(r"\w"))
