"""Every way to a page shows what its address says: links, Back, reload, a restarted server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.ui.lesson import GUIDE_PAGE
from emergence.ui.talk import LESSONS
from tests.browser.conftest import free_port, serving, settle

pytestmark = pytest.mark.browser

CONTROLS = {
    "puzzle": "P=16&beta=0.8&sharpness=4&guess=-1",
    "link_functions": "link=tanh&step=Correlation+landscape&d=4096",
    "one_neuron": "J=2&d=1024&c=0.06",
    "idealised_dynamics": "P=16&beta=0.8123&J=6&d=4096",
    "many_neurons": "d=256&start=7",
    "why_not_exp_kappa": "P=8&beta=0.5&J=6",
    "theorem": "J=6&P=4&m=16&d=16384&c=0.5",
    "scaling_law": "beta=1.2345678901234567&J=6&view=holes",
    "sharp_transitions": "k=6&w0=0.1",
    "takeaways": "",
    "mirage": "d=256&scale=logarithmic",
    "quadratic": "d=10000&beta=1.0",
    "parity": "resource=data&alpha=1.0",
    "budget": "beta=1.0&source=equal+starts",
    "tensor_power": "P=12&kappa=16&m=24",
}
"""Of every lesson an address with other controls than its own, named as the lab's if it has any."""
SMALL = {"base": {"P": 2, "m": 4, "d": 64, "engine": "decoupled"}, "seeds": 2}
LINKS = "a[data-testid=stPageLink-NavLink]:visible"  # those with a help are there twice
RUNS = "document.querySelector('.lab')?.lab?.data?.query"


def open_lesson(page: Page, number: int) -> str:
    """Open a lesson at its CONTROLS; returns its address."""
    slug = LESSONS[number].slug
    page.goto(f"/{slug}?{CONTROLS[slug]}".rstrip("?"))
    arrived(page, number)
    return page.url


def arrived(page: Page, number: int) -> None:
    """Wait until a lesson is shown."""
    heading = page.get_by_role("heading", name=f"{number + 1} / {len(LESSONS)}")
    expect(heading).to_be_visible()
    if number + 1 < len(LESSONS):
        expect(page.locator(".picture[data-drawn]").first).to_be_visible()
    expect(page.locator(LINKS).last).to_be_visible()
    settle(page)


def controls(page: Page) -> dict[str, str]:
    """What the page's sliders say."""
    sliders = page.get_by_test_id("stMain").get_by_role("slider").all()
    return {
        str(slider.get_attribute("aria-label")): str(slider.get_attribute("aria-valuetext"))
        for slider in sliders
    }


def target(link: Locator) -> tuple[str, str]:
    """Page and query of a link."""
    parts = urlsplit(str(link.get_attribute("href")))
    return parts.path.strip("/"), parts.query


@pytest.mark.parametrize("number", range(len(LESSONS)), ids=[each.slug for each in LESSONS])
def test_every_link_opens_what_it_says_and_back_returns(page: Page, number: int) -> None:
    """Names that two pages share (d, P, beta, J, c ...) are each page's own."""
    here = open_lesson(page, number)
    before = controls(page)
    links = page.locator(LINKS)
    count = links.count()
    assert count
    for link in map(links.nth, range(count)):
        slug, query = target(link)
        link.click()
        if slug == GUIDE_PAGE.stem:
            expect(page.get_by_role("heading", name="For teachers")).to_be_visible()
            assert query == f"lesson={LESSONS[number].slug}"
            page.wait_for_url(f"**/{slug}?{query}")
            settle(page)
        elif slug:
            arrived(page, [each.slug for each in LESSONS].index(slug))
            assert page.url.endswith(f"/{slug}"), "a lesson begins with its own defaults"
        else:
            runs = make_plan(Experiment.from_query(query)).experiment  # with a settled engine
            page.wait_for_function(f"query => {RUNS} === query", arg=unquote(runs.to_query()))
            assert unquote(urlsplit(page.url).query) == unquote(query)
            settle(page)
        page.go_back()
        arrived(page, number)
        assert page.url == here
        assert controls(page) == before
        expect(links).to_have_count(count)


