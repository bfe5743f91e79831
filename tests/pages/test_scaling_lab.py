"""The Scaling Lab as a script: definitions, refusals, start, stop, results."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from emergence.sweeps import report
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.definition import Sweep
from emergence.sweeps.store import Store
from emergence.ui.formatting import plain
from emergence.ui.scaling_lab import careful as sweep_careful
from emergence.ui.scaling_lab import definition as sweep_page
from emergence.ui.scaling_lab import line as sweep_line
from emergence.ui.scaling_lab import results as sweep_results
from emergence.ui.scaling_lab.queue import SweepQueue
from tests.nasty import NASTY
from tests.pages.opened import APP


@pytest.fixture(autouse=True)
def own_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    queue = SweepQueue(Store(tmp_path))
    for module in (sweep_results, sweep_careful, sweep_line):
        monkeypatch.setattr(module, "sweep_queue", lambda: queue)
    yield
    queue.close()


def open_lab(**fields: str) -> AppTest:
    app = opened(analysis="time")
    for name, text in fields.items():
        app.text_input(key=f"sweep_time_{name}").set_value(text).run()
        assert not app.exception
    return app


def small() -> AppTest:
    return open_lab(P="6", m="12", d="1024", engine="decoupled", beta="0.8, 1, 1.5", horizon="1.5")


@pytest.mark.parametrize("analysis", ANALYSES)
def test_every_analysis_opens_with_its_example(analysis: str) -> None:
    app = open_lab()
    app.selectbox(key="analysis").set_value(analysis).run()
    assert not app.exception
    assert not app.error
    text = " ".join(each.value for each in app.markdown)
    assert dict(app.query_params) == {"analysis": analysis}, "nothing is changed yet"
    assert f"{len(Sweep.of(sweep_page.example(analysis)).points)} points" in text


def test_a_sweep_runs_and_its_results_arrive() -> None:
    app = small()
    app.number_input(key="sweep_time_seeds").set_value(3).run()
    app.button(key="sweep_start").click().run()
    deadline = time.monotonic() + 150
    while "all 9 points" not in " ".join(each.value for each in app.markdown):
        assert not app.exception
        assert time.monotonic() < deadline
        app.run()
    table = next(each.value for each in app.markdown if "95 % interval" in each.value)
    assert table.count("3 seeds") == 3
    assert "-0.750" in table
    for picture in ("Fits", "Collapse"):
        app.segmented_control(key="sweep_picture").set_value(picture).run()
        assert not app.exception


def test_what_results_say_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "notes", lambda run: [NASTY[0]])
    app = small()
    app.button(key="sweep_start").click().run()
    deadline = time.monotonic() + 60
    while not app.warning and time.monotonic() < deadline:
        time.sleep(0.2)
        app.run()
    assert plain(f"{NASTY[0]}.") in [each.value for each in app.warning]


def test_a_sweep_is_stopped_and_goes_on() -> None:
    app = open_lab(P="8", m="32", d="64", engine="sgd", beta="1", horizon="1.5")
    app.button(key="sweep_start").click().run()
    app.button(key="sweep_stop").click().run()
    deadline = time.monotonic() + 60
    while not [button for button in app.button if button.key == "sweep_start"]:
        assert not app.exception
        assert time.monotonic() < deadline
        app.run()
    assert app.button(key="sweep_start").label == "Go on"


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("beta", "one", "beta"), ("beta", "", "grid.beta: is empty"), ("d", "1, 64", "d = 1"),
        ("engine", "gpu", "engine"), ("P", "64.5", "whole number"), ("m", "1e9", "out of range"),
    ],
)  # fmt: skip
def test_a_bad_field_is_refused_in_words(name: str, text: str, word: str) -> None:
    app = open_lab(**{name: text})
    assert word in app.main.error[0].value
    assert "This sweep cannot run" in app.main.error[0].value


def test_any_field_is_added_at_its_default_and_swept() -> None:
    app = small()
    fields = app.multiselect(key="sweep_time_fields")
    fields.set_value([*fields.value, "eta", "normalisation", "B"]).run()
    assert not app.exception
    assert not app.main.error
    app.text_input(key="sweep_time_eta").set_value("1e-5, 2e-5").run()
    app.number_input(key="sweep_time_seeds").set_value(1).run()
    assert not app.main.error
    assert any("6 points" in each.value for each in app.markdown)


def test_too_large_is_said_before_the_start() -> None:
    app = open_lab(P="1024", m="4096")
    assert any("lower m" in each.value for each in app.markdown)


def test_a_pasted_definition_is_used_or_refused() -> None:
    app = open_lab()
    app.text_area(key="sweep_text").set_value('{"grid": {"bita": [1]}}').run()
    next(button for button in app.button if button.label == "Use it").click().run()
    assert any("grid.bita" in error.value for error in app.error)
    app.text_area(key="sweep_text").set_value(
        '{"analysis": "width", "base": {"P": 8, "engine": "decoupled"}, "grid": {"m": [2, 4]}}'
    ).run()
    next(button for button in app.button if button.label == "Use it").click().run()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="analysis").value == "width"
    assert app.text_input(key="sweep_width_m").value == "2, 4"
    assert any("2 points" in each.value for each in app.markdown)


def opened(**address: str) -> AppTest:
    """The lab at an address."""
    app = AppTest.from_file(APP, default_timeout=60).run()
    for name, text in address.items():
        app.query_params[name] = text
    app.switch_page("pages/scaling_lab.py").run()
    app.run()  # AppTest has no frame around its pages, which would write the address after a link
    assert not app.exception
    return app


def test_an_address_opens_its_sweep() -> None:
    definition = {"analysis": "width", "base": {"P": 8, "engine": "decoupled"},
                  "grid": {"m": [2, 4]}, "seeds": 2}  # fmt: skip
    app = opened(sweep=json.dumps(definition))
    assert app.selectbox(key="analysis").value == "width"
    assert any("4 points" in each.value for each in app.markdown)
    address = app.query_params["sweep"]
    again = opened(sweep=address)
    assert again.query_params["sweep"] == address
    assert Sweep.from_json(address).points == Sweep.of(definition).points


@pytest.mark.parametrize("words", ["width", "Exponent in width"])
def test_an_address_names_an_analysis(words: str) -> None:
    app = opened(analysis=words)
    assert app.selectbox(key="analysis").value == "width"
    assert app.query_params["analysis"] == "width"


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ({"sweep": "nonsense"}, "not JSON"), ({"sweep": '{"grid": {"bita": [1]}}'}, "grid.bita"),
        ({"analysis": "weather"}, "analysis: weather is not one of"),
    ],
)  # fmt: skip
def test_a_bad_address_is_refused_in_words(address: dict[str, str], word: str) -> None:
    app = opened(**address)
    assert word in app.main.error[0].value
    assert app.selectbox(key="analysis").value == sweep_page.FIRST


def test_listed_points_are_in_a_table_and_what_runs() -> None:
    rows = [{"mixture": [[2, 1.0], [4, 0.5]], "d": 64}, {"engine": "flow"}, {"d": 128, "J": 2}]
    definition = {"base": {"P": 4, "m": 8, "engine": "decoupled", "c": 0.1}, "list": rows}
    app = opened(sweep=json.dumps(definition))
    assert not app.main.error
    restored = Sweep.from_json(app.query_params["sweep"])
    assert restored.points == Sweep.of(definition).points
    fields = app.multiselect(key="sweep_time_fields")
    assert not {"d", "J"} & {label.split(" ")[0] for label in fields.options}


def test_what_was_edited_is_there_on_coming_back() -> None:
    app = small()
    app.selectbox(key="analysis").set_value("width").run()
    app.selectbox(key="analysis").set_value("time").run()
    assert app.text_input(key="sweep_time_beta").value == "0.8, 1, 1.5"
    app.switch_page("pages/scaling_law.py").run()
    app.switch_page("pages/scaling_lab.py").run()
    app.run()
    assert not app.exception
    [beta] = [field for field in app.text_input if field.label.startswith("β")]
    assert beta.value == "0.8, 1, 1.5"
    assert json.loads(app.query_params["sweep"])["grid"]["beta"] == [0.8, 1, 1.5]


def test_many_seeds_can_be_pasted() -> None:
    app = open_lab()
    app.text_area(key="sweep_text").set_value('{"base": {"P": 2}, "seeds": 2000}').run()
    next(button for button in app.button if button.label == "Use it").click().run()
    assert not app.exception
    assert app.number_input(key="sweep_time_seeds").value == 2000
