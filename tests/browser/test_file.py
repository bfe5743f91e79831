"""The file that opens from disk: in a browser without a network it shows what the lab does."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from emergence.experiment import Experiment
from emergence.ui.alone.page import MOST_BYTES, live, replay
from emergence.ui.alone.recorded import compute
from tests.browser.conftest import SHOTS, free_port
from tests.browser.firefox import firefox

pytestmark = pytest.mark.browser
SIZES = {"desk": (1280, 720), "phone": (390, 844)}


@contextmanager
def opened(
    browser: Browser,
    address: str,
    width: int,
    height: int,
    dark: bool = False,
    offline: bool = True,
) -> Iterator[Page]:
    """A page without a network. It asks nobody, breaks none of its own rules, and has no error."""
    context = browser.new_context(
        offline=offline,
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
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == [
        address.partition("#")[0]
    ]
    assert wrong == []
    context.close()


def wait_for(port: int) -> None:
    """Return when something listens at a port of this machine."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def slide(page: Page, name: str, key: str) -> None:
    """Move a slider by a key."""
    slider = page.locator(f".file-control input[name={name}]")
    slider.focus()
    slider.press(key)


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
        expect(page.locator(".lab")).to_have_class(re.compile("lab-lecture"))
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


def test_a_file_computes_live_what_its_sliders_say(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "lab.html"
    file.write_bytes(live())
    assert file.stat().st_size <= MOST_BYTES
    small = "#d=32&P=4&m=8&J=3&c=0.05&seed=3"
    with opened(browser, file.as_uri() + small, *SIZES["desk"]) as page:
        about, status = page.locator(".file-about"), page.locator(".lab-status")
        expect(about).to_contain_text("Computed here, live in this browser")
        at_the_end(page)
        expect(about).to_contain_text("steps in")
        page.screenshot(path=SHOTS / "file_live.png")
        first = status.inner_text()
        # Another seed is another run; the address says it, and the pinned run stays under it.
        page.get_by_role("button", name="Compare").click()
        slide(page, "seed", "ArrowRight")
        expect(page.locator(".lab-compare")).to_contain_text("Over the pinned run")
        expect(page.locator(".lab-compare")).to_contain_text("seed 3 → 4")
        assert "seed=4" in page.url
        at_the_end(page)
        expect(status).not_to_have_text(first)
        # A picture is saved, a guess is asked: as in the lab.
        page.get_by_role("button", name="Save", exact=True).click()
        with page.expect_download() as picture:
            page.get_by_role("button", name="PNG").click()
        assert picture.value.path().read_bytes().startswith(b"\x89PNG")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Predict").click()
        expect(page.locator(".lab-guess")).not_to_have_count(0)
        page.get_by_role("button", name="Predict").click()
        # What does not fit is made to, and said.
        slide(page, "P", "End")
        slide(page, "d", "Home")
        expect(page.locator(".file-notices")).to_contain_text("do not fit into d = 2 dimensions")
        expect(page.locator(".file-control input[name=P]")).to_have_attribute("aria-valuetext", "2")
        page.get_by_role("button", name="Reset sliders").click()
        expect(page.locator(".file-control input[name=d]")).to_have_attribute(
            "aria-valuetext", "64"
        )
        expect(page.locator(".file-notices")).to_be_hidden()
        expect(page.locator(".lab-summary")).to_contain_text("8")
        # Of what it cannot compute it shows nothing, the run before least of all.
        slide(page, "d", "End")
        slide(page, "J", "End")
        expect(page.locator(".lab-note")).to_contain_text("This experiment cannot be shown")
        expect(page.locator(".lab-grid")).to_be_hidden()
        expect(status).to_be_hidden()
        slide(page, "J", "Home")
        slide(page, "d", "Home")
        at_the_end(page)
        expect(page.locator(".lab-note")).to_be_hidden()
        # A button below a run that has diverged does what it says, however small its number.
        page.goto(file.as_uri() + "#d=2&P=1&m=1&J=8&c=10000")
        mend = page.locator(".lab-note button")
        expect(mend).to_have_text("c = 1 × 10⁻⁶", timeout=60_000)
        mend.click()
        expect(page.locator(".file-control input[name=c]")).to_have_attribute(
            "aria-valuetext", "0.000001"
        )
        assert "c=1e-06&" in page.url
        # Who insists on one way of computing has it.
        page.goto(file.as_uri() + "#d=64&P=1&m=2&J=2&engine=sgd-full")
        at_the_end(page)
        expect(page.locator(".file-notices")).to_be_hidden()
        page.get_by_role("button", name="Another seed").click()
        assert "engine=sgd-full" in page.url
    wild = "#d=32&P=4&m=8&J=3&c=50&colour=red"
    with opened(browser, file.as_uri() + wild, *SIZES["phone"], dark=True) as page:
        expect(page.locator(".file-notices")).to_contain_text("There is no parameter colour here")
        expect(page.locator(".lab-note")).to_contain_text("the run diverged after", timeout=60_000)
        page.locator(".lab-note button").click()
        expect(page.locator(".lab-note")).to_be_hidden()
        assert "c=50" not in page.url
        at_the_end(page)
        page.locator(".file-controls summary").click()
        expect(page.get_by_role("button", name="Another seed")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=SHOTS / "file_live_phone.png")


def test_a_plain_server_is_enough_for_the_file_at_its_root_and_below(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("index.html", "sub/index.html"):
        (tmp_path / name).write_bytes(live("d=32&P=4&m=8&J=3&c=0.05"))
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as host:
        wait_for(port)
        for way in ("", "sub/"):
            address = f"http://127.0.0.1:{port}/{way}"
            with opened(browser, address, *SIZES["desk"], offline=False) as page:
                at_the_end(page)
                slide(page, "seed", "ArrowRight")
                at_the_end(page)
                assert page.url.startswith(f"{address}#d=32&P=4"), page.url
        host.terminate()


def test_the_server_hands_the_file_out(browser: Browser, server: str, tmp_path: Path) -> None:
    address = f"{server}/lab/alone#d=32&P=4&m=8&J=3&c=0.05"
    with opened(browser, address, *SIZES["desk"], offline=False) as page:
        at_the_end(page)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/?d=32&P=4&m=8&J=3&c=0.05&engine=sgd")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take it home").click()
    assert download.value.suggested_filename == "emergence-lab.html"
    file = tmp_path / "lab.html"
    download.value.save_as(file)
    context.close()
    with opened(browser, file.as_uri(), *SIZES["phone"]) as page:
        at_the_end(page)
        expect(page.locator(".lab-scores tbody tr")).to_have_count(4)


def test_firefox_computes_and_replays_from_disk(tmp_path: Path) -> None:
    flow = Experiment(d=1_000, P=4, m=8, J=3, engine="flow")
    finished = "return document.querySelector('.lab-status').textContent.startsWith('finished')"
    end = "document.querySelector('[data-act=end]').click()"
    files = {"live": live("d=32&P=4&m=8&J=3&c=0.05"), "recorded": replay(compute(flow))}
    with firefox(tmp_path / "profile", free_port()) as browser:
        for name, written in files.items():
            file = tmp_path / f"{name}.html"
            file.write_bytes(written)
            browser.say("WebDriver:Navigate", url=file.as_uri())
            browser.until("return document.querySelector('.lab[data-painted]') !== null")
            browser.until("return Number(document.querySelector('.lab').dataset.painted) > 1")
            browser.run(end)
            browser.until(finished)
            assert (
                browser.run("return document.querySelectorAll('.lab-scores tbody tr').length") == 4
            )
            asked = "return performance.getEntriesByType('resource').map((each) => each.name)"
            assert [url for url in browser.run(asked) if not url.startswith("blob:")] == []
        browser.say("WebDriver:Navigate", url=(tmp_path / "live.html").as_uri())
        browser.until("return document.querySelector('.lab[data-painted]') !== null")
        moved = "const seed = document.querySelector('input[name=seed]'); seed.stepUp();"
        browser.run(moved + "seed.dispatchEvent(new Event('input'))")
        browser.until("return document.querySelector('.lab-parameters').textContent.includes('15')")
        browser.run(end)
        browser.until(finished)