PLACES = {
    "Live Lab": ("", "Live Lab"),
    "Scaling Lab": ("scaling_lab", "Scaling Lab"),
    LESSONS[6].title: ("theorem", LESSONS[6].title),
}
"""Entries of the menu: the path each leads to, and its heading."""
MENU = "[data-testid=stTopNavLink], [data-testid=stTopNavDropdownLink]"


def choose_in_menu(page: Page, entry: str) -> None:
    """Click an entry of the menu; a lesson's is in the list of lessons."""
    path, heading = PLACES[entry]
    if path == "theorem":
        page.get_by_test_id("stTopNavSection").filter(has_text="Lessons").click()
    page.locator(MENU).filter(has_text=entry).last.click()
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    settled(page, path)


def settled(page: Page, path: str) -> None:
    """Wait until a page of the menu is shown and has told its address what it will."""
    if path == "":
        page.wait_for_function(f"{RUNS} !== undefined")
    else:
        shown = page.get_by_test_id("stMain").locator(".picture[data-drawn], button")
        expect(shown.filter(visible=True).first).to_be_visible()
    settle(page)
    page.wait_for_timeout(500)  # an entry too many would come late


@pytest.mark.parametrize(
    "start", ["/puzzle?P=16&beta=0.8", "/theorem?J=6&P=4&m=16&c=0.5&guess=20",
              "/?d=100&P=4&m=8&engine=flow&c=0.2", "/scaling_lab?analysis=width"],
)  # fmt: skip
def test_an_entry_of_the_menu_is_one_step_of_the_history(page: Page, start: str) -> None:
    """Its page begins with its defaults and no query, and Back returns to address and controls."""
    path = urlsplit(start).path.strip("/")
    page.goto(start)
    settled(page, path)
    addresses, said = [page.url], [controls(page)]
    for entry in [each for each in PLACES if PLACES[each][0] != path]:
        length = page.evaluate("history.length")
        choose_in_menu(page, entry)
        assert urlsplit(page.url)[2:] == (f"/{PLACES[entry][0]}", "", "")
        assert page.evaluate("history.length") == length + 1
        addresses.append(page.url)
        said.append(controls(page))
    for url, before in list(zip(addresses, said, strict=True))[-2::-1]:
        page.go_back()
        settled(page, urlsplit(url).path.strip("/"))
        expect(page).to_have_url(url)
        for _ in range(40):  # on a busy machine a page's controls come one after the other
            if controls(page) == before:
                break
            page.wait_for_timeout(250)
        assert controls(page) == before


def test_back_and_forward_go_through_the_controls_of_a_page(page: Page) -> None:
    page.goto("/puzzle?beta=0.8&P=16")
    arrived(page, 0)
    first = page.url
    page.get_by_role("slider", name="sharpness").press("ArrowRight")
    expect(page).to_have_url(re.compile("sharpness=32"))
    settle(page)
    page.go_back()
    expect(page).to_have_url(first)
    expect(page.get_by_role("slider", name="sharpness")).to_have_attribute("aria-valuetext", "16")
    settle(page)
    page.go_forward()
    expect(page.get_by_role("slider", name="sharpness")).to_have_attribute("aria-valuetext", "32")
    assert controls(page)["P · number of skills"] == "16"


def test_the_lab_goes_back_to_the_run_before(page: Page) -> None:
    page.goto("/?d=100&P=4&m=8&engine=flow&c=0.123456789")
    page.wait_for_function(f"{RUNS}?.includes('c=0.123456789')")
    settle(page)
    page.get_by_role("slider", name="Decay of strengths").press("ArrowRight")
    page.wait_for_function(f"{RUNS}.includes('beta=1.05')")
    settle(page)
    page.go_back()
    page.wait_for_function(f"{RUNS}.includes('beta=1.0&')")
    assert "c=0.123456789" in page.url


def test_quick_presses_are_all_heard(page: Page) -> None:
    """A press may come before the browser has heard of the address of the one before."""
    page.goto("/puzzle")
    arrived(page, 0)
    for _ in range(4):
        page.get_by_role("slider", name="how fast").press("ArrowRight")
        page.get_by_role("slider", name="number of skills").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"(?=.*beta=1.2\b)(?=.*P=32)"))
    settle(page)
    said = controls(page)
    assert (said["P · number of skills"], said["β · how fast their weights fall"]) == ("32", "1.20")


