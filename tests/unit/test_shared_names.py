"""What Python and JavaScript both know stands in types of `browser`, and is what Python sends."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from starlette.testclient import TestClient

from emergence import Experiment, simulate
from emergence.classroom.poll import Poll
from emergence.classroom.question import KINDS, Question
from emergence.classroom.room import Room
from emergence.classroom.state import Act, Highlight, Playback
from emergence.classroom.state import State as Lecture
from emergence.figures import style
from emergence.figures.lab.matching import IDLE_OPACITY, NO_DIRECTION
from emergence.figures.lab.record import PICTURES, lab_figures
from emergence.figures.way import Way
from emergence.runs.guesses import Answer
from emergence.runs.plan import make_plan
from emergence.runs.record import Record, layout
from emergence.serving import wire
from emergence.serving.computation import GRACE, HEARTBEAT, State
from emergence.serving.run import Run
from emergence.ui import live_lab, picture
from emergence.ui.address import Visit
from emergence.ui.marker import Marker
from emergence.ui.server import asked, desk, routes
from emergence.ui.server.payload import payload
from emergence.ui.server.scripts import BUNDLE, script_address
from emergence.ui.view import LAB, LESSON, PICTURE

ROOT = Path(__file__).parents[2]
BROWSER = ROOT / "emergence" / "ui" / "browser"
TYPES = "".join((BROWSER / name).read_text() for name in ("types.js", "lecture_types.js"))
OWN = [path for path in BROWSER.glob("*.js") if not path.name.endswith("types.js")]
STYLES = sorted(BROWSER.glob("*.css"))
EXPERIMENT = Experiment(d=32, P=4, m=8, engine="flow", seed=3)
MANY_DIRECTIONS = Experiment(d=64, P=16, m=32, engine="flow")
BROKEN = Experiment(d=32, P=4, m=8, engine="sgd", noise=0.5, samples=100)


def properties(name: str) -> set[str]:
    """The properties of an object type of types.js."""
    match = re.search(rf"@typedef {{object}} {name}\n(.*?)(?:\n \*/|\n \*\n)", TYPES, re.S)
    assert match, name
    return set(re.findall(r"@property \{.*\} \[?(\w+)", match[1]))


def keys(name: str) -> dict[str, str]:
    """The keys of a type of types.js that is written as {…}, and what is said of each."""
    body = re.search(rf"@typedef \{{\{{((?:(?!@typedef).)*)\}}\}} {name}\b", TYPES, re.S)
    assert body, name
    found = re.findall(r"(\w+)\??: (\{[^{}]*\}|[^,{}]+)", body[1])
    return {key: value.strip() for key, value in found}


def words(name: str) -> set[str]:
    """The words of a union of types.js."""
    match = re.search(rf'@typedef \{{("[^}}]*)\}} {name}\n', TYPES)
    assert match, name
    return set(re.findall(r'"(\w+)"', match[1]))


@pytest.fixture(scope="module")
def sent() -> dict[str, Any]:
    """The payload of an experiment."""
    answer: dict[str, Any] = json.loads(payload(EXPERIMENT))
    return answer


def test_the_payload_has_the_properties_of_its_type(sent: dict[str, Any]) -> None:
    assert set(sent) == properties("Payload")
    assert set(sent["figures"]) == words("Name")
    assert set(sent["titles"]) == words("Name") | {"board"}


@pytest.mark.parametrize("computed", [False, True], ids=["empty", "finished"])
def test_the_header_has_the_properties_of_its_type(computed: bool) -> None:
    run = Run(EXPERIMENT, grace=float("inf"))
    if computed:
        run.want("a", float("inf"))
        while run.wants_work:
            run.work(0.05)
    answer = wire.encode(run, 0)
    header = json.loads(answer[4 : 4 + int.from_bytes(answer[:4], "little")])
    assert set(header) == properties("Header")
    assert header["state"] in words("State")
    assert header["final"] is computed


def test_the_server_takes_what_a_viewer_asks_with(client: TestClient) -> None:
    """Each of the question's words is read: another value of it changes the answer."""
    good = {"viewer": "abcdefgh", "query": "d=16&P=2&m=8", "from": "0", "until": "0"}
    assert set(good) == set(keys("Question"))
    assert client.get(routes.RUN, params=good).status_code == 200
    for name in good:
        wrong = client.get(routes.RUN, params=good | {name: "-1"})
        assert wrong.status_code == 400, name


