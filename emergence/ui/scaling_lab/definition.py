"""The Scaling Lab's controls: a sweep's definition."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import resources
from typing import Any

import streamlit as st

from emergence.experiment import Experiment
from emergence.parameters import ETA, PARAMETERS, Integer, mixture_text, quote
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.definition import MOST_BYTES, MOST_POINTS, Sweep, SweepError
from emergence.ui.address import Visit, arrive, current, widget
from emergence.ui.browser import style
from emergence.ui.formatting import plain
from emergence.ui.scaling_lab.careful import offer_careful
from emergence.words import plural

FIRST = "first_look"
"""The small sweep that the page begins with."""
FULL = "frontier_full"
"""The frontier at the size of the paper's figure, too long for a visit."""
TITLES = (
    {FIRST: "First look: the exponent in time"}
    | {name: each.title for name, each in ANALYSES.items()}
    | {FULL: "Compute frontier, at the paper's size"}
)
"""What can be measured, by the name of its example."""
EXAMPLES = resources.files("emergence.sweeps") / "examples"
FIELDS = {
    each.name: each
    for each in (*PARAMETERS.values(), ETA)
    if each.name not in ("seed", "mixture")  # given as a number; has commas itself
}
DEFAULT = Experiment()
LONGEST_ADDRESS = 4_000
"""Characters of a definition that still go into the page's address."""
DEFINITIONS = "sweep_recorded"
"""In the session: the last definition of each analysis."""
ANALYSIS, STARTS, REFUSAL, REFUSED = "analysis", "starts", "refusal", "refused"
"""Of a visit: the analysis it begins with, the definitions that the fields were made from, why a
text was refused, and the text."""
TABLES = "sweep_tables"
"""In the session: how often fields were given other values; a table then has to be another."""


def example(name: str) -> dict[str, Any]:
    """The definition that an analysis, or the first look, starts from."""
    return dict(json.loads((EXAMPLES / f"{name}.json").read_bytes()))


def choose() -> tuple[Sweep | SweepError, bool]:
    """The controls of a sweep's definition; what they make, a sweep or what is wrong; whether it
    begins by itself."""
    visit = arrive("scaling_lab")
    st.html(style("scaling_lab.css"))
    definitions = st.session_state.setdefault(DEFINITIONS, {})
    if ANALYSIS not in visit.memory:
        _follow(visit)
    names = list(TITLES)
    name = widget(
        "analysis", visit.memory[ANALYSIS], FIRST,
        lambda first: st.selectbox(
            "What to measure", names, names.index(first), key="analysis",
            format_func=lambda name: TITLES[name],
        ),
    )  # fmt: skip
    given = _first_look() if name == FIRST else _edited(name)
    sweep: Sweep | SweepError
    try:
        sweep = Sweep.of(given)
    except SweepError as error:
        sweep = error
    else:
        definitions.pop(name, None)  # the last one goes to the end
        definitions[name] = given
        _tell_address(name, given)
    if REFUSAL in visit.memory:
        st.error(plain(visit.memory[REFUSAL]))
    return sweep, name == FIRST


def offer_others(sweep: Sweep | SweepError, first: bool) -> None:
    """The ways to other sweeps: from the first look to the careful ones, and by a definition."""
    if first:
        definitions = st.session_state[DEFINITIONS]
        offered = {name: Sweep.of(definitions.get(name) or example(name)) for name in ANALYSES}
        offer_careful({name: (TITLES[name], each) for name, each in offered.items()}, _go)
    with st.expander("Definition as JSON", icon=":material/data_object:"):
        if isinstance(sweep, Sweep):
            st.code(sweep.text, language="json", height=240)
        pasted = widget(
            "sweep_text", current().memory.pop(REFUSED, ""), "",
            lambda first: st.text_area("Paste another", first, key="sweep_text",
                                       max_chars=MOST_BYTES),
        )  # fmt: skip
        if st.button("Use it", key="sweep_use"):
            _use(pasted)
            st.rerun()


