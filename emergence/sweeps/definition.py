"""What a sweep runs: a grid or a list over any fields of Experiment, times seeds."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from emergence.experiment import Experiment, ExperimentError
from emergence.parameters import ETA, PARAMETERS, quote
from emergence.sweeps.analyses import ANALYSES, Estimate, Expected
from emergence.sweeps.outcome import Outcome

MOST_POINTS = 20_000
MOST_BYTES = 1_000_000
FIELDS = ("analysis", "base", "grid", "list", "seeds")
AXES = (*(name for name in PARAMETERS if name != "seed"), ETA.name)


class SweepError(ValueError):
    """A sweep that cannot be run; the message is one line and begins with the field's name."""


@dataclass(frozen=True)
class Sweep:
    """A set of experiments and the analysis their outcomes are for.

    Attributes
    ----------
    analysis : a name of `ANALYSES`
    points : the experiments, without repetition
    swept : the fields given by grid and list, in their order
    text : the definition as JSON, `from_json` of which gives the equal sweep
    """

    analysis: str
    points: tuple[Experiment, ...]
    swept: tuple[str, ...]
    text: str

    @classmethod
    def from_json(cls, text: str) -> Sweep:
        """Read a definition. Raises SweepError, naming the field, for what it cannot be."""
        try:
            given = json.loads(text, object_pairs_hook=_once)
        except SweepError:
            raise
        except (ValueError, RecursionError) as error:
            raise SweepError(f"file: not JSON: {error}") from None
        if not isinstance(given, dict):
            raise SweepError("file: a sweep is a JSON object with the fields " + ", ".join(FIELDS))
        return cls.of(given)

    @classmethod
    def from_file(cls, path: Path) -> Sweep:
        """Read a definition from a file. Raises SweepError."""
        try:
            with path.open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
            if len(raw) > MOST_BYTES:
                raise SweepError(f"file: {path} is larger than {MOST_BYTES:,} bytes")
            return cls.from_json(raw.decode())
        except OSError as error:
            raise SweepError(f"file: {path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise SweepError(f"file: {path} is not UTF-8 text") from None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Sweep:
        """A sweep of a definition's fields. Raises SweepError."""
        for name in given:
            if name not in FIELDS:
                names = ", ".join(FIELDS)
                raise SweepError(f"{quote(name)}: there is no such field: known are {names}")
        analysis = given.get("analysis", "time")
        if not isinstance(analysis, str) or analysis not in ANALYSES:
            names = ", ".join(ANALYSES)
            raise SweepError(f"analysis: {quote(analysis)} is not one of {names}")
        base = _assignments(given.get("base", {}), "base")
        rows = given.get("list", [{}])
        if not isinstance(rows, list) or not rows:
            raise SweepError("list: must be a list of one or more objects of experiment fields")
        listed = [_assignments(row, f"list[{i}]") for i, row in enumerate(rows)]
        grid = _axes(given["grid"]) if "grid" in given else {}
        seeds = _seeds(given.get("seeds", 1))
        for name in grid:
            if name in base:
                raise SweepError(f"grid.{name}: is in base as well: give it once")
            if any(name in row for row in listed):
                raise SweepError(f"grid.{name}: is in list as well: give it once")
        count = len(seeds) * len(listed)
        for values in grid.values():
            count *= len(values)
        if count > MOST_POINTS:
            raise SweepError(
                f"grid: {count:,} points (with seeds) are more than the {MOST_POINTS:,} allowed"
            )
        points: dict[Experiment, None] = {}
        # All values with the first seed, then with the next: an early picture is of them all.
        for seed in seeds:
            for i, row in enumerate(listed):
                for corner in itertools.product(*grid.values()):
                    chosen = base | row | dict(zip(grid, corner, strict=True)) | {"seed": seed}
                    points[_experiment(chosen, base, row, i)] = None
        canonical = {
            name: value for name, value in (
                ("analysis", analysis), ("base", base), ("grid", grid), ("list", listed),
                ("seeds", seeds),
            ) if name in given or name in ("analysis", "base", "seeds")
        }  # fmt: skip
        swept = dict.fromkeys(itertools.chain(*listed, grid))
        return cls(analysis, tuple(points), tuple(swept), json.dumps(canonical, indent=1))

    @cached_property
    def key(self) -> str:
        """The definition whatever the order of its fields."""
        return json.dumps(json.loads(self.text), sort_keys=True)

    def estimates(self, outcomes: Iterable[Outcome]) -> list[Estimate]:
        """The exponents that the outcomes so far are enough for."""
        return ANALYSES[self.analysis].estimates(outcomes, self.swept)

    def singles(self, outcomes: Iterable[Outcome]) -> list[Estimate]:
        """The exponents of each seed alone."""
        return ANALYSES[self.analysis].singles(outcomes, self.swept)

    @cached_property
    def expected(self) -> list[Expected]:
        """Theory's exponents, one for each that the sweep measures."""
        return ANALYSES[self.analysis].expected(self.points, self.swept)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a name given twice is refused, where Python would keep the last."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise SweepError(f"{quote(name)}: is given twice")
        found[name] = value
    return found


def _assignments(given: object, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise SweepError(f"{place}: must be an object of experiment fields")
    for name in given:
        if name not in AXES:
            raise SweepError(f"{place}.{quote(name)}: {_unknown(name)}")
    return given


def _unknown(name: str) -> str:
    if name == "seed":
        return "seeds are given by the field seeds"
    return f"there is no such field: known are {', '.join(AXES)}"


def _axes(given: object) -> dict[str, list[Any]]:
    if not isinstance(given, dict) or not given:
        raise SweepError("grid: must be an object of one field or more, each with a list of values")
    for name, values in given.items():
        if name not in AXES:
            raise SweepError(f"grid.{quote(name)}: {_unknown(name)}")
        if not isinstance(values, list):
            raise SweepError(f"grid.{name}: must be a list of values, not {quote(values)}")
        if not values:
            raise SweepError(f"grid.{name}: is empty: give one value or more")
        if len(values) > MOST_POINTS:
            raise SweepError(f"grid.{name}: more than the {MOST_POINTS:,} values allowed")
    return given


def _seeds(given: object) -> list[int]:
    if isinstance(given, int) and not isinstance(given, bool):
        if not 1 <= given <= MOST_POINTS:
            raise SweepError(f"seeds: {given} is out of range: a whole number 1 to {MOST_POINTS:,}")
        return list(range(1, given + 1))
    if not isinstance(given, list) or not given:
        raise SweepError("seeds: must be how many, or a list of one seed or more")
    try:
        return [int(PARAMETERS["seed"].parse(seed)) for seed in given]  # type: ignore[arg-type]
    except ValueError as error:
        raise SweepError(f"seeds: {error}") from None


def _experiment(
    chosen: dict[str, Any], base: dict[str, Any], row: dict[str, Any], number: int
) -> Experiment:
    try:
        return Experiment.of(chosen)
    except ExperimentError as error:
        name, sentence = next(iter(error.problems.items()))
        place = f"list[{number}]" if name in row else "base" if name in base else "grid"
        raise SweepError(f"{place}.{name}: {sentence}") from None
