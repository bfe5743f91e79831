"""Predict first, on every lesson: unanswered, then one verdict in words, and all in the address."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emergence.classroom.question import read_question
from emergence.ui.guess import UNANSWERED
from tests.pages.drawn import names, wait_until
from tests.pages.opened import ASKING, open_lesson

PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "link_functions": {"step": ("Hermite series", "Correlation landscape")},
    "theorem": {"view": ("times", "constant")},
    "scaling_law": {"view": ("time", "holes", "budget", "step size")},
    "mirage": {"view": ("Four measures", "Two groups")},
    "parity": {"view": ("Solved exactly", "A real network")},
    "tensor_power": {"view": ("Three ways", "Needed", "Two stages")},
    "sharp_transitions": {"step": ("The jump", "Escape time", "Depth: open questions")},
}
"""The parts of a lesson that have questions of their own."""
QUICK = {"theorem": {"P": "4", "m": "16", "d": "64"}, "one_neuron": {"J": "1", "d": "64"},
         "parity": {"width": "32"}, "tensor_power": {"kappa": "4"}}  # fmt: skip
"""Controls with which the numbers come soon."""
VERDICT = re.compile(r"You said \*\*(.+?)\*\*; it is \*\*(.+?)\*\*: .+ :(?:green|orange)\[(.+)\]$")


def lesson_parts() -> list[Any]:
    """Every lesson with every part that may have a question: (slug, its address)."""
    parts = []
    for lesson in ASKING:
        ((name, values),) = PARTS.get(lesson.slug, {"": ("",)}).items()
        for value in values:
            query = QUICK.get(lesson.slug, {}) | ({name: value} if name else {})
            parts.append(pytest.param(lesson.slug, query, id=f"{lesson.slug} {value}".strip()))
    return parts


def questions(app: AppTest) -> list[Any]:
    """The widgets that a page's questions are answered with."""
    return [
        widget
        for kind in (app.select_slider, app.radio)
        for widget in kind
        if str(widget.key).endswith("_guess")
    ]


def verdicts(app: AppTest) -> list[str]:
    return [each.value for each in app.main.markdown if "You said" in each.value]


def sent(app: AppTest) -> str:
    """All that a page has sent to the browser."""
    protos = [element.proto for element in app.main if getattr(element, "proto", None)]
    return "\n".join(proto.SerializeToString().decode(errors="ignore") for proto in protos)


def judged(app: AppTest) -> dict[str, Any]:
    """What a page has told the browser of its only answer."""
    [said] = re.findall(r'data-judged="(.*?)"', sent(app))
    told: dict[str, Any] = json.loads(html.unescape(said))
    return told


def number(text: str) -> float:
    return float(text.split(" ")[0].replace(",", "").replace("∞", "inf"))


def is_right(said: str, truth: str, judgement: str) -> bool:
    """What the judgement has to be, by its own tolerance."""
    if "within" not in judgement:
        return said == truth
    guess, answer = number(said), number(truth)
    bound = judgement.split("within ")[1].rstrip(").]* ")
    if bound.startswith("a factor"):
        factor = float(bound.removeprefix("a factor "))
        return guess > 0 and max(guess / answer, answer / guess) <= factor * (1 + 1e-6)
    return abs(guess - answer) <= number(bound) + 1e-6


def nearest(options: list[str], truth: str) -> str:
    if truth in options:
        return truth
    return min(
        options, key=lambda option: abs(np.arcsinh(number(option)) - np.arcsinh(number(truth)))
    )


@pytest.mark.parametrize(("slug", "query"), lesson_parts())
def test_a_question_starts_unanswered_and_gets_one_verdict(
    slug: str, query: dict[str, str]
) -> None:
    app = open_lesson(slug, **query)
    asked = questions(app)
    assert asked, "every lesson and part has a question"
    for widget in asked:
        assert widget.value in (None, UNANSWERED)
        assert app.button(key=widget.key.replace("_guess", "_show")).disabled
    before = sent(app)
    for said in re.findall(r'data-question="(.*?)"', before):
        question = json.loads(html.unescape(said))
        assert read_question(question, [slug]).to_json() == question, "a room takes it"
    assert before.count("data-question") == len(asked)
    assert "data-judged" not in before, "nobody is told what is right"
    for widget in asked:
        key = widget.key.removesuffix("_guess")
        options = [option for option in widget.options if option != UNANSWERED]
        seen: set[bool] = set()
        left = [options[0], options[-1]]
        while left:
            answer = left.pop(0)
            widget = next(each for each in questions(app) if each.key == f"{key}_guess")
            widget.set_value(answer).run()
            app.button(key=f"{key}_show").click().run()
            wait_until(app, lambda: any(VERDICT.search(each) for each in verdicts(app)))
            (verdict,) = verdicts(app)
            said, truth, judgement = VERDICT.search(verdict).groups()  # type: ignore[union-attr]
            assert said.startswith(answer)
            right = is_right(said, truth, judgement)
            assert ("Right" in judgement) == right, verdict
            assert f"it is **{truth}**" not in before
            assert verdict.split(": ")[1].split(". :")[0] not in before
            for_class = judged(app)
            assert (options.index(answer) in for_class["right"]) == right
            assert for_class["bound"] in judgement
            assert for_class["answer"] == truth
            if not seen:  # then the answer itself, as near as the question offers it
                left.append(nearest(options, truth))
            seen.add(right)
            app.button(key=f"{key}_again").click().run()
            assert not verdicts(app)
        assert seen == {True, False}, f"no guess is right, or none is wrong: {verdict}"