def refused() -> bool:
    """Whether the address, or a pasted text, asked for a sweep that cannot be."""
    return REFUSAL in current().memory


def _first_look() -> dict[str, Any]:
    """What the page begins with: its definition, and what it says, in words."""
    given = example(FIRST)
    kind, points = ANALYSES[given["analysis"]], Sweep.of(given).points
    e = points[0]
    st.markdown(
        f"Theory: ${kind.law}$. {plural(len(points), 'network')} of {plural(e.m, 'neuron')} learn "
        f"{plural(e.P, 'direction')}, {plural(given['seeds'], 'random start')} for each β. That "
        "takes seconds; so the intervals are wide."
    )
    return given


def _go(name: str) -> None:
    """Show this analysis from the next run on."""
    st.session_state["analysis"] = name


def _follow(visit: Visit) -> None:
    """Begin with the sweep of the address; a link without one leads to the session's last."""
    definitions = st.session_state[DEFINITIONS]
    last = list(definitions)[-1] if definitions and visit.linked else FIRST
    analysis = visit.said.get("analysis", last)
    titles = {title: name for name, title in TITLES.items()}
    analysis = titles.get(analysis, analysis)
    visit.memory[ANALYSIS] = analysis if analysis in TITLES else FIRST
    if analysis not in TITLES:
        offered = ", ".join(TITLES)
        visit.memory[REFUSAL] = f"analysis: {quote(analysis)} is not one of {offered}"
    elif "analysis" in visit.said:
        definitions.pop(analysis, None)  # the address means the example, not what was made of it
    if "sweep" in visit.said:
        _use(visit.said["sweep"])


def _tell_address(name: str, given: Mapping[str, Any]) -> None:
    """Make the address one that opens this sweep; where it is too long, one that opens none.

    An address without a query opens the first look.
    """
    text = json.dumps(given, separators=(",", ":"))
    visit = current()
    if given == example(name):
        visit.said = {} if name == FIRST else {"analysis": name}
    elif len(text) <= LONGEST_ADDRESS:
        visit.said = {"sweep": text}
    else:
        visit.said = {}
        st.caption("This definition is too long for the page's address: pass it on as JSON.")
    visit.publish()


def _use(text: str) -> None:
    """Take over a definition, or say what is wrong with it."""
    visit = current()
    visit.memory.pop(REFUSAL, None)
    try:
        sweep = Sweep.from_json(text)
    except SweepError as error:
        visit.memory[REFUSAL] = str(error)
        visit.memory[REFUSED] = text  # to be mended
        return
    st.session_state[DEFINITIONS][sweep.analysis] = json.loads(text) | {"analysis": sweep.analysis}
    visit.memory[ANALYSIS] = sweep.analysis
    if not visit.fresh or visit.live:  # the browser may have shown other values already
        visit.forced |= {key for key in st.session_state if str(key).startswith("sweep_")}
        visit.forced.add("analysis")
        st.session_state[TABLES] = st.session_state.get(TABLES, 0) + 1
    visit.memory.pop(STARTS, None)


