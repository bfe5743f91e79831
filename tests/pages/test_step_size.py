"""The slider of the step size is the user's eta, on every page alike."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opened import open_lesson, open_page

LATEX = re.compile(
    r"\$\\eta = (?P<eta>[^$]+)\$ \$= c.*\\,d\^\{-(?P<power>[\d.]+)\}\$ \$= \{(?P<c>[^$=]+) \\cdot"
)


def number(text: str) -> float:
    """The number that KaTeX shows."""
    return float(
        re.sub(r"10\^\{(-?\d+)\}", r"1e\1", text).replace(r"\times 1e", "e").replace(" ", "")
    )


def told(app: AppTest) -> tuple[float, float, float]:
    """eta, power and c as the page says them below the only slider of a step size."""
    labels = [slider.label for slider in app.select_slider if slider.key == "c"]
    assert labels == ["η · Step size"]
    (match,) = filter(None, (LATEX.match(each.value) for each in app.caption))
    return number(match["eta"]), float(match["power"]), number(match["c"])


@pytest.mark.parametrize(
    ("J", "d", "c"), [(4, 64, 0.05), (1, 91, 0.5), (8, 16, 2e-5), (3, 1024, 1.0)]
)
def test_in_the_live_lab(J: int, d: int, c: float) -> None:
    app = open_page(f"J={J}&d={d}&c={c}&engine=flow")
    assert told(app) == pytest.approx((c / d ** (J / 2), J / 2, c), rel=1e-2)
    slider = app.select_slider(key="c")
    assert f"c = {c:g}" in slider.options


@pytest.mark.parametrize("J", [1, 2, 4])
def test_in_the_lesson_of_one_neuron(J: int) -> None:
    app = open_lesson("one_neuron", J=str(J))
    d, c = (float(str(app.select_slider(key=name).value)) for name in ("d", "c"))
    power = {1: 1, 2: 1, 4: 2}[J]
    assert told(app) == pytest.approx((c / d**power, power, c), rel=1e-2)


def test_in_the_lesson_of_the_theorem() -> None:
    app = open_lesson("theorem", J="6", d="256", c="0.5")
    assert told(app) == pytest.approx((0.5 / 256**3, 3, 0.5), rel=1e-2)
    app.select_slider(key="c").set_value(2.0).run()
    assert told(app)[2] == 2