@pytest.mark.parametrize(("slug", "query"), lesson_parts())
def test_the_address_restores_what_was_guessed(slug: str, query: dict[str, str]) -> None:
    app = open_lesson(slug, **query)
    for widget in questions(app):
        key = widget.key.removesuffix("_guess")
        answer = widget.options[-1]
        widget.set_value(answer).run()
        app.button(key=f"{key}_show").click().run()
        address = dict(app.query_params)
        again = open_lesson(slug, **{name: str(value) for name, value in address.items()})
        assert f"You said **{answer}" in " ".join(verdicts(again))
        assert any(button.key == f"{key}_again" for button in again.button)
        assert not again.warning
        again.button(key=f"{key}_again").click().run()
        assert not any(name.startswith("guess") for name in again.query_params)
        app.button(key=f"{key}_again").click().run()


def test_nobody_is_judged_for_a_guess_that_was_not_made() -> None:
    app = open_lesson("puzzle")
    app.button(key="puzzle_skip").click().run()
    assert app.query_params["guess"] == "none"
    assert not verdicts(app)
    assert judged(app) == {
        "name": "guess", "right": [19, 20, 21], "bound": "within 0.1", "answer": "-1",
    }  # fmt: skip
    assert any(each.value.startswith("It is **-1**") for each in app.main.markdown)


@pytest.mark.parametrize("text", ["", "nan", "7", "0.3", "-99", "<b>", "1e999", "%00"])
def test_a_guess_that_cannot_be_one_is_refused_in_a_sentence(text: str) -> None:
    app = open_lesson("puzzle", guess=text)
    [warning] = app.warning
    assert "from -3 to 0: it is left out. Guess again." in warning.value, "nothing is taken"
    assert app.button(key="puzzle_show").disabled
    assert not verdicts(app)
    choice = open_lesson("many_neurons", guess=text)
    [warning] = choice.warning
    assert "is not one of" in warning.value
    assert "left out" in warning.value


def test_a_guess_between_the_stops_comes_back_bit_for_bit() -> None:
    app = open_lesson("puzzle", guess="-0.12345678901234566")
    assert "You said **-0.12345678901234566**" in verdicts(app)[0]
    assert app.query_params["guess"] == "-0.12345678901234566"


@pytest.mark.parametrize("beta", ["0.6", "1", "2"])
@pytest.mark.parametrize("sharpness", ["2", "64"])
def test_the_first_reveal_shows_the_hundreds_it_asked_about(beta: str, sharpness: str) -> None:
    app = open_lesson("puzzle", beta=beta, sharpness=sharpness)
    assert app.select_slider(key="P").value == 3
    app.select_slider(key="puzzle_guess").set_value("-3").run()
    app.button(key="puzzle_show").click().run()
    assert app.select_slider(key="P").value == 512
    assert "loss of 512 skills" in names(app, "puzzle_picture")
    theory = (1 - 2 * float(beta)) / float(beta)
    measured = float(re.findall(r"it is \*\*(.+?)\*\*", verdicts(app)[0])[0])
    assert measured == pytest.approx(theory, abs=0.05)
    text = " ".join(each.value for each in app.main.markdown)
    assert f"theory says {theory:.2f}" in text
    assert "the same fit to 3" in text
    app.select_slider(key="P").set_value(5).run()
    assert measured == float(re.findall(r"it is \*\*(.+?)\*\*", verdicts(app)[0])[0])
    app.button(key="puzzle_again").click().run()
    assert app.select_slider(key="P").value == 3


@pytest.mark.parametrize(("slug", "query"), lesson_parts())
def test_a_picture_has_all_its_axes_before_there_is_a_guess(
    slug: str, query: dict[str, str]
) -> None:
    """Plotly draws no axis without a trace, and places what is anchored to it nowhere."""
    app = open_lesson(slug, **query)
    for element in app.main.get("bidi_component"):
        figure = json.loads(json.loads(element.proto.json)["figure"])
        axes = {name.replace("axis", "") for name in figure["layout"] if name[1:5] == "axis"}
        used = {trace.get(axis, axis[0]) for trace in figure["data"] for axis in ("xaxis", "yaxis")}
        assert axes <= used, element.proto.id
