"""A class votes: one browser leads, a phone answers, and hears nothing before it is to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import SHOTS, settle
from tests.browser.room import (
    PLAYBACK,
    follows,
    form,
    heading,
    plays,
    says,
    sharpness,
    slider,
    teach,
    visitors,
    vote,
)

pytestmark = pytest.mark.browser

ANSWER = "fitted to 512 skills"
"""Part of what the puzzle's page says with its answer."""

OVERHEAR = """{ const { fetch } = window; window.fetch = async (...given) => {
  const answer = await fetch(...given);
  answer.clone().text().then(window.overhear);
  return answer;
}; }"""


def marker(page: Page) -> Locator:
    return page.get_by_role("slider", name="Your guess, in the picture")


def count(page: Page) -> Any:
    """How many have answered, on the lecturer's page."""
    return page.locator(".ballot-count").first


def held_against(page: Page) -> list[str]:
    """What axe holds against the votes (Streamlit's menu on a phone is not ours)."""
    return [each for each in violations(page) if re.search("ballot|votes", each)]


def press(page: Page, name: str) -> None:
    page.locator(".ballot").first.get_by_role("button", name=name).click()


def test_a_class_votes_twice_and_sees_the_answer(browser: Browser, server: str) -> None:
    with visitors(browser, server) as visit:
        lecturer, student = visit(1280, 720), visit()
        heard: list[bytes] = []

        def hear(frame: str | bytes) -> None:
            heard.append(frame.encode() if isinstance(frame, str) else frame)

        student.on("websocket", lambda socket: socket.on("framereceived", hear))
        student.expose_function("overhear", lambda text: hear(str(text)))
        student.add_init_script(OVERHEAR)
        path = teach(lecturer, "/puzzle?beta=0.8")
        student.goto(path)
        heading(student, 1)
        # What is chosen and not sent outlives a control that the lecturer moves.
        expect(slider(student)).to_have_attribute("aria-valuetext", "no guess yet")
        expect(form(student).get_by_role("button", name="Send my guess")).to_be_disabled()
        slider(student).press("ArrowLeft")
        expect(slider(student)).to_have_attribute("aria-valuetext", "-1.6")
        # The marker in the picture and the ballot say the same; alone it is the page's slider.
        marker(student).press("ArrowUp")
        expect(slider(student)).to_have_attribute("aria-valuetext", "-1.5")
        slider(student).press("ArrowLeft")
        expect(marker(student)).to_have_attribute("aria-valuetext", "-1.6")
        own = lecturer.locator("[class*=st-key-guess_]").get_by_role("slider")
        drag(lecturer, marker(lecturer), by=0, down=-30)
        expect(own).not_to_have_attribute("aria-valuetext", "?")
        dragged = str(marker(lecturer).get_attribute("aria-valuetext"))
        expect(own).to_have_attribute("aria-valuetext", dragged)
        settle(lecturer)
        sharpness(lecturer).press("ArrowRight")
        expect(sharpness(student)).to_have_attribute("aria-valuetext", "32")
        settle(student)
        expect(slider(student)).to_have_attribute("aria-valuetext", "-1.6")
        student.reload()  # and a reload
        expect(slider(student)).to_have_attribute("aria-valuetext", "-1.6")
        expect(count(lecturer)).to_have_text("0 of 1 has answered")
        vote(student)
        expect(count(lecturer)).to_have_text("1 of 1 has answered")
        slider(student).press("ArrowRight")  # a change of mind
        vote(student)
        follows(student)
        student.reload()  # the vote is not lost, and not a second one
        expect(form(student).get_by_role("status")).to_have_text(re.compile("^Sent: -1.5"))
        expect(count(lecturer)).to_have_text("1 of 1 has answered")
        expect(student.locator(".votes")).to_have_count(0)
        press(lecturer, "Show votes")
        for page in (lecturer, student):
            expect(page.locator(".votes").first).to_have_attribute("aria-label", "Votes: -1.5: 1.")
        press(lecturer, "Vote again")
        expect(student.locator(".votes")).to_have_count(0)
        expect(form(student)).to_contain_text("Second round")
        student.context.set_offline(True)
        for _ in range(7):
            slider(student).press("ArrowRight")
        form(student).get_by_role("button", name="Send my guess").click()
        expect(form(student).get_by_role("status")).to_have_text(re.compile("does not answer"))
        student.context.set_offline(False)  # and it is sent
        expect(count(lecturer)).to_have_text("1 of 1 has answered in the second round")
        for page in (lecturer, student):
            assert not held_against(page)
        follows(student)
        said = b"\n".join(heard)
        assert b"First guess" in said, "the page came this way"
        assert b'"digest"' in said, "so did the votes"
        assert ANSWER.encode() not in said
        assert b'"right"' not in said
        press(lecturer, "Reveal the answer")
        for page in (lecturer, student):
            expect(page.locator(".votes-says").first).to_have_text(
                "100 % were right (within 0.1): 1 of 1; before the discussion 0 %."
            )
            expect(page.get_by_text("1 of the 1 who voted twice changed")).to_be_visible()
            expect(page.locator(".votes-bands path")).to_have_count(1)
        expect(student.get_by_text(re.compile("^You said -0.8; it is -0.75"))).to_be_visible()
        expect(lecturer.get_by_text(re.compile("^It is -0.75"))).to_be_visible()
        assert ANSWER.encode() in b"\n".join(heard), "the test would have heard it"
        assert b'"right"' in b"\n".join(heard)
        assert parse_qs(urlsplit(lecturer.url).query)["guess"] == ["none"]
        follows(student)
        for name, page in (("lecturer", lecturer), ("student", student)):
            assert not held_against(page)
            page.locator(".votes").scroll_into_view_if_needed()
            page.screenshot(path=SHOTS / f"votes-{name}.png")
        # Away and back, nothing is asked anew.
        lecturer.get_by_role("link", name="Next").first.click()
        for page in (student, lecturer):
            heading(page, 2)
        settle(lecturer)
        lecturer.go_back()
        for page in (lecturer, student):
            heading(page, 1)
            expect(page.locator(".votes-says").first).to_have_text(re.compile("100 % were right"))
        expect(student.get_by_text(re.compile("^You said -0.8; it is"))).to_be_visible()
        # A question with a choice, on another page; whoever looks around votes alone.
        lecturer.goto("/scaling_law?view=holes")
        choice = form(student).get_by_role("radio")
        expect(choice).to_have_count(4)
        choice.nth(1).check()
        vote(student)
        press(lecturer, "Show votes")
        expect(student.locator(".votes")).to_have_attribute("aria-label", re.compile(": 1.$"))
        settle(student)
        student.get_by_role("link", name="Next").click()
        expect(says(student)).to_have_text("Exploring on your own")
        expect(student.get_by_role("button", name="I do not know").first).to_be_visible()
        expect(student.locator(".ballot-form")).to_have_count(0)


