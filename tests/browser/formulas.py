"""What is wrong with a page's formulas."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.conftest import settle

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