def test_a_run_is_final_only_with_its_last_row(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(EXPERIMENT, grace=float("inf"))
    run.want("a", float("inf"))
    while run.wants_work:
        run.work(0.05)
    monkeypatch.setattr(wire, "MOST_BYTES", 4000)
    start, finals = 0, []
    while start < run.published.count:
        answer = wire.encode(run, start)
        header = json.loads(answer[4 : 4 + int.from_bytes(answer[:4], "little")])
        start += header["rows"]
        finals.append(header["final"])
    assert len(finals) > 1
    assert finals == [False] * (len(finals) - 1) + [True]


def test_a_lecture_has_the_properties_of_its_types() -> None:
    playback = Playback("P=8", 0.0, True, False, 0.5)
    act = Act(1, "P=8", 0.5, 0.0625)
    state = Lecture(playback=playback, highlight=Highlight(1, None), act=act).to_json()
    assert set(state["act"]) == set(keys("Acted"))
    assert set(state) == properties("Lecture")
    assert set(state["playback"]) == set(keys("Played"))
    assert set(state["highlight"]) == set(keys("Target"))
    room = Room("BCDFGH", "0" * 32, Lecture(), "lecturer1", 1, clock=lambda: 0.0)
    room.admit("lecturer1", "0" * 32)
    wish = room.wish("next", ("puzzle",))
    told = room.told("lecturer1")
    assert {"code", "alone", *told} == properties("Told")
    assert set(told["wishes"][0]) == properties("Wish")
    assert told["wishes"][0]["number"] == wish.number
    question = Question("puzzle", "guess", "Which?", ("-1", "0"), ("-1.0", "0.0"), "number")
    assert set(question.to_json()) == properties("Asked")
    assert set(KINDS) == words("Kind")
    assert set(asdict(Answer("when"))) == properties("Answer")
    marker = Marker(question, "widget", None, Way.up(0.0, np.zeros(2)))
    assert set(marker.to_json()) == properties("Dragged")
    poll = Poll(question, "1")
    poll.revealed = True
    assert {*poll.told(""), *poll.record()} - set(question.to_json()) <= properties("Vote")
    assert properties("Vote") <= {*poll.told(""), *poll.record()}
    assert f'"{asked.SECRET_HEADER}"' in (BROWSER / "channel.js").read_text()


def test_the_desk_has_the_words_of_its_types() -> None:
    assert words("Command") == set(desk.ACTS)
    assert words("Outcome") == set(desk.OUTCOMES)
    planned = [{"page": page, **desk.PLANS[page]} for page in desk.ORDER]
    assert set().union(*planned) == properties("Planned")
    html = (BROWSER / "desk.html").read_text()
    assert set(re.findall('data-act="(\\w+)"', html)) == set(desk.ACTS) - {"go", "reveal"}


def test_the_states_are_the_same() -> None:
    assert words("State") == {str(state) for state in State}


def test_a_row_has_the_quantities_of_its_type_and_begins_with_its_time() -> None:
    fields = layout(make_plan(EXPERIMENT))
    broken = layout(make_plan(BROKEN))
    assert set(broken) == set(keys("Fields"))
    assert set(fields) == set(broken) - {"labels", "train"}
    assert fields["time"] == {"offset": 0, "shape": []}
    assert set(fields["u"]) == set(keys("Field"))


def test_the_roles_and_what_traces_say_of_themselves_are_the_same() -> None:
    said: dict[str, set[str]] = {}
    for experiment in (EXPERIMENT, MANY_DIRECTIONS, BROKEN):
        plan = make_plan(experiment)
        for each in lab_figures(plan, Record(plan)).values():
            for trace in each.data:
                if trace.meta:
                    said.setdefault(trace.meta["role"], set()).update(set(trace.meta) - {"role"})
    typed = {role: set(re.findall(r"(\w+)\??:", of)) for role, of in keys("Metas").items()}
    assert said == typed


def test_components_are_given_what_their_loaders_take(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []
    for module in (live_lab, picture):
        monkeypatch.setattr(module, "_component", lambda key, data, **_: given.append(data))
        monkeypatch.setattr(module, "current", lambda: Visit("live_lab", {}, fresh=True))
    live_lab.live_lab(EXPERIMENT)
    picture.picture(go.Figure(), "a")
    assert set(given[0]) == set(keys("Given"))
    assert set(given[1]) == set(keys("Shown"))


def test_constants_come_from_python(sent: dict[str, Any]) -> None:
    colours = [style.colour(p) for p in range(EXPERIMENT.P)]
    assert sent["colours"] == colours
    assert len(sent["directions"]) <= len(colours)
    assert 2 * HEARTBEAT < GRACE, "a viewer may miss one"
    assert sent["heartbeat"] == 1000 * HEARTBEAT
    idle = {"colour": style.UNUSED, "opacity": IDLE_OPACITY, "name": NO_DIRECTION}
    assert sent["idle"] == idle
    for path in OWN:
        text = path.read_text()
        assert not re.findall(r"#[0-9A-Fa-f]{6}\b|rgba?\(|/lab/", text), path.name
        ups = script_address(BUNDLE).count("/") if path.name == "root.js" else 0
        assert text.count("../") == ups, path.name
        for word in (NO_DIRECTION, *(words("State") - {"ready", "running", "paused"})):
            assert f'"{word}"' not in text, f"{path.name} has {word}"


def test_the_colours_of_the_styles_are_the_figures_own() -> None:
    ours = {value.upper() for value in (*style.PALETTE, style.UNUSED, style.FRAME, style.GUESS)}
    grey = (128, 128, 128)
    rgb = {tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in ours} | {grey}
    for path in STYLES:
        text = path.read_text()
        assert {value.upper() for value in re.findall(r"#[0-9A-Fa-f]{3,8}\b", text)} <= ours
        for triple in re.findall(r"rgba?\((\d+), *(\d+), *(\d+)", text):
            assert tuple(map(int, triple)) in rgb, path.name


def test_the_styles_dress_pictures_and_containers_that_there_are() -> None:
    python = "".join(
        path.read_text()
        for folder in (ROOT / "emergence" / "ui", ROOT / "pages")
        for path in folder.rglob("*.py")
    )
    markup = "".join(path.read_text() for path in OWN)
    tiles = re.search(r"NAMES = \[(.*?)\]", markup)
    assert tiles
    assert tuple(re.findall(r'"(\w+)"', tiles[1])) == PICTURES
    assert set(PICTURES) == words("Name")
    for path in STYLES:
        text = path.read_text()
        assert set(re.findall(r'data-figure="(\w+)"', text)) <= words("Name")
        for key in re.findall(r"st-key-(\w+)", text):
            part, _, rest = key.partition("_")
            whole = re.search(rf'key=f?"{key}', python)
            parts = re.search(rf'key=f"{part}_\{{', python) and f'"{rest}"' in python
            assert whole or parts, f"{path.name} dresses {key}"
        for own in set(re.findall(r"\.(lab[\w-]*)", text)) - {"lab"}:
            assert own in markup, f"{path.name} dresses {own}"


def test_neurons_in_the_strip_are_coloured_by_the_direction_they_serve() -> None:
    result = simulate(EXPERIMENT)
    plan = make_plan(EXPERIMENT)
    traces = lab_figures(plan, result.record)["matching"].data
    strip = next(trace for trace in traces if trace.meta["role"] == "neurons")
    owner = result.record.get("owner")[-1].astype(int)
    assert len(set(owner)) > 2
    for k, colour, (name, served) in zip(
        strip.meta["order"], strip.marker.color, strip.customdata, strict=True
    ):
        assert int(name) == k
        assert colour == (style.colour(owner[k]) if owner[k] >= 0 else style.UNUSED)
        assert served == (owner[k] + 1 if owner[k] >= 0 else NO_DIRECTION)


def test_what_speaks_of_lecture_mode_says_the_address_s_names() -> None:
    """The Live Lab is sent them; what a phone or a desk asks for has no lab to ask."""
    for name in ("sees.js", "wishes.js"):
        text = next(path for path in OWN if path.name == name).read_text()
        assert re.findall(r'page \? "(\w+)" : "(\w+)"', text.replace("(page)", "page")) == [
            (LESSON, LAB)
        ], name
    for name in ("stage.js", "help.js", "following.js", "here.js"):
        text = next(path for path in OWN if path.name == name).read_text()
        assert f'get("{LAB}")' not in text, name
        assert f'"{PICTURE}"' not in text, name