def predicted(page: Page) -> Any:
    """Whether each of the predicted times in the overlaps' picture is visible."""
    return page.evaluate(
        "document.querySelector('[data-figure=overlaps]').data"
        ".filter(({ meta }) => meta?.role === 'predicted').map(({ visible }) => visible)"
    )


def drag(page: Page, handle: Locator, by: float, down: float = 0) -> None:
    """Drag a marker to the right, or down."""
    handle.evaluate("handle => handle.scrollIntoView({ block: 'center' })")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y + down, steps=4)
    page.mouse.up()


def test_a_run_is_guessed_before_it_plays_alone_and_by_the_class(
    browser: Browser, server: str
) -> None:
    with visitors(browser, server) as visit:
        lecturer, student = visit(1280, 720), visit()
        path = teach(lecturer, "/?d=100&P=16&m=24&engine=flow&seed=1")
        plays(lecturer)
        lecturer.get_by_role("button", name="Predict").click()
        card = lecturer.get_by_role("region", name="Predict first")
        assert lecturer.evaluate(f"{PLAYBACK}.position === 0 && !{PLAYBACK}.playing")
        assert predicted(lecturer) == [False], "the picture does not give away what is asked"
        card.get_by_role("combobox").select_option(label="direction 2")
        jump = "Your guess of the first jump, in the picture"
        handle = lecturer.get_by_role("slider", name=jump)
        number = card.get_by_role("slider", name=re.compile("^By which step"))
        drag(lecturer, handle, -60)
        dragged = number.get_attribute("aria-valuetext")
        assert dragged != "no guess yet"
        expect(handle).to_have_attribute("aria-valuetext", str(dragged))
        handle.press("ArrowRight")  # by keys, too
        expect(number).not_to_have_attribute("aria-valuetext", str(dragged))
        expect(lecturer.get_by_text("your guess: direction 2, ")).to_be_visible()
        slope = lecturer.get_by_role("slider", name="Your guess of the slope, in the picture")
        slope.press("ArrowRight")
        expect(lecturer.get_by_text("your guess: slope -1.4")).to_be_visible()
        assert not violations(lecturer)
        # The class votes on the same questions; the marker of a phone's picture fills its ballot.
        student.goto(path)
        follows(student)
        when = student.locator(".lab-guess[data-name=when]")
        ballot = when.get_by_role("slider", name="Your guess", exact=True)
        expect(ballot).to_have_attribute("aria-valuetext", "no guess yet")
        drag(student, student.get_by_role("slider", name=jump), 30)
        expect(ballot).not_to_have_attribute("aria-valuetext", "no guess yet")
        when.get_by_role("button", name="Send my guess").click()
        expect(when.get_by_role("status").filter(has_text="Sent: ")).to_be_visible()
        expect(card.locator("[data-name=when] .ballot-count")).to_have_text("1 of 1 has answered")
        follows(student)
        assert predicted(student) == [False]
        lecturer.get_by_label("Speed", exact=True).fill("550")
        lecturer.get_by_role("button", name="Play", exact=True).click()
        for name, page in (("lecturer", lecturer), ("student", student)):  # the picture goes first
            expect(page.locator(".lab-line")).to_be_visible()
            box = page.locator(".lab-predict").bounding_box()
            assert box is not None
            assert box["height"] < 130
            page.screenshot(path=SHOTS / f"predict-plays-{name}.png")
        lecturer.get_by_role("button", name="Run to the end").click()
        expect(card.locator("[data-name=first] .lab-verdict")).to_have_text(
            re.compile("^You said direction 2; it is direction ")
        )
        for page in (lecturer, student):
            expect(page.locator("[data-name=when] .votes-says")).to_have_text(
                re.compile(r"were right \(within a factor 1.5\): [01] of 1")
            )
        expect(when.locator(".lab-verdict")).to_have_text(re.compile("^You said .*; it is "))
        expect(card.locator(".lab-score")).to_have_text(re.compile("^[0-3] of 3 right$"))
        assert predicted(lecturer) == [True]
        expect(number).to_be_disabled()
        lecturer.screenshot(path=SHOTS / "predict-lecturer.png")
        student.screenshot(path=SHOTS / "predict-student.png")
        # Away and back, the class's answer is there with its votes; asked anew by hand only.
        lecturer.get_by_role("link", name="Scaling Lab").first.click()
        expect(student.get_by_role("heading", name="Scaling Lab")).to_be_visible()
        settle(lecturer)
        lecturer.go_back()
        for page in (lecturer, student):
            expect(page.locator("[data-name=when] .votes-says")).to_have_text(
                re.compile(r"were right \(within a factor 1.5\): [01] of 1")
            )
        card.get_by_role("button", name="Guess again").click()
        expect(card.locator("[data-name=when] .ballot-count")).to_have_text("0 of 1 has answered")
        expect(when.get_by_text("The class votes.")).to_be_visible()
