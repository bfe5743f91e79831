"""A lecture in several browsers: one leads, the others follow it or look around."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from emergence.classroom.rooms import Limits
from tests.browser.axe import violations
from tests.browser.conftest import free_port, serving, settle
from tests.browser.room import (
    LAB,
    PLAYBACK,
    SLOW,
    STORY,
    follows,
    heading,
    plays,
    says,
    sharpness,
    teach,
    visit,
    visitors,
)

pytestmark = pytest.mark.browser
__all__ = ["visit"]


def test_followers_see_page_controls_and_reveals_and_may_look_around(
    visit: Callable[..., Page],
) -> None:
    lecturer, student = visit(1280, 720), visit()
    path = teach(lecturer, "/puzzle?beta=0.8")
    student.goto(path)
    heading(student, 1)  # a late joiner sees the present state
    follows(student)
    assert urlsplit(student.url)[2:4] == ("/puzzle", "beta=0.8")
    expect(says(lecturer)).to_have_text(re.compile("1 follows"))
    sharpness(lecturer).press("ArrowRight")
    expect(sharpness(student)).to_have_attribute("aria-valuetext", "32")
    lecturer.get_by_role("button", name="Reveal the answer").click()
    expect(student.get_by_text(re.compile("^It is -0.75"))).to_be_visible()
    lecturer.get_by_role("link", name="Next").click()
    heading(student, 2)
    follows(student)
    lecturer.go_back()
    heading(student, 1)
    expect(sharpness(student)).to_have_attribute("aria-valuetext", "32")
    settle(student)
    # Whoever touches a control is free, and comes back to where the lecture is by then.
    sharpness(student).press("ArrowRight")
    expect(says(student)).to_have_text("Exploring on your own")
    expect(sharpness(student)).to_have_attribute("aria-valuetext", "64")
    lecturer.get_by_role("link", name="Next").click()
    heading(lecturer, 2)
    student.reload()
    expect(says(student)).to_have_text("Exploring on your own")
    heading(student, 1)
    expect(sharpness(student)).to_have_attribute("aria-valuetext", "64")
    settle(student)
    student.get_by_role("button", name="Back to the lecture").click()
    heading(student, 2)
    follows(student)
    student.reload()
    heading(student, 2)
    follows(student)
    student.get_by_role("link", name="Next").click()  # another page is one's own as well
    expect(says(student)).to_have_text("Exploring on your own")
    heading(student, 3)
    expect(says(lecturer)).to_have_text(re.compile("1 follows"))
    heading(lecturer, 2)


def test_followers_see_the_live_lab_play(visit: Callable[..., Page]) -> None:
    lecturer, student = visit(1280, 720), visit()
    path = teach(lecturer, LAB)
    plays(lecturer)
    student.goto(path)
    plays(student)
    follows(student)

    def agree(what: str) -> None:
        """Both say the same of their playback."""
        want = lecturer.evaluate(f"{PLAYBACK}.{what}")
        student.wait_for_function(f"want => {PLAYBACK}.{what} === want", arg=want)

    lecturer.get_by_label("Speed", exact=True).fill(str(1000 * SLOW))
    agree("share")
    lecturer.get_by_role("button", name="Reset").click()
    agree("position")
    lecturer.get_by_role("button", name="Play", exact=True).click()
    student.wait_for_function(f"{PLAYBACK}.playing")
    lecturer.wait_for_function(f"{PLAYBACK}.position > 0")
    pace = lecturer.evaluate(f"{PLAYBACK}.pace")
    for _ in range(5):
        ahead = student.evaluate(f"{PLAYBACK}.position")
        apart = lecturer.evaluate(f"{PLAYBACK}.position") - ahead
        assert abs(apart) < 2 * pace, "seconds apart"
        student.wait_for_timeout(300)
    lecturer.get_by_role("button", name="Pause", exact=True).click()
    agree("playing")
    agree("position")
    lecturer.keyboard.press("2")
    expect(student.locator("[data-hero=loss]")).to_have_attribute("aria-pressed", "true")
    lecturer.evaluate("document.querySelector('.lab').lab.point({ p: 2, k: null })")
    student.wait_for_function("document.querySelector('.lab').lab.pointed?.p === 2")
    follows(student)
    before = student.evaluate(f"{PLAYBACK}.position")
    assert before > 0
    student.get_by_label("Time scrubber, logarithmic").fill("0")
    expect(says(student)).to_have_text("Exploring on your own")
    assert student.evaluate(f"{PLAYBACK}.position") == 0
    student.wait_for_timeout(600)
    assert student.evaluate(f"{PLAYBACK}.position") == 0, "nobody moves it"
    student.get_by_role("button", name="Back to the lecture").click()
    student.wait_for_function(f"want => {PLAYBACK}.position === want", arg=before)
    follows(student)
    # Another experiment is another address; the pinned run and switched-off curves come with it.
    lecturer.get_by_role("button", name="Compare").click()
    lecturer.get_by_role("button", name="decoupled").click()
    lecturer.get_by_role("slider", name="Decay of strengths").press("ArrowRight")
    run = "document.querySelector('.lab').lab.data.query"
    student.wait_for_function(f"{run}.includes('beta=1.05')")
    over = "Over the pinned run, grey and dashed: β 1.0 → 1.05"
    expect(student.locator(".lab-compare")).to_have_text(over)
    chip = student.get_by_role("button", name="decoupled")
    expect(chip).to_have_attribute("aria-pressed", "false")
    follows(student)
    chip.click()
    expect(says(student)).to_have_text("Exploring on your own")
    student.get_by_role("button", name="Back to the lecture").click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    student.get_by_role("button", name="Unpin").click()
    expect(says(student)).to_have_text("Exploring on your own")
    lecturer.get_by_role("button", name="Unpin").click()
    student.get_by_role("button", name="Back to the lecture").click()
    expect(student.locator(".lab-compare")).to_be_hidden()


def test_what_is_seen_of_a_room_covers_neither_picture_nor_transport(
    visit: Callable[..., Page],
) -> None:
    lecturer, student = visit(1280, 720), visit()
    lecturer.goto("/scaling_lab")
    lecturer.wait_for_function(  # beside what Streamlit says while a page runs
        "(() => { const [teach, runs] = ['.room-teach', '[data-testid=stStatusWidget]']"
        ".map((each) => document.querySelector(each)?.getBoundingClientRect());"
        " return runs?.width && teach?.width && teach.right <= runs.left; })()"
    )
    lecturer.goto("/puzzle?screen=lecture")
    expect(lecturer.get_by_role("button", name="Teach", exact=True)).to_have_count(1)
    student.goto(teach(lecturer, f"{LAB}&view=lecture"))
    for page in (lecturer, student):
        plays(page)
        page.wait_for_function("document.querySelector('.lab-lecture')")
        bar = page.locator(".room-bar").bounding_box()
        lab = page.locator(".lab").bounding_box()
        assert bar is not None
        assert lab is not None
        assert lab["y"] + lab["height"] <= bar["y"] + 1
        size = page.viewport_size
        assert size is not None
        assert bar["y"] + bar["height"] == pytest.approx(size["height"], abs=1)
        assert bar["height"] < size["height"] / 6
    bar = lecturer.locator(".room-bar").bounding_box()
    lecturer.get_by_role("button", name="Small QR").click()
    expect(lecturer.locator(".room-small")).to_be_in_viewport(ratio=1)
    assert lecturer.locator(".room-bar").bounding_box() == bar, "the page keeps its room"


def test_a_room_is_opened_led_and_left_without_eyes_or_mouse(visit: Callable[..., Page]) -> None:
    lecturer, student = visit(1280, 720), visit(1280, 720)
    lecturer.goto("/takeaways")
    settle(lecturer)
    lecturer.get_by_role("button", name="Teach", exact=True).focus()
    lecturer.keyboard.press("Enter")
    expect(lecturer.get_by_role("dialog", name="Join this lecture")).to_be_visible()
    assert not violations(lecturer)
    path = "/c/" + "".join(lecturer.locator(".room-code").inner_text().split())
    expect(lecturer.get_by_text("Only this machine reaches this address")).to_be_visible()
    lecturer.keyboard.press("Escape")
    lecturer.evaluate("history.replaceState(null, '', '?x=' + 'a'.repeat(5000))")
    expect(says(lecturer)).to_have_text(re.compile("^Followers stay where they were: .* 4,000"))
    lecturer.evaluate("history.replaceState(null, '', location.pathname)")
    expect(says(lecturer)).to_have_text(re.compile("^You lead"))
    student.goto(path)
    follows(student)
    settle(student)
    student.go_back()  # to nothing: the way in is no step of the history
    assert student.url == "about:blank"
    student.goto(path)
    follows(student)
    settle(student)
    student.locator("a[data-testid=stPageLink-NavLink]:visible").last.click()
    expect(says(student)).to_have_text("Exploring on your own")
    settle(student)
    for page in (lecturer, student):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(600)  # colours fade
            assert not violations(page), scheme
    student.get_by_role("button", name="Leave").click()
    expect(student.get_by_role("button", name="Teach", exact=True)).to_be_visible()
    student.goto("/c/BCDFGH")
    expect(student.get_by_role("status")).to_have_text(re.compile("^No room"))
    assert not violations(student)


def test_a_full_room_says_so_until_somebody_leaves(visit: Callable[..., Page], server: str) -> None:
    lecturer, student = visit(1280, 720), visit()
    path = teach(lecturer, "/puzzle")
    code = path.rsplit("/", 1)[1]
    for number in range(Limits().followers):
        urlopen(f"{server}/class/state?code={code}&version=-1&viewer=follower{number:04}").close()
    student.goto(path)
    expect(student.get_by_role("status")).to_have_text(
        re.compile(f"^The room is full: {Limits().followers} follow")
    )
    expect(says(lecturer)).to_have_text(re.compile(f"{Limits().followers} follow"))
    expect(says(lecturer)).to_have_text(re.compile(" 0 follow"))
    student.get_by_role("button", name="Join").click()
    heading(student, 1)
    follows(student)


def test_the_opening_is_followed_act_by_act(visit: Callable[..., Page]) -> None:
    lecturer, student = visit(1280, 720), visit()
    path = teach(lecturer, "/")
    lecturer.wait_for_function("document.querySelector('.lab')?.lab?.onStage")
    student.goto(path)
    plays(student)
    for number in (1, 2):
        lecturer.locator(f"button[data-number='{number - 1}']").click()
        lecturer.wait_for_function(f"{STORY}.shown === {number - 1} && {PLAYBACK}.position > 0")
        act = lecturer.evaluate("document.querySelector('.lab').lab.data.query")
        student.wait_for_function(
            "act => document.querySelector('.lab')?.lab?.data.query === act", arg=act
        )
        student.wait_for_function(f"0 < {PLAYBACK}.position")
        there, here = (
            page.evaluate(f"{PLAYBACK}.position / {PLAYBACK}.end") for page in (lecturer, student)
        )
        assert here <= there + 0.2, "it does not run ahead"
        sentence = str(lecturer.locator("h1.lab-headline").text_content())
        expect(student.locator(".lab-act")).to_have_text(f"{number} · {sentence}")
        expect(student.locator(".lab-status")).to_have_text(re.compile("^(running|finished)"))
        follows(student)


def test_two_lecturers_hand_over(visit: Callable[..., Page]) -> None:
    first, second, student = visit(1280, 720), visit(1280, 720), visit()
    path = teach(first, "/puzzle")
    first.get_by_role("button", name="Copy lead link").click()
    link = str(first.evaluate("navigator.clipboard.readText()"))
    secret = urlsplit(link).fragment
    assert link == f"{first.evaluate('location.origin')}{path}#{secret}"
    assert len(secret) == 32
    asked: list[str] = []
    second.on("request", lambda request: asked.append(request.url))
    second.goto(link)
    heading(second, 1)
    expect(says(second)).to_have_text(re.compile("^Another browser leads"))
    student.goto(path)
    heading(student, 1)
    expect(says(second)).to_have_text(re.compile("1 follows"))
    settle(second)
    sharpness(second).press("ArrowRight")  # the last who touches anything leads
    expect(says(second)).to_have_text(re.compile("^You lead"))
    expect(says(first)).to_have_text(re.compile("^Another browser leads"))
    for page in (first, student):
        expect(sharpness(page)).to_have_attribute("aria-valuetext", "32")
    first.get_by_role("button", name="Take over").click()
    expect(says(first)).to_have_text(re.compile("^You lead"))
    expect(says(second)).to_have_text(re.compile("^Another browser leads"))
    assert not [url for url in asked if secret in url]
    for page in (first, second, student):
        assert secret not in page.url
        assert secret not in page.content()
    assert secret not in str(student.evaluate("JSON.stringify(sessionStorage)"))
    assert not student.context.cookies() or secret not in str(student.context.cookies())
    first.get_by_role("button", name="Close room", exact=True).click()
    first.get_by_role("button", name="Close room now").click()
    expect(first.get_by_role("button", name="Teach", exact=True)).to_be_visible()
    for page in (second, student):
        expect(says(page)).to_have_text("The lecturer has closed this room.")
        page.get_by_role("button", name="OK").click()
        expect(page.get_by_role("button", name="Teach", exact=True)).to_be_visible()
    student.goto(path)
    expect(student.get_by_role("status")).to_have_text("The lecturer has closed this room.")


def test_the_way_in_says_what_is_wrong(visit: Callable[..., Page]) -> None:
    lecturer, student = visit(1280, 720), visit()
    path = teach(lecturer, "/puzzle?beta=0.8")
    status = student.get_by_role("status")
    student.goto("/c/BCDFGH")
    expect(status).to_have_text(re.compile("^No room has this code"))
    student.goto("/c/<b>nonsense")
    expect(status).to_have_text(re.compile("^A room's code is 6 of the characters"))
    for wrong in ("0" * 32, "nonsense"):
        student.goto("about:blank")
        student.goto(f"{path}#{wrong}")
        expect(status).to_have_text(
            re.compile("^(This lead link is not|The secret of a lead link)")
        )
        assert wrong not in student.url
    student.get_by_role("link", name="Follow the lecture without leading it").click()
    heading(student, 1)
    follows(student)
    other = visit()
    other.goto("/c")
    code = path.rsplit("/", 1)[1]
    other.get_by_label("Code of the room").fill(f"{code[:3].lower()} {code[3:].lower()}")
    other.get_by_role("button", name="Join").click()
    heading(other, 1)
    assert parse_qs(urlsplit(other.url).query) == {"beta": ["0.8"]}


def test_a_browser_that_was_offline_comes_back_by_itself(visit: Callable[..., Page]) -> None:
    lecturer, student = visit(1280, 720), visit()
    student.goto(teach(lecturer, "/puzzle"))
    heading(student, 1)
    follows(student)
    student.context.set_offline(True)
    student.wait_for_timeout(300)
    lecturer.get_by_role("link", name="Next").click()
    heading(lecturer, 2)
    expect(says(student)).to_have_text(re.compile("^Reconnecting"))
    student.context.set_offline(False)
    follows(student)
    heading(student, 2)


def test_a_room_survives_a_restart_of_a_server_that_is_under_a_path(
    browser: Browser, tmp_path: Path
) -> None:
    port = free_port()
    start = partial(serving, port, tmp_path, "demo/lab/_stcore/health", "demo/lab")
    with ExitStack() as server, visitors(browser, f"http://127.0.0.1:{port}") as visit:
        server.enter_context(start())
        lecturer, student = visit(1280, 720), visit()
        path = teach(lecturer, "/demo/lab/puzzle")
        student.goto(path)
        heading(student, 1)
        follows(student)
        lecturer.locator("[data-testid=stTopNavLink]").filter(has_text="Live Lab").click()
        plays(student)
        assert urlsplit(student.url).path == "/demo/lab/"
        lecturer.go_back()
        heading(student, 1)
        eyes = lecturer.get_by_role("button", name="Eyes up here")
        eyes.click()
        alert = student.get_by_role("alert").filter(visible=True)
        expect(alert).to_have_count(1)
        server.close()
        expect(says(student)).to_have_text(re.compile("^Reconnecting"))
        expect(alert).to_have_count(0)
        server.enter_context(start())
        expect(says(lecturer)).to_have_text(re.compile("^You lead"))
        expect(says(lecturer)).to_have_text(re.compile(path[-3:]))
        follows(student)
        expect(alert).to_have_count(1)
        eyes.click()
        expect(alert).to_have_count(0)
        expect(lecturer.locator("[data-test-connection-state=CONNECTED]")).to_have_count(
            1, timeout=60_000
        )
        settle(lecturer)
        sharpness(lecturer).press("ArrowRight")
        expect(sharpness(student)).to_have_attribute("aria-valuetext", "32", timeout=60_000)
        follows(student)
