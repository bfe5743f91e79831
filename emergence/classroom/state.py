"""Where a lecture is: what its followers' browsers show as well."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from dataclasses import fields as dataclass_fields
from typing import Any
from urllib.parse import quote_plus, unquote_plus

LONGEST_QUERY = 4_000
MOST_STEPS = 1e300
MOST_NEURONS = 10_000_000
MOST_HIDDEN = 20
PICTURE = re.compile(r"[a-z]{1,20}")
CURVE = re.compile(r"[\w .-]{1,40}")


@dataclass(frozen=True)
class Playback:
    """Of the Live Lab: the step, whether it plays or hurries to the end, the speed slider's share.

    run : the experiment's query
    step : at the moment at which the state was sent
    """

    run: str
    step: float
    playing: bool
    rushing: bool
    share: float


@dataclass(frozen=True)
class Highlight:
    """What is pointed at: a direction p, a neuron k, or both."""

    p: int | None
    k: int | None


@dataclass(frozen=True)
class Act:
    """Of the opening: which act is on, its experiment's query, how far it has come.

    share : of the act's time, at the moment at which the state was sent
    pace : by which the share grows in a second
    """

    number: int
    run: str
    share: float
    pace: float


@dataclass(frozen=True)
class State:
    """A page with its query, which says controls, view and reveals; and of the Live Lab the rest.

    page : its address below the server's, without slashes; "" for the Live Lab
    query : without the question mark
    picture : which one is large
    act : of the opening while it plays, in place of a playback
    hidden : curves of theory that are switched off
    pinned : the query of the run under the present one
    """

    page: str = ""
    query: str = ""
    picture: str | None = None
    playback: Playback | None = None
    highlight: Highlight | None = None
    act: Act | None = None
    hidden: tuple[str, ...] = ()
    pinned: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As `read_state` takes it."""
        return asdict(self) | {"hidden": list(self.hidden)}


def read_state(given: object, pages: Collection[str]) -> State:
    """A state that somebody sent. Raises ValueError with a sentence where it is none."""
    fields = _object(given, "the state", {each.name for each in dataclass_fields(State)})
    page, picture, pinned = fields.get("page"), fields.get("picture"), fields.get("pinned")
    if not isinstance(page, str) or page not in pages:
        raise ValueError("a class does not follow to this page")
    query = _query(fields.get("query"), "the state's query")
    if picture is not None and not (isinstance(picture, str) and PICTURE.fullmatch(picture)):
        raise ValueError("the state's picture must be the name of one")
    return State(
        page, query, picture,
        _playback(fields.get("playback")), _highlight(fields.get("highlight")),
        _act(fields.get("act")), _hidden(fields.get("hidden")),
        None if pinned is None else _query(pinned, "the pinned run"),
    )  # fmt: skip


def says(query: str, name: str) -> bool:
    """Whether a query has a name."""
    return any(unquote_plus(part.partition("=")[0]) == name for part in query.split("&"))


def with_value(query: str, name: str, value: str | None) -> str:
    """A query in which a name has this value, or, for None, is not there; the rest as it was."""
    parts = [
        part for part in query.split("&")
        if part and unquote_plus(part.partition("=")[0]) != name
    ]  # fmt: skip
    if value is not None:
        parts.append(f"{name}={quote_plus(value)}")
    return "&".join(parts)


def _playback(given: object) -> Playback | None:
    if given is None:
        return None
    fields = _object(given, "playback", {"run", "step", "playing", "rushing", "share"})
    playing, rushing = fields.get("playing"), fields.get("rushing")
    if not isinstance(playing, bool) or not isinstance(rushing, bool):
        raise ValueError("playing and rushing must be true or false")
    step = _number(fields.get("step"), "the step", MOST_STEPS)
    run, share = _query(fields.get("run"), "the run"), _number(fields.get("share"), "the speed", 1)
    return Playback(run, step, playing, rushing, share)


def _act(given: object) -> Act | None:
    if given is None:
        return None
    fields = _object(given, "the act", {"number", "run", "share", "pace"})
    number, run = (
        _index(fields.get("number"), "the act's number"),
        _query(fields.get("run"), "the run"),
    )
    if number is None:
        raise ValueError("the act's number must be a whole number")
    share, pace = (
        _number(fields.get("share"), "the share", 1),
        _number(fields.get("pace"), "the pace", 1),
    )
    return Act(number, run, share, pace)


def _hidden(given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or len(given) > MOST_HIDDEN:
        raise ValueError(f"hidden must be a list of at most {MOST_HIDDEN} curves")
    if not all(isinstance(each, str) and CURVE.fullmatch(each) for each in given):
        raise ValueError("hidden must have the names of curves")
    return tuple(given)


def _highlight(given: object) -> Highlight | None:
    if given is None:
        return None
    fields = _object(given, "highlight", {"p", "k"})
    return Highlight(_index(fields.get("p"), "p"), _index(fields.get("k"), "k"))


def _query(given: object, name: str) -> str:
    if not isinstance(given, str) or len(given) > LONGEST_QUERY or not given.isprintable():
        raise ValueError(f"{name} must be one line of at most {LONGEST_QUERY:,} characters")
    return given


def _object(given: object, name: str, keys: set[str]) -> dict[str, object]:
    if not isinstance(given, dict) or not set(given) <= keys:
        raise ValueError(f"{name} must be an object with {', '.join(sorted(keys))}")
    return given


def _number(given: object, name: str, most: float) -> float:
    right = isinstance(given, int | float) and not isinstance(given, bool)
    if not right or not math.isfinite(given) or not 0 <= given <= most:  # type: ignore[arg-type, operator]
        raise ValueError(f"{name} must be a number from 0 to {most:g}")
    return float(given)  # type: ignore[arg-type]


def _index(given: object, name: str) -> int | None:
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given < MOST_NEURONS:
        raise ValueError(f"{name} must be a whole number from 0 to {MOST_NEURONS - 1:,}, or null")
    return given