def test_the_reveal_and_its_guess_survive_a_reload(page: Page) -> None:
    page.goto("/puzzle")
    arrived(page, 0)
    page.get_by_role("slider", name="Your guess").first.press("End")
    page.get_by_role("button", name="Show me").click()
    verdict = page.get_by_text(re.compile(r"^You said 0; it is -1: .* Too high"))
    expect(verdict).to_be_visible()
    # The picture moves from the few skills to the hundreds that the question is about.
    expect(page.locator(".picture-frame")).to_contain_text("loss of 32 skills")
    expect(page.locator(".picture-frame")).to_contain_text("loss of 512 skills")
    settle(page)
    page.reload()
    arrived(page, 0)
    expect(verdict).to_have_count(1)
    expect(page.locator(".picture-frame")).to_contain_text("loss of 512 skills")


@pytest.mark.parametrize("path", ["/live_lab", "/Live_Lab", "/live_lab/"])
def test_other_spellings_lead_to_the_lab(page: Page, path: str) -> None:
    page.goto(f"{path}?d=100&P=4&m=8&engine=flow")
    page.wait_for_function(f"{RUNS}?.startsWith('d=100&P=4')")
    expect(page.get_by_text("Page not found")).to_have_count(0)
    assert urlsplit(page.url).path == "/"


def test_an_embedded_page_has_no_menu_and_stays_embedded(page: Page) -> None:
    page.goto("/?embed=true&d=100&P=4&m=8&engine=flow")
    page.wait_for_function(f"{RUNS}?.startsWith('d=100&P=4')")
    settle(page)
    expect(page.get_by_text("Lessons", exact=True)).to_have_count(0)
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    assert "embed=true" in page.url
    page.goto("/puzzle?embed=true")
    arrived(page, 0)
    page.get_by_role("slider", name="sharpness").press("ArrowRight")
    expect(page).to_have_url(re.compile("sharpness=32"))
    assert "embed=true" in page.url
    page.get_by_role("link", name="Next").click()
    arrived(page, 1)
    assert "embed=true" in page.url
    expect(page.get_by_text("Lessons", exact=True)).to_have_count(0)


@pytest.fixture
def restarted(browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, Callable[[], None]]]:
    """A page, and a function that restarts the server under it on the same port."""
    port = free_port()
    with ExitStack() as server:
        server.enter_context(serving(port, tmp_path, "_stcore/health"))
        page = browser.new_context(base_url=f"http://127.0.0.1:{port}").new_page()
        page.set_default_timeout(60_000)

        def restart() -> None:
            server.close()
            lost = page.locator("[data-test-connection-state=CONNECTED]")
            expect(lost).to_have_count(0)
            server.enter_context(serving(port, tmp_path, "_stcore/health"))
            expect(lost).to_have_count(1, timeout=60_000)

        yield page, restart
        page.context.close()


def test_the_first_press_after_a_restart_is_heard(
    restarted: tuple[Page, Callable[[], None]],
) -> None:
    page, restart = restarted
    page.goto("/?d=100&P=4&m=8&engine=flow")
    page.wait_for_function(f"{RUNS}?.startsWith('d=100')")
    settle(page)
    restart()
    page.get_by_role("slider", name="Decay of strengths").press("ArrowRight")
    page.wait_for_function(f"{RUNS}.includes('beta=1.05')")
    assert "d=100&P=4" in page.evaluate(RUNS)
    page.goto("/puzzle?beta=0.8")
    arrived(page, 0)
    page.get_by_role("slider", name="Your guess").first.press("End")
    expect(page.get_by_role("button", name="Show me")).to_be_enabled()
    settle(page)
    restart()
    page.get_by_role("button", name="Show me").click()
    verdict = page.get_by_text(re.compile(r"^You said 0; it is -0.75"))
    expect(verdict).to_be_visible(timeout=60_000)  # the new server is still loading
    assert "beta=0.8" in page.url
    page.goto(f"/scaling_lab?sweep={json.dumps(SMALL)}")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    settle(page)
    restart()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("all 2 points")).to_be_visible(timeout=120_000)
