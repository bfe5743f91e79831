"""The lecturer's desk: a phone tells the leading browser what to do, and the class looks up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from emergence.ui.talk import LESSONS
from tests.browser.axe import violations
from tests.browser.conftest import settle
from tests.browser.room import (
    PLAYBACK,
    follows,
    heading,
    plays,
    says,
    sharpness,
    slider,
    teach,
    visit,
    vote,
)

pytestmark = pytest.mark.browser
__all__ = ["visit"]

EYES = "Eyes up here"


def lead_link(lecturer: Page) -> str:
    lecturer.get_by_role("button", name="Copy lead link").click()
    return str(lecturer.evaluate("navigator.clipboard.readText()"))


def press(desk: Page, name: str) -> None:
    desk.get_by_role("button", name=name, exact=True).click()


def sees(desk: Page, name: str) -> Any:
    """What the class sees, as the desk says it."""
    return desk.locator(".sees dt", has_text=re.compile(f"^{name}$")).locator("+ dd")


def test_a_phone_with_the_lead_link_is_a_remote_control(visit: Callable[..., Page]) -> None:
    lecturer, phone, student = visit(1280, 720), visit(), visit()
    path = teach(lecturer, "/puzzle?beta=0.8&screen=lecture")
    student.goto(path)
    heading(student, 1)
    link = lead_link(lecturer)
    secret = urlsplit(link).fragment
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(link)
    plan = LESSONS[0].plan
    for text in (plan.ask, plan.point, plan.misconception, plan.onward, f"{plan.minutes} min"):
        expect(phone.locator(".plan")).to_contain_text(text)
        assert text not in student.content()
    expect(sees(phone, "Controls")).to_have_text("beta = 0.8")
    expect(sees(phone, "Page")).to_have_text("1 · The puzzle, in lecture mode")
    expect(phone.locator(".count")).to_have_text("1 connected · 0 answered")
    slider(student).press("ArrowLeft")
    vote(student)
    expect(phone.locator(".polls [role=img]")).to_have_accessible_name(re.compile("^Votes: .*: 1"))
    expect(student.locator(".ballot .votes")).to_have_count(0)  # it is the lecturer's alone as yet
    expect(sees(phone, "Votes")).to_have_text("hidden")
    press(phone, "Show votes")
    expect(student.locator(".ballot .votes")).to_be_visible()
    press(phone, "Vote again")
    expect(student.locator(".ballot-count")).to_have_text(re.compile("^Second round"))
    expect(phone.get_by_role("button", name="Vote again")).to_be_disabled()
    press(phone, "Reveal")
    for page in (lecturer, student):
        expect(page.get_by_role("button", name="Guess again")).to_be_visible()
    expect(sees(phone, "Votes")).to_have_text("shown, with the answer")
    settle(lecturer)
    press(phone, "Next →")
    press(phone, "Next →")  # as far as it is pressed, whatever has been shown by then
    for page in (lecturer, student):
        heading(page, 3)
        assert "screen=lecture" in page.url
    expect(phone.get_by_role("heading", name="3 · One neuron")).to_be_visible()
    expect(phone.locator(".onward")).to_have_text("4 · The idealised dynamics →")
    which = phone.get_by_label("Question", exact=True)  # the page asks two
    expect(which.locator("option")).to_have_count(2)
    which.select_option(index=1)
    press(phone, "Show votes")
    expect(phone.get_by_role("button", name="Hide votes")).to_be_visible()
    which.select_option(index=0)
    expect(phone.get_by_role("button", name="Show votes")).to_be_visible()
    press(phone, "← Previous")
    heading(student, 2)
    settle(lecturer)
    expect(phone.locator(".count")).to_have_text(re.compile("answered$"))
    press(phone, "Reveal")
    expect(student.get_by_role("button", name="Guess again")).to_be_visible()
    expect(sees(phone, "Answers")).to_have_text("1 shown")
    press(phone, "Reveal")
    expect(phone.get_by_role("status")).to_have_text(re.compile("^No question of this page"))
    expect(says(lecturer)).to_have_text(re.compile("^You lead"))
    phone.get_by_role("button", name="Live Lab").click()
    plays(student)
    expect(phone.get_by_role("button", name="Reveal")).to_be_disabled()  # a run does it
    press(phone, "Pause")
    for page in (lecturer, student):
        page.wait_for_function(f"!{PLAYBACK}.playing")
    press(phone, "Play")
    lecturer.wait_for_function(f"{PLAYBACK}.playing")
    for scheme in ("light", "dark"):
        phone.emulate_media(color_scheme=scheme)
        assert not violations(phone), scheme
    assert not [url for url in asked if secret in url]
    for page in (lecturer, phone, student):
        assert secret not in page.url
        assert secret not in page.content()
    lecturer.goto("about:blank")
    expect(phone.get_by_role("status")).to_have_text(re.compile("^No browser leads now"))
    expect(phone.get_by_role("button", name="Next →")).to_be_disabled()
    lecturer.go_back()
    expect(phone.get_by_role("button", name="Next →")).to_be_enabled()
    lecturer.get_by_role("button", name="Close room", exact=True).click()
    lecturer.get_by_role("button", name="Close room now").click()
    expect(says(lecturer)).to_have_text(re.compile("^The room is closed. This tab keeps"))
    with lecturer.context.expect_page() as opened:
        lecturer.get_by_role("link", name="Summary", exact=True).click()
    summary = opened.value
    expect(summary.locator("h2")).to_have_text(re.compile("1 · The puzzle.*What is its slope"))
    assert not violations(summary)
    with summary.expect_download() as saved:
        summary.get_by_role("link", name="Save as CSV").click()
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "page,question,option,unit,first round,second round,right"
    assert sum(int(line.rsplit(",", 3)[1]) for line in lines[1:]) == 1
    assert {line.rsplit(",", 1)[1] for line in lines[1:]} == {"yes", "no"}
    expect(phone.get_by_role("status")).to_have_text("The lecturer has closed this room.")
    with phone.context.expect_page() as opened:
        phone.get_by_role("link", name="Summary of the votes").click()
    expect(opened.value.locator("h2")).to_have_count(1)


def test_eyes_up_here_dims_every_screen_of_the_class_until_it_is_over(
    visit: Callable[..., Page],
) -> None:
    lecturer, follower, explorer = visit(1280, 720), visit(), visit(1280, 720)
    path = teach(lecturer, "/puzzle")
    for page in (follower, explorer):
        page.goto(path)
        heading(page, 1)
        follows(page)
        settle(page)
    sharpness(explorer).press("ArrowRight")
    expect(says(explorer)).to_have_text("Exploring on your own")
    expect(sharpness(explorer)).to_have_attribute("aria-valuetext", "32")
    sharpness(explorer).focus()
    with lecturer.context.expect_page() as opened:
        lecturer.get_by_role("link", name="Desk", exact=True).click()
    desk = opened.value
    press(desk, EYES)
    for page in (follower, explorer):
        alert = page.get_by_role("alert")
        expect(alert).to_have_text(re.compile("^Eyes up here: this screen comes back"))
        expect(page.locator("#root")).to_have_js_property("inert", True)
        assert not violations(page)
    explorer.keyboard.press("ArrowRight")
    explorer.keyboard.press("Escape")
    expect(explorer.get_by_role("alert")).to_be_visible()
    explorer.keyboard.press("Tab")
    assert explorer.evaluate("document.activeElement.textContent") == "Back to the lecture"
    expect(sees(desk, "Screens")).to_have_text("dimmed: eyes up here")
    eyes = lecturer.get_by_role("button", name=EYES)
    expect(eyes).to_have_attribute("aria-pressed", "true")
    expect(lecturer.get_by_role("alert").filter(visible=True)).to_have_count(0)
    expect(says(lecturer)).to_have_text(re.compile("^You lead"))  # a copied tab takes nothing over
    eyes.click()
    for page in (follower, explorer):
        expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0)
    expect(sharpness(explorer)).to_have_attribute("aria-valuetext", "32")  # where it was
    expect(sharpness(explorer)).to_be_focused()
    expect(says(explorer)).to_have_text("Exploring on your own")
    eyes.click()
    expect(follower.get_by_role("alert")).to_be_visible()
    lecturer.get_by_role("button", name="Close room", exact=True).click()
    lecturer.get_by_role("button", name="Close room now").click()
    expect(says(follower)).to_have_text("The lecturer has closed this room.")
    expect(follower.get_by_role("alert").filter(visible=True)).to_have_count(0)
    expect(desk.get_by_role("status")).to_have_text("The lecturer has closed this room.")
