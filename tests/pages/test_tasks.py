"""The task at each lesson's end: some number is right, others are not, nonsense is refused."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from emergence.ui.talk import LESSONS, Lesson
from tests.pages.opened import SLUG, open_lesson

RIGHT = {
    "puzzle": "1.333", "link_functions": "3", "one_neuron": "0.0093", "idealised_dynamics": "25",
    "many_neurons": "0.585", "why_not_exp_kappa": "49", "theorem": "0.35", "scaling_law": "71",
    "sharp_transitions": "0.0079", "takeaways": "60", "mirage": "2.1e8", "quadratic": "0.95",
    "parity": "0.86",
    "budget": "0.661", "tensor_power": "0.708",
}  # fmt: skip
WRONG = {
    "puzzle": "0.9", "link_functions": "1", "one_neuron": "1", "idealised_dynamics": "9",
    "many_neurons": "1", "why_not_exp_kappa": "9", "theorem": "8", "scaling_law": "2",
    "sharp_transitions": "0.3", "takeaways": "7", "mirage": "1000", "quadratic": "0.6",
    "parity": "0.3",
    "budget": "1", "tensor_power": "0.5",
}  # fmt: skip


def said(app: AppTest) -> str:
    """What the card says of an answer."""
    texts = [each.value for each in app.main.markdown]
    [task] = [i for i, text in enumerate(texts) if "Task.]**" in text]
    return "\n".join(texts[task + 1 : -1])


@pytest.mark.parametrize("lesson", LESSONS, ids=SLUG)
def test_a_task_knows_right_from_wrong_and_keeps_the_answer(lesson: Lesson) -> None:
    app = open_lesson(lesson.slug)
    assert app.main.markdown[-1].value == f"> **To remember:** {lesson.remember}"
    assert said(app) == ""
    for answers, verdict in ((RIGHT, "That is it."), (WRONG, "Try another.")):
        app.text_input(key="task").set_value(answers[lesson.slug]).run()
        assert not app.exception
        assert verdict in said(app)
        assert app.query_params["task"] in (answers[lesson.slug], [answers[lesson.slug]])
    again = open_lesson(lesson.slug, task=RIGHT[lesson.slug])
    assert "That is it." in said(again)
    assert again.text_input(key="task").value == RIGHT[lesson.slug]


@pytest.mark.parametrize("text", ["abc", "nan", "-1", "1e999", "<b>", "2.5", "$x$"])
def test_nonsense_is_refused_in_a_sentence(text: str) -> None:
    sentence = "is not a whole number from 1 to 64"
    app = open_lesson("idealised_dynamics", task=text)
    assert sentence in app.warning[0].value
    app.run()
    assert "task" not in app.query_params
    app.text_input(key="task").set_value(text).run()
    assert sentence in said(app)
    assert not app.exception


def test_an_answer_that_is_too_long_is_left_out() -> None:
    app = open_lesson("puzzle", task="1" * 99)
    assert "has more than 24 characters" in app.warning[0].value
    assert said(app) == ""
