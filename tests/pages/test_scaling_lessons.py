"""Lessons 4 and 8 as scripts: every step and view, at the ends of every control."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from emergence.lessons.idealised_dynamics.model import Idealised, mean_slopes
from tests.pages.drawn import drawn
from tests.pages.opened import open_lesson, reveal

STEPS = ("one pair", "its time", "the sum", "p → t", "power law")
STARTS = ("equal", "one random neuron each", "greedy ι, m = P", "best of P log P")
VIEWS = ("time", "width", "holes", "budget", "step size")
LEVELS = ("equal starts", "random starts", "gradient flow")


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in app.main.markdown)


def choose(app: AppTest, key: str, value: str) -> None:
    groups: Sequence[Any] = app.get("button_group")
    next(each for each in groups if each.key == key).set_value(value).run()
    assert not app.exception


def test_the_idealised_dynamics_say_what_they_compute() -> None:
    app = open_lesson("idealised_dynamics", P="64", beta="1.0", J="4", d="1024")
    model = Idealised(64, 1.0, 4, 1024)
    assert f"{model.u_after(0.9):.2g}" not in words(app)
    reveal(app)
    assert f"**{model.u_after(0.9):.2g}**" in words(app)
    choose(app, "step", "power law")
    assert model.fitted is not None
    assert f"**{model.fitted.value:.3f}**" in words(app)


def test_what_spoils_the_power_law_is_said_and_measured() -> None:
    app = reveal(open_lesson("idealised_dynamics", P="64", beta="0.75"))
    choose(app, "step", "power law")
    for value, count in mean_slopes(64, 0.75, 4, 1024).values():
        assert count == 24
        assert f"**{value:.3f}** with" in words(app)
    assert "Assigning beforehand is what spoils the law" in words(app)
    assert "and not $P$" not in words(app)


@pytest.mark.parametrize(
    ("beta", "word"), [("1.5", "stretches"), ("0.75", "shrinks"), ("1", "as it is")]
)
def test_the_change_of_variables_is_seen(beta: str, word: str) -> None:
    """A decade is as long over time as over p, and at the default beta the slopes differ."""
    app = reveal(open_lesson("idealised_dynamics", beta=beta))
    choose(app, "step", "p → t")
    assert word in words(app)
    layout = drawn(app, "idealised_picture")["layout"]
    per_decade = [
        (high - low) / (right - left)
        for axis in (layout["xaxis"], layout["xaxis2"])
        for (left, right), (low, high) in [(axis["range"], axis["domain"])]
    ]
    assert per_decade[0] == pytest.approx(per_decade[1])
    assert app.slider(key="beta").proto.default == [1.5]


@pytest.mark.parametrize("start", STARTS)
def test_every_step_at_the_ends(start: str) -> None:
    app = reveal(open_lesson("idealised_dynamics"))
    for step in STEPS:
        choose(app, "step", step)
        if step != STEPS[0]:
            choose(app, "start", start)
        for P, beta, J, d in ((1, 0.6, 3, 1024), (256, 2.0, 6, 65536), (256, 0.6, 1, 1024)):
            for key, value in {"P": P, "beta": beta, "J": J, "d": d}.items():
                kind = app.slider if key == "beta" else app.select_slider
                if not kind(key=key).disabled:
                    kind(key=key).set_value(value)
            app.run()
            assert not app.exception
            assert not app.error


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_asks_first_and_shows_then(view: str) -> None:
    app = open_lesson("scaling_law", view=view)
    before = words(app)
    reveal(app)
    assert len(words(app)) > len(before)
    for level in LEVELS:
        if not app.selectbox(key="level").disabled:
            app.selectbox(key="level").set_value(level).run()
        for beta, J in ((0.6, 4), (2.0, 6), (0.8, 4)):
            app.slider(key="beta").set_value(beta)
            if not app.select_slider(key="J").disabled:
                app.select_slider(key="J").set_value(J)
            app.run()
            assert not app.exception
            assert not app.error


def test_the_papers_exponent() -> None:
    app = reveal(open_lesson("scaling_law", view="budget", beta="0.8"))
    assert "**-0.333**" in words(app)


def test_the_flow_is_integrated_and_stops_when_told() -> None:
    app = reveal(open_lesson("scaling_law", level="gradient flow", beta="1.0"))
    deadline = time.monotonic() + 60
    while not re.search(r"computing: ([1-9]|..)%", progress(app)):
        assert time.monotonic() < deadline
        time.sleep(0.3)
        app.run()
        assert not app.exception
    for view in VIEWS[1:4]:
        choose(app, "view", view)
        reveal(app)
        assert not app.error
    app.button(key="scaling_flow_toggle").click().run()
    assert "stopped" in progress(app)
    assert not app.error


def progress(app: AppTest) -> str:
    """What the progress bar says."""
    return " ".join(bar.proto.text for bar in app.get("progress"))
