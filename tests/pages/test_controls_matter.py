"""No control is offered where it does nothing: in every view, moving one changes what is seen."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emergence import Experiment, ExperimentError, simulate
from emergence.parameters import ASSUMPTIONS, PARAMETERS
from emergence.ui.controls import idle_because
from emergence.ui.server.payload import payload
from emergence.ui.talk import Lesson
from tests.pages.opened import ASKING, SLUG, open_lesson, open_page, reveal

KINDS = ("slider", "select_slider", "selectbox", "segmented_control")


def seen(app: AppTest) -> list[str]:
    """The page's words and pictures, without its links and the words of its controls."""
    texts = [each.value for kind in ("markdown", "latex", "caption") for each in getattr(app, kind)]
    pictures = [
        json.loads(each.proto.json)["figure"] for each in app.main.get("bidi_component")
        if "figure" in each.proto.json
    ]  # fmt: skip
    return texts + pictures


def controls(app: AppTest) -> list[tuple[str, str]]:
    """(kind, key) of every control that may be moved, but for guesses and transport."""
    return [
        (kind, str(each.key)) for kind in KINDS for each in getattr(app.main, kind)
        if not each.disabled and not str(each.key).endswith("_guess")
    ]  # fmt: skip


def find(app: AppTest, kind: str, key: str) -> Any:
    return next(each for each in getattr(app.main, kind) if each.key == key)


def others(widget: Any, kind: str) -> list[Any]:
    """Values far from the present one."""
    if kind == "slider":
        return [end for end in (widget.min, widget.max) if end != widget.value]
    chosen = widget.value
    options = [o for o in widget.options if o not in (chosen, f"{chosen}", f"{chosen:,}"
               if isinstance(chosen, int) else chosen)]  # fmt: skip
    ends = (str(options[0]), str(options[-1]))
    return [float(end[4:]) if end.startswith("c = ") else end for end in ends]


@pytest.mark.parametrize("lesson", ASKING, ids=SLUG)
def test_every_control_of_every_view_changes_what_is_seen(lesson: Lesson) -> None:
    app = reveal(open_lesson(lesson.slug))
    groups: list[Any] = list(app.main.segmented_control) if app.main.get("button_group") else []
    views = list(groups[0].options) if groups else [None]
    idle = []
    for view in views:
        if view is not None:
            app.main.segmented_control[0].set_value(view).run()
            reveal(app)
        for kind, key in controls(app):
            if view is not None and key == app.main.segmented_control[0].key:
                continue
            if not any(str(each.key) == key for each in getattr(app.main, kind)):
                continue
            before, value = seen(app), app.session_state[key]
            changed = False
            for other in others(find(app, kind, key), kind):
                find(app, kind, key).set_value(other).run()
                assert not app.exception
                changed = changed or seen(app) != before
                if changed:
                    break
            find(app, kind, key).set_value(value).run()
            if not changed:
                idle.append((view, key))
    assert not idle


OTHER = {
    "d": 100, "P": 3, "beta": 0.7, "J": 3, "m": 9, "c": 0.1, "s0": 0.1, "seed": 5,
    "engine": "flow", "normalisation": "slides", "horizon": 1.0, "steps": 77, "mixture": "3:1,4:1",
    "B": 2, "rho": 0.5, "noise": 1.0, "samples": 40, "second": "own", "optimizer": "sign",
}  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("around", [{}, {"steps": 50}, {"mixture": "4:1,6:1"}, {"engine": "flow"},
                                    {"engine": "decoupled"}, {"engine": "correlation"}],
                         ids=str)  # fmt: skip
def test_a_parameter_of_the_live_lab_is_off_exactly_where_it_does_nothing(
    name: str, around: dict[str, Any]
) -> None:
    """A run is taken over by another value of a parameter, or is the same to the last bit."""
    base: dict[str, Any] = {"engine": "sgd", "d": 24, "P": 2, "m": 4, "horizon": 0.1} | around
    values = {"engine": "sgd", "mixture": "", "steps": 0} | around
    if name in around:
        return
    off = bool(idle_because(name, values))
    if off and name == "J":
        with pytest.raises(ExperimentError, match="smallest degree"):
            Experiment(**(base | {"J": 3}))
        return
    if off and name in ASSUMPTIONS:
        with pytest.raises(ExperimentError, match="what the theory assumes"):
            Experiment(**(base | {name: OTHER[name]}))
        return
    one, other = (Experiment(**given) for given in (base, base | {name: OTHER[name]}))
    same = _shown(one) == _shown(other) and _run(one) == _run(other)
    assert same == off


@cache
def _shown(experiment: Experiment) -> dict[str, Any]:
    """What the browser is sent, less the parameters in words and the address of a vote."""
    sent: dict[str, Any] = json.loads(payload(experiment))
    del sent["parameters"]
    for question in sent["questions"]:
        del question["run"], question["digest"]
    return sent


@cache
def _run(experiment: Experiment) -> bytes:
    return simulate(experiment).record.rows.tobytes()


@pytest.mark.parametrize(
    ("address", "off"),
    [
        ("", set()),
        ("steps=50", {"horizon"}),
        ("mixture=4:1,6:1", {"J"}),
        ("engine=flow", {"B", *ASSUMPTIONS}),
        ("P=1", {"rho"}),
    ],
)
def test_what_does_nothing_is_off_in_the_sidebar(address: str, off: set[str]) -> None:
    app = open_page(address)
    kinds = ("slider", "select_slider", "selectbox", "number_input", "text_input")
    widgets = {w.key: w for kind in kinds for w in getattr(app, kind) if w.key in PARAMETERS}
    assert {key for key, widget in widgets.items() if widget.disabled} == off
    assert all("Off: " in widgets[name].help for name in off)
