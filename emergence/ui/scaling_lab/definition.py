"""The Scaling Lab's controls: a sweep's definition."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import streamlit as st

from emergence.experiment import Experiment
from emergence.parameters import ETA, PARAMETERS, Integer, mixture_text, quote
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.definition import MOST_BYTES, MOST_POINTS, Sweep, SweepError

EXAMPLES = resources.files("emergence.sweeps") / "examples"
FIELDS = {
    each.name: each
    for each in (*PARAMETERS.values(), ETA)
    if each.name not in ("seed", "mixture")  # given as a number; has commas itself
}
DEFAULT = Experiment()
LONGEST_ADDRESS = 4_000
"""Characters of a definition that still go into the page's address."""
KEPT = "sweep_recorded"
"""The last definition of each analysis; lessons forget keys that do not end so."""
START = "sweep_begun"
"""The definition that an analysis's fields were made from."""
REFUSAL = "sweep_refusal"


def example(analysis: str) -> dict[str, Any]:
    """The definition that an analysis starts from."""
    return dict(json.loads((EXAMPLES / f"{analysis}.json").read_bytes()))


def choose() -> Sweep | SweepError:
    """The controls of a sweep's definition, and what they make: a sweep or what is wrong."""
    kept = st.session_state.setdefault(KEPT, {})
    if "analysis" not in st.session_state:
        _arrive()
    analysis = st.selectbox(
        "What to measure", list(ANALYSES), format_func=lambda name: ANALYSES[name].title,
        key="analysis",
    )  # fmt: skip
    kind = ANALYSES[analysis]
    st.markdown(f"Theory: ${kind.law}$. To measure it takes {kind.needs}.")
    given = _edited(analysis)
    sweep: Sweep | SweepError
    try:
        sweep = Sweep.of(given)
    except SweepError as error:
        sweep = error
    else:
        kept.pop(analysis, None)  # the last one goes to the end
        kept[analysis] = given
        _tell_address(given)
    if REFUSAL in st.session_state:
        st.error(st.session_state[REFUSAL])
    with st.expander("Definition as JSON", icon=":material/data_object:"):
        if isinstance(sweep, Sweep):
            st.code(sweep.text, language="json", height=240)
        st.text_area("Paste another", key="sweep_text", max_chars=MOST_BYTES)
        st.button("Use it", on_click=lambda: _use(st.session_state["sweep_text"]))
    return sweep


def _arrive() -> None:
    """Begin with the sweep of the address, else with the last one of this session."""
    address = st.query_params.to_dict()
    kept = list(st.session_state[KEPT])
    analysis = address.get("analysis", kept[-1] if kept else next(iter(ANALYSES)))
    titles = {each.title: name for name, each in ANALYSES.items()}
    analysis = titles.get(analysis, analysis)
    if analysis in ANALYSES:
        st.session_state["analysis"] = analysis
    else:
        known = ", ".join(ANALYSES)
        st.session_state[REFUSAL] = f"analysis: {quote(analysis)} is not one of {known}"
    if "sweep" in address:
        _use(address["sweep"])


def _tell_address(given: Mapping[str, Any]) -> None:
    """Make the address one that opens this sweep, where it is not too long."""
    analysis, text = given["analysis"], json.dumps(given, separators=(",", ":"))
    short = given == example(analysis) or len(text) > LONGEST_ADDRESS
    query = {"analysis": analysis} if short else {"sweep": text}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _use(text: str) -> None:
    """Take over a definition, or say what is wrong with it."""
    st.session_state.pop(REFUSAL, None)
    try:
        sweep = Sweep.from_json(text)
    except SweepError as error:
        st.session_state[REFUSAL] = str(error)
        st.session_state["sweep_text"] = text  # to be mended
        return
    st.session_state[KEPT][sweep.analysis] = json.loads(text) | {"analysis": sweep.analysis}
    st.session_state["analysis"] = sweep.analysis
    # New fields: those the browser has already shown would keep, and send back, their old values.
    st.session_state["sweep_pastes"] = st.session_state.get("sweep_pastes", 0) + 1


def _edited(analysis: str) -> dict[str, Any]:
    """The definition that the fields say: one value is fixed, several are an axis."""
    pastes = st.session_state.get("sweep_pastes", 0)
    prefix = f"sweep_{analysis}_{pastes}" if pastes else f"sweep_{analysis}"
    starts = st.session_state.setdefault(START, {})
    if f"{prefix}_fields" not in st.session_state:  # they are shown anew
        starts[analysis] = st.session_state[KEPT].get(analysis) or example(analysis)
    start = starts[analysis]
    given = {name: [value] for name, value in start.get("base", {}).items()}
    given |= start.get("grid", {})
    points = _points(start.get("list", []), f"{prefix}_list")
    listed = set().union(*start.get("list", []))
    free = [name for name in FIELDS if name not in listed]
    shown = st.multiselect(
        "Fields", free, [name for name in free if name in given],
        format_func=lambda name: f"{FIELDS[name].symbol} · {FIELDS[name].label}",
        key=f"{prefix}_fields",
        help="What the sweep sets; the other parameters have their defaults.",
    )  # fmt: skip
    kept = {name: values for name, values in given.items() if name not in free}
    seeds = start.get("seeds", 1)
    count = seeds if isinstance(seeds, int) else len(seeds)
    with st.container(key="sweep_fields"):
        # A row at a time, so that a phone shows them in this order too.
        rows = [st.columns(2) for _ in range(len(shown) // 2 + 1)]
        places = [place for row in rows for place in row]
        for name, place in zip(shown, places, strict=False):
            before = given.get(name, [getattr(DEFAULT, name)])
            text = place.text_input(
                f"{FIELDS[name].symbol} · {FIELDS[name].label}",
                ", ".join(f"{value}" for value in before), key=f"{prefix}_{name}",
                help=f"One value, or several with commas: {FIELDS[name].allowed}.",
            )  # fmt: skip
            kept[name] = [_value(part) for part in text.split(",") if part.strip()]
        asked = places[len(shown)].number_input(
            "seeds", 1, MOST_POINTS, count, key=f"{prefix}_seeds",
            help="Runs of every point; intervals come from resampling them.",
        )  # fmt: skip
    rest = {"list": points} if "list" in start else {}
    grid = {name: values for name, values in kept.items() if len(values) != 1}
    return (
        {
            "analysis": analysis,
            "base": {name: values[0] for name, values in kept.items() if len(values) == 1},
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
    edited = st.data_editor(
        given, num_rows="dynamic", height=213, key=key, hide_index=True,
        column_config={name: _column(name) for name in names},
    )  # fmt: skip
    filled = [{name: _cell(name, row[name]) for name in names if not _empty(row[name])}
              for row in edited]  # fmt: skip
    return [row for row in filled if row]


def _column(name: str) -> Any:
    if name not in FIELDS or isinstance(FIELDS[name].default, str):
        return st.column_config.Column(name)
    return st.column_config.NumberColumn(FIELDS[name].symbol, format="%.8g")


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
