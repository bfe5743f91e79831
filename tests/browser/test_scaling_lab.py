"""A sweep in a real browser: from its definition to its pictures and files."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pyarrow import parquet

from emergence.sweeps.definition import Sweep
from tests.browser.conftest import free_port, serving, settle
from tests.saved import of_csv

pytestmark = pytest.mark.browser

FIELDS = {
    "P · Teacher neurons": "12", "β · Decay of strengths": "1, 1.5",
    "m · Student neurons": "2, 4, 8, 16",
}  # fmt: skip
PICTURES = ("Exponents", "Fits", "Collapse", "L(m, t)", "Surface")
POINTS = 16


@pytest.fixture
def d() -> int:
    """A dimension of its own: where a test is tried again, the server has nothing of its sweep."""
    return random.randrange(1024, 4096)


def test_the_page_opens_with_theory_and_points_arrive(browser: Browser, tmp_path: Path) -> None:
    """On a server that has nothing stored: the line at once, then one dot for each run."""
    port = free_port()
    with serving(port, tmp_path / "results"):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"http://127.0.0.1:{port}/scaling_lab")
        expect(page.locator(".picture[data-drawn] .lines path")).to_be_visible()
        empty = page.evaluate(SEEN)
        assert (empty["left"], empty["right"], empty["dots"]) == (0.75, 2, 0)
        expect(page.get_by_text("running: ")).to_be_visible()
        page.wait_for_function(f"({SEEN}).dots >= 2", timeout=60_000)
        some = page.evaluate(SEEN)
        assert (some["x"], some["y"]) == (empty["x"], empty["y"]), "the axes stay"
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Go on")).to_be_visible()
        assert list((tmp_path / "results").glob("*/*.json")), "they are stored"
        assert page.get_by_test_id("stException").count() == 0
        page.close()


def test_a_restarted_server_goes_on_under_an_open_page(browser: Browser, tmp_path: Path) -> None:
    """Killed in the middle of a sweep and started again: the sweep goes on by itself, the page too,
    its first press counts, and another browser cannot stop what is not its own."""
    port, results = free_port(), tmp_path / "results"
    address = f"http://127.0.0.1:{port}/scaling_lab?analysis=recovery"
    mine, other = (browser.new_context() for _ in range(2))
    page = mine.new_page()
    with serving(port, results) as server:
        page.goto(address)
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_be_visible()
        server.kill()
    with serving(port, results):
        lab = page.get_by_test_id("stApp")
        expect(lab).to_have_attribute("data-test-connection-state", "CONNECTED")
        expect(page.get_by_role("button", name="Stop")).to_be_enabled()
        expect(page.get_by_text("running: ")).to_be_visible()
        stranger = other.new_page()
        stranger.goto(address)
        expect(stranger.get_by_text("alone can stop it")).to_be_visible()
        expect(stranger.get_by_role("button", name="Stop")).to_have_count(0)
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Go on")).to_be_visible()
        expect(stranger.get_by_role("button", name="Go on")).to_be_visible()
    for context in (mine, other):
        context.close()


def test_a_sweep_from_its_definition_to_its_files(page: Page, tmp_path: Path, d: int) -> None:
    open_lab(page, d)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page.get_by_text(f"of {POINTS} points")).to_be_visible()
    expect(page.get_by_text(f"all {POINTS} points")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("table")).to_contain_text("m from 2 to 8, all below P; 2 seeds")

    for name in PICTURES:
        page.get_by_role("radio", name=name, exact=True).click()
        expect(page.get_by_role("figure", name=LABELS[name])).to_be_visible()
        expect(page.locator(".picture")).to_have_count(1)
        page.wait_for_function(SOMETHING_IS_DRAWN, timeout=30_000)
    page.get_by_role("radio", name="Fits", exact=True).click()
    expect(page.get_by_role("figure", name=LABELS["Fits"])).to_be_visible()
    expect(page.locator(".picture")).to_have_count(1)

    rows = of_csv(saved(page, "CSV", tmp_path).read_text())[1]
    assert len(rows) == POINTS
    assert {row["m"] for row in rows} == {"2", "4", "8", "16"}
    assert parquet.read_table(saved(page, "Parquet", tmp_path)).num_rows == POINTS
    assert "plotly.js" in saved(page, "Picture as HTML", tmp_path).read_text()
    definition = Sweep.from_file(saved(page, "Definition", tmp_path))
    assert len(definition.points) == POINTS
    assert json.loads(definition.text)["grid"]["m"] == [2, 4, 8, 16]
    page.locator(".picture").hover()
    svg = pressed(page, "Download picture as SVG", tmp_path).read_text()
    assert "<svg" in svg
    assert "β = 1.5" in svg
    png = pressed(page, "Download picture as PNG", tmp_path).read_bytes()
    assert png.startswith(b"\x89PNG")

    page.get_by_role("link", name="Live Lab").click()
    expect(page.locator(".lab")).to_be_visible()
    open_lab(page, d)
    expect(page.get_by_text(f"all {POINTS} points")).to_be_visible()


def test_a_pasted_definition_is_in_the_fields_and_is_what_runs(page: Page, d: int) -> None:
    page.goto("/scaling_lab?analysis=width")
    pasted = {"analysis": "width", "base": {"P": 6, "d": d, "engine": "flow", "beta": 1.25},
              "grid": {"m": [2, 3]}, "seeds": 2}  # fmt: skip
    page.get_by_text("Definition as JSON").click()
    page.get_by_role("textbox", name="Paste another").fill(json.dumps(pasted))
    page.get_by_role("textbox", name="Paste another").press("Control+Enter")
    settle(page)
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("textbox", name="m · Student neurons")).to_have_value("2, 3")
    shown = {"d · Dimension": str(d), "P · Teacher neurons": "6", "β · Decay of strengths": "1.25"}
    for name, value in shown.items():
        expect(page.get_by_role("textbox", name=name)).to_have_value(value)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Start")).to_have_count(0)  # the server has heard
    page.reload()  # the address has the definition, the server the sweep
    expect(page.get_by_text("all 4 points")).to_be_visible(timeout=120_000)
    for name, value in shown.items():
        expect(page.get_by_role("textbox", name=name)).to_have_value(value)


LABELS = {
    "Exponents": "Exponent in width: measured, 95 %, theory",
    "Fits": "Measured slopes (solid), theory's (dotted)",
    "Collapse": "Collapse: axes rescaled by theory",
    "L(m, t)": "L(m, t), β = 1: time limits above, width below",
    "Surface": "The loss over time and width, β = 1",
}
SEEN = """(() => {
    const { _fullData: traces, _fullLayout: layout } = document.querySelector(".picture");
    const of = (name) => Array.from(traces.find((trace) => trace.name === name).x);
    const [left, right] = [of("theory")[0], of("theory").at(-1)];
    const [x, y] = [layout.xaxis, layout.yaxis].map(({ range }) => range.map(String).join());
    return { left, right, dots: of("single seeds").length, x, y };
})()"""
SOMETHING_IS_DRAWN = """() => document.querySelector(
    ".picture .scatterlayer path, .picture .contourlayer path, .picture canvas")"""


def open_lab(page: Page, d: int) -> None:
    """Go to the Scaling Lab and define a small sweep of the exponent in width."""
    if page.url.startswith("http"):
        page.get_by_role("link", name="Scaling Lab").click()
    else:
        page.goto("/scaling_lab?analysis=time")
        page.get_by_role("combobox", name="What to measure").click()
        page.get_by_role("option", name="Exponent in width").click()
    neurons = page.get_by_role("textbox", name="m · Student neurons")
    expect(neurons).to_have_value(re.compile(r"\d, \d"))  # those of this analysis
    for name, text in ({"d · Dimension": str(d)} | FIELDS).items():
        fill(page, partial(page.get_by_role, "textbox", name=name), text)
    fill(page, lambda: page.get_by_role("spinbutton", name="seeds"), "2")
    expect(page.get_by_text(f"{POINTS} points").first).to_be_visible()


def fill(page: Page, field: Callable[[], Locator], text: str) -> None:
    """Type into a field and wait until the page has taken it."""
    field().fill(text)
    field().press("Enter")
    settle(page)


def saved(page: Page, button: str, folder: Path) -> Path:
    """The file that a download button gives."""
    return kept(page, page.get_by_role("button", name=button, exact=True), folder)


def pressed(page: Page, title: str, folder: Path) -> Path:
    """The file that a button of the picture gives."""
    return kept(page, page.locator(f".modebar-btn[data-title='{title}']"), folder)


def kept(page: Page, button: Locator, folder: Path) -> Path:
    with page.expect_download() as download:
        button.click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file