def _edited(name: str) -> dict[str, Any]:
    """The definition that the fields say: one value is fixed, several are an axis."""
    analysis = example(name)["analysis"]
    kind = ANALYSES[analysis]
    st.markdown(f"Theory: ${kind.law}$. To measure it takes {kind.needs}.")
    prefix = f"sweep_{name}"
    starts = current().memory.setdefault(STARTS, {})
    if name not in starts or f"{prefix}_fields" not in st.session_state:  # shown anew
        starts[name] = st.session_state[DEFINITIONS].get(name) or example(name)
    start = starts[name]
    given = {name: [value] for name, value in start.get("base", {}).items()}
    given |= start.get("grid", {})
    points = _points(start.get("list", []), f"{prefix}_list")
    listed = set().union(*start.get("list", []))
    free = [name for name in FIELDS if name not in listed]
    set_first = [name for name in free if name in given]
    shown = widget(
        f"{prefix}_fields", set_first, set_first,
        lambda first: st.multiselect(
            "Fields", free, first, key=f"{prefix}_fields",
            format_func=lambda name: f"{FIELDS[name].symbol} · {FIELDS[name].label}",
            help="What the sweep sets; the other parameters have their defaults.",
        ),
    )  # fmt: skip
    chosen = {name: values for name, values in given.items() if name not in free}
    seeds = start.get("seeds", 1)
    count = seeds if isinstance(seeds, int) else len(seeds)
    with st.container(key="sweep_fields"):
        # A row at a time, so that a phone shows them in this order too.
        rows = [st.columns(2) for _ in range(len(shown) // 2 + 1)]
        places = [place for row in rows for place in row]
        for name, place in zip(shown, places, strict=False):
            before = ", ".join(f"{value}" for value in given.get(name, [getattr(DEFAULT, name)]))
            draw = partial(
                place.text_input, f"{FIELDS[name].symbol} · {FIELDS[name].label}",
                key=f"{prefix}_{name}",
                help=f"One value, or several with commas: {FIELDS[name].allowed}.",
            )  # fmt: skip
            text = widget(f"{prefix}_{name}", before, before, draw)
            chosen[name] = [_value(part) for part in text.split(",") if part.strip()]
        draw_seeds = partial(
            places[len(shown)].number_input, "seeds", 1, MOST_POINTS, key=f"{prefix}_seeds",
            help="Runs of every point; intervals come from resampling them.",
        )  # fmt: skip
        asked = widget(f"{prefix}_seeds", count, count, draw_seeds)
    rest = {"list": points} if "list" in start else {}
    grid = {name: values for name, values in chosen.items() if len(values) != 1}
    return (
        {
            "analysis": analysis,
            "base": {name: values[0] for name, values in chosen.items() if len(values) == 1},
            "seeds": seeds if asked == count else asked,
        }
        | rest
        | ({"grid": grid} if grid else {})
    )


def _points(listed: Sequence[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    """The points of a list, to be edited; where nothing stands the field has its default."""
    if not listed:
        return []
    names = list(dict.fromkeys(itertools.chain(*listed)))
    given = [{name: _editable(row.get(name)) for name in names} for row in listed]
    st.caption("Points, a line each; every one with all the fields below.")
    # What is edited is kept as the difference to what was given: with other points, another table.
    state = (st.session_state.get(TABLES, 0), given)
    edited = st.data_editor(
        given, num_rows="dynamic", height=213, hide_index=True,
        key=f"{key}_{hashlib.sha256(repr(state).encode()).hexdigest()[:12]}",
        column_config={name: _column(name) for name in names},
    )  # fmt: skip
    filled = [{name: _cell(name, row[name]) for name in names if not _empty(row[name])}
              for row in edited]  # fmt: skip
    return [row for row in filled if row]


def _column(name: str) -> Any:
    if name not in FIELDS or isinstance(FIELDS[name].default, str):
        return st.column_config.Column(name)
    return st.column_config.NumberColumn(FIELDS[name].symbol, format="plain")


def _editable(value: Any) -> Any:
    """A value for a cell: a mixture's pairs as their text."""
    return mixture_text(value) if isinstance(value, list | dict) else value


def _empty(cell: object) -> bool:
    return cell in (None, "") or (isinstance(cell, float) and math.isnan(cell))


def _cell(name: str, cell: Any) -> Any:
    """A cell's value; a column with empty cells has its whole numbers as 3.0."""
    whole = isinstance(FIELDS.get(name), Integer)
    return int(cell) if whole and isinstance(cell, float) and cell.is_integer() else cell


def _value(text: str) -> object:
    """The number a text is, or the text."""
    try:
        number = float(text)
    except ValueError:
        return text.strip()
    return int(number) if number.is_integer() and "e" not in text and "." not in text else number
