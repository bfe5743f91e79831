"""What a reader reads: no formula is left as its source, and no row without its meaning."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from emergence.sweeps.analyses import ANALYSES
from emergence.ui.glossary import SYMBOLS
from tests.browser.conftest import settle
from tests.browser.formulas import assert_no_source, read_help

pytestmark = pytest.mark.browser


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
