"""Whether a reader can tell what each line and mark of a picture is."""

from __future__ import annotations

import re
from typing import Any

UNUSED = "#8A8F98"
GRID = "rgba(128,128,128,0.22)"
"""Lines of this colour belong to the axes."""


def unnamed(figure: dict[str, Any]) -> list[str]:
    """What is drawn in a look of its own and named nowhere, of Plotly's data and layout.

    Named is what has a legend entry, or looks like what has one (a mark of the symbol of one entry
    and the colour of another; a line in a direction's colour like a grey entry's); what is written
    beside (a note in its colour, its own text, or the number in its name at a line's end); and what
    a title says: the figure's or that of its own axis.
    """
    layout = figure["layout"]
    shown = bool(layout.get("showlegend"))
    entries = [t for t in figure["data"] if shown and t.get("showlegend", True) and t.get("name")]
    looks = {look for trace in entries for look in _looks(trace)}
    groups = {trace.get("legendgroup") for trace in entries} - {None}
    colours = set().union(*(_inks(trace) for trace in entries))
    symbols = {symbol for kind, _, symbol in looks if kind == "mark"} | {"circle"}
    ends = {number for trace in figure["data"] if trace.get("mode") == "text"
            for text in trace["text"] for number in re.findall(r"\d+", text)}  # fmt: skip
    ends |= {number for trace in figure["data"]
             for number in re.findall(r"\d+", _end(trace))}  # fmt: skip
    notes = layout.get("annotations", [])
    inks = {str(note.get("font", {}).get("color")) for note in notes}
    said = _words(" ".join([layout["title"]["text"], *(note["text"] for note in notes)]))
    missing = []
    for trace in figure["data"]:
        if trace in entries or not _seen(trace) or trace.get("legendgroup") in groups:
            continue
        own = {look for look in _looks(trace) if look[1] != GRID}
        axis = layout.get("yaxis" + trace.get("yaxis", "y")[1:], {})
        title = _words(axis.get("title", {}).get("text", ""))
        name = _words(f"{trace.get('name', '')} {trace.get('hovertemplate', '')}")
        written = "text" in trace.get("mode", "") or bool(trace.get("text") or _end(trace))
        number = re.findall(r"\d+$", trace.get("name") or "")
        alike = own <= looks or all(
            kind == "mark" and ink in colours and symbol in symbols for kind, ink, symbol in own
        )
        written = written or _inks(trace) <= inks or bool(ends & set(number))
        beyond = bool(number and ends) and int(number[0]) >= max(map(int, ends))
        if not (alike or written or beyond or name & (said | title)):
            missing.append(f"{trace.get('name') or trace.get('hovertemplate')}: {sorted(own)}")
    for shape in layout.get("shapes", []):
        line = shape.get("line", {})
        ink = line.get("color")
        if shape["type"] != "line" or not line.get("width") or ink == GRID or ink in inks:
            continue
        drawn_so = {("line", each, line.get("dash", "solid")) for each in (ink, UNUSED)}
        if not (drawn_so & looks or _beside(shape, notes)):
            missing.append(f"a line: {ink}, {line.get('dash', 'solid')}")
    return missing


def _end(trace: dict[str, Any]) -> str:
    """What stands at the end of a line."""
    return str((trace.get("meta") or {}).get("end", ""))


def _seen(trace: dict[str, Any]) -> bool:
    empty = len(trace.get("x") or ()) == 0 and trace["type"] == "scatter"
    edge = trace.get("line", {}).get("width") == 0  # of a band
    return not (empty or edge or trace.get("visible") is False)


def _inks(trace: dict[str, Any]) -> set[str]:
    inks: set[str] = set()
    for part in ("line", "marker"):
        ink = trace.get(part, {}).get("color")
        inks |= set(map(str, ink)) if isinstance(ink, list) else {str(ink)} if ink else set()
    return inks


def _looks(trace: dict[str, Any]) -> set[tuple[str, str, str]]:
    """(kind, colour, dash or symbol) of a trace's lines and marks."""
    if trace["type"] != "scatter":
        return {(trace["type"], ink, "") for ink in _inks(trace)}
    looks: set[tuple[str, str, str]] = set()
    mode = trace.get("mode", "lines")
    if "lines" in mode:
        line = trace.get("line", {})
        looks.add(("line", str(line.get("color")), line.get("dash", "solid")))
    elif "markers" in mode:
        marker = trace.get("marker", {})
        looks |= {("mark", ink, str(marker.get("symbol", "circle"))) for ink in _inks(trace)}
    return looks


def _beside(shape: dict[str, Any], notes: list[dict[str, Any]]) -> bool:
    """Whether a note stands where the line is."""
    return any(
        note.get(f"{axis}ref") == shape.get(f"{axis}ref") and shape[f"{axis}0"] == shape[f"{axis}1"]
        and note.get(axis) is not None
        for note in notes for axis in ("x", "y")
    )  # fmt: skip


def _words(text: str) -> set[str]:
    plain = re.sub(r"%\{[^}]*\}|<[^>]*>|&\w+;", " ", text).lower()
    return set(re.findall(r"[^\W\d_]{4,}|[^\W\d_][ₖₚ]", plain)) - {"with", "when", "over", "first"}
