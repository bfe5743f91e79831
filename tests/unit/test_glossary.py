"""The one table of symbols, as the lessons and the browser have it."""

from __future__ import annotations

import re
from pathlib import Path

from emergence import Experiment
from emergence.figures.lab.record import lab_figures
from emergence.runs.plan import make_plan
from emergence.runs.record import Record
from emergence.ui.glossary import SYMBOLS, words

BROWSER = Path(__file__).parents[2] / "emergence" / "ui" / "browser"


def test_the_browser_s_words_are_the_table_s_without_formulas() -> None:
    meanings = {meaning for _, meaning in SYMBOLS}
    for symbol, meaning in words().items():
        assert not re.search(r"[$\\]", meaning), symbol
        assert meaning in meanings or symbol == "MSE"
    assert {"u", "vₖ", "wₚ", "aₚ", "Tₚ", "Rₚ", "ι", "η", "d", "P", "m", "J", "β"} <= set(words())


def test_every_symbol_of_an_axis_has_its_word() -> None:
    plan = make_plan(Experiment(d=32, P=4, m=8, engine="flow"))
    titles = [
        axis.title.text or ""
        for figure in lab_figures(plan, Record(plan)).values()
        for axis in [*figure.select_xaxes(), *figure.select_yaxes()]
    ]
    found = {symbol for title in titles for symbol in re.findall(r"\w?[\w\u0304]+[ₖₚ]", title)}
    assert found
    assert found <= set(words())


def test_the_browser_has_no_second_copy() -> None:
    for path in BROWSER.glob("*.js"):
        for symbol, meaning in words().items():
            assert len(meaning) < 12 or meaning not in path.read_text(), (path.name, symbol)
