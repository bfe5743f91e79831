"""The file that opens from disk: in a browser without a network it shows what the lab does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from emergence.experiment import Experiment
from emergence.ui.alone.page import MOST_BYTES, replay
from emergence.ui.alone.recorded import compute
from tests.browser.conftest import SHOTS

pytestmark = pytest.mark.browser
SIZES = {"desk": (1280, 720), "phone": (390, 844)}


@contextmanager
def opened(
    browser: Browser, address: str, width: int, height: int, dark: bool = False
) -> Iterator[Page]:
    """A page without a network. It asks nobody, breaks none of its own rules, and has no error."""
    context = browser.new_context(
        offline=True,
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(address)
    yield page
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert [url for url in asked if url.startswith("file:")] == [address.partition("#")[0]]
    assert wrong == []
    context.close()


def at_the_end(page: Page) -> None:
    """Have a run shown to its end."""
    page.get_by_role("button", name="Run to the end").click()
    expect(page.locator(".lab-status")).to_contain_text("finished", timeout=60_000)


def test_a_recorded_run_of_a_million_dimensions_plays_from_disk(
    browser: Browser, tmp_path: Path
) -> None:
    experiment = Experiment(d=1_000_000, engine="flow")
    file = tmp_path / "lab.html"
    file.write_bytes(replay(compute(experiment)))
    assert file.stat().st_size <= MOST_BYTES
    with opened(browser, file.as_uri(), *SIZES["desk"]) as page:
        expect(page.locator(".file-about")).to_contain_text("Recorded:")
        expect(page.locator(".file-about")).to_contain_text("d=1000000")
        at_the_end(page)
        learned = page.locator(".lab-scores tr.learned")
        expect(learned).to_have_count(8)
        page.screenshot(path=SHOTS / "file_recorded.png")
        # Hovering lights a direction up in the table.
        learned.nth(2).hover()
        expect(page.locator(".lab-scores tr.lit")).to_have_count(1)
        scrubber = page.get_by_role("slider", name="Time scrubber, logarithmic")
        scrubber.focus()
        scrubber.press("Home")
        expect(page.locator(".lab-status")).to_contain_text("step 0 of")
        expect(page.locator(".lab-scores tr.learned")).to_have_count(0)
        page.keyboard.press("l")
        expect(page.locator(".lab")).to_have_class("lab lab-lecture lab-alone")
        assert "view=lecture" in page.url
    with opened(browser, file.as_uri() + "#picture=map", *SIZES["phone"], dark=True) as page:
        expect(page.locator("[data-tile=map]")).to_have_class("lab-tile lab-hero")
        at_the_end(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=SHOTS / "file_phone.png")
        colour = "getComputedStyle(document.body).backgroundColor"
        dark = page.evaluate(colour)
        page.get_by_role("button", name="Light or dark").click()
        assert page.evaluate(colour) != dark
