"""A run as one NPZ file: arrays, and `run.json`. The layout is in RESULTS.md.

Nothing in it is a pickle, neither written nor read. What is read is held against the sizes of the
experiment before it is unpacked, so that no file, however made, takes more memory than a run.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.lib import format as npy

import emergence
from emergence.arrays import Array
from emergence.experiment import Experiment, ExperimentError
from emergence.runs.auto import Auto
from emergence.runs.cost import MOST_SNAPSHOTS, shown
from emergence.runs.plan import Plan
from emergence.runs.record import Record, shapes
from emergence.runs.result import Result
from emergence.theory.fits import Slope
from emergence.theory.teacher import link_function

FORMAT, VERSION = "emergence-lab run", 1
"""In `run.json`: which format, and which layout. A changed layout has another number."""
DESCRIPTION = "run.json"
SCALARS = (
    "engine_used", "state", "message", "unpredicted", "unused_norm_max", "slope_reason",
    "theory_slope", "seconds", "ns_per_step", "compile_seconds",
)  # fmt: skip
"""The numbers and sentences of a result, in `run.json`."""
STATES = ("finished", "diverged", "unfinished")
MOST = {"snapshots": 4 * MOST_SNAPSHOTS, "checkpoints": 1_000_000, "rows": 4 * MOST_SNAPSHOTS}
"""What no run has more of."""
MOST_JSON = 100_000
HEADER = 10_000
"""Bytes before an array's numbers, at most."""
RANGES = {
    "iota": (-1, "m"), "plan/neurons": (0, "m"), "plan/directions": (0, "P"),
    "record/winner": (0, "m"), "record/owner": (-1, "P"),
}  # fmt: skip
"""Numbers of neurons and directions: from the first one allowed to below the second."""

Shape = tuple[str | int, ...]
"""Sizes, by name where they depend on the run."""


class RunFileError(ValueError):
    """A file that is no run of ours, or is damaged: one sentence."""


def to_bytes(result: Result) -> bytes:
    """The file's bytes: the same run gives the same ones."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        archive.writestr(zipfile.ZipInfo(DESCRIPTION), described(result))
        for name, values in _arrays(result):
            member = io.BytesIO()
            npy.write_array(member, values, (1, 0), allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy"), member.getvalue(), zipfile.ZIP_DEFLATED
            )
    return packed.getvalue()


def described(result: Result) -> str:
    """The JSON in a run's file; null for a number that does not exist."""
    plain = result.as_dict()
    plan = result.record.plan
    return json.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "software": f"emergence-lab {emergence.__version__}",
            "query": result.experiment.to_query(),
            "experiment": plain["experiment"],
            "engine": plan.experiment.engine,
            "auto": asdict(plan.auto) if plan.auto else None,
            "result": {name: plain[name] for name in (*SCALARS, "slope")},
        },
        indent=1,
        allow_nan=False,
    )


def from_bytes(content: bytes, name: str = "the file") -> Result:
    """The run in a file's bytes; `name` is what a refusal calls it. Raises RunFileError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(_Archive(archive))
    except RunFileError as error:
        raise RunFileError(f"{name} {error}") from None
    except ExperimentError as error:
        raise RunFileError(f"{name} has an experiment that is refused: {error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise RunFileError(
            f"{name} is no NPZ file, or a part of one: save the run again"
        ) from None  # fmt: skip


class _Archive:
    """The members of a file, each read only as far as it may be long."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def description(self) -> dict[str, Any]:
        """What is in `run.json`."""
        if DESCRIPTION not in self._archive.namelist():
            raise RunFileError(f"is not a run of Emergence Lab: it has no {DESCRIPTION}")
        try:
            said = json.loads(self._content(DESCRIPTION, MOST_JSON))
        except (ValueError, RecursionError):
            raise RunFileError(f"is damaged: its {DESCRIPTION} is not JSON") from None
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise RunFileError(f"is not a run of Emergence Lab: its {DESCRIPTION} says otherwise")
        version = said.get("version")
        if not isinstance(version, int) or version < 1:
            raise RunFileError(f"is damaged: its {DESCRIPTION} names no version of the layout")
        if version > VERSION:
            raise RunFileError(
                f"has layout {version}, and this Emergence Lab ({emergence.__version__}) reads "
                f"up to {VERSION}: install a newer one"
            )
        return said

    def array(self, name: str, kind: str, shape: Shape, sizes: dict[str, int]) -> Any:
        """An array of a kind ("f8" …); sizes not known so far are taken from it."""
        member = f"{name}.npy"
        if member not in self._archive.namelist():
            raise RunFileError(f"is damaged: it has no array {name}")
        most = [sizes.get(each, MOST.get(each, 0)) if isinstance(each, str) else each
                for each in shape]  # fmt: skip
        wide = int(np.prod(most, dtype=float)) * np.dtype(kind).itemsize
        content = io.BytesIO(self._content(member, wide + HEADER))
        try:
            if npy.read_magic(content) != (1, 0):
                raise ValueError
            found, fortran, dtype = npy.read_array_header_1_0(content)
        except ValueError:
            raise RunFileError(f"is damaged: {name} is no array") from None
        for each, size in zip(shape, found, strict=False):
            if isinstance(each, str):
                sizes.setdefault(each, size)
        wanted = tuple(sizes[each] if isinstance(each, str) and each in sizes else each
                       for each in shape)  # fmt: skip
        if found != wanted or fortran or dtype != np.dtype(f"<{kind}"):
            raise RunFileError(
                f"does not fit together: {name} has shape {found} of {dtype}, and should have "
                f"{wanted} of {np.dtype(kind)}"
            )
        numbers = content.read()
        if len(numbers) != int(np.prod(found)) * dtype.itemsize:
            raise RunFileError(f"is damaged: {name} is not whole")
        values = np.frombuffer(numbers, dtype).reshape(found).copy()
        if name in RANGES:
            low, high = RANGES[name]
            if values.size and not (low <= values.min() and values.max() < sizes[high]):
                raise RunFileError(
                    f"does not fit together: the experiment lacks what {name} refers to"
                )
        return values

    def _content(self, member: str, most: int) -> bytes:
        if self._archive.getinfo(member).file_size > most:
            raise RunFileError(f"unpacks to more than a run has: {member} is too large")
        with self._archive.open(member) as stream:
            return stream.read(most + 1)


def _read(archive: _Archive) -> Result:
    said = archive.description()
    asked, experiment, auto, scalars = _description(said)
    few, Q = shown(experiment)
    sizes = {"m": experiment.m, "P": experiment.P, "K": few, "Q": Q}
    found = {
        name: archive.array(name, kind, shape, sizes) for name, kind, shape in _layout(experiment)
    }
    plan = Plan(
        experiment=experiment,
        link=link_function(experiment),
        auto=auto,
        iota=found["iota"],
        T1=float(found["plan/T1"]),
        end=float(found["plan/end"]),
        **{name: found[f"plan/{name}"] for name in (
            "a", "overlaps", "T", "snapshots", "checkpoints", "neurons", "directions"
        )},
    )  # fmt: skip
    return Result(
        experiment=asked,
        record=_record(plan, found, sizes["rows"]),
        **scalars,
        **{name: found[name] for name in (
            "steps", "tau", "mse", "mse_staircase", "mse_decoupled", "T", "iota", "crossing",
            "capture",
        )},
    )  # fmt: skip


def _description(
    said: dict[str, Any],
) -> tuple[Experiment, Experiment, Auto | None, dict[str, Any]]:
    """The experiment as asked and as run, what `auto` took, and the result's scalars."""
    try:
        asked = Experiment.of(said["experiment"])
        experiment = asked.replace(engine=said["engine"])
        auto = Auto(**said["auto"]) if said["auto"] else None
        scalars = {name: said["result"][name] for name in SCALARS}
        fitted = said["result"]["slope"]
        if fitted:
            low, high = fitted["window"]
            ci = tuple(map(float, fitted["ci"])) if fitted["ci"] else None
            fitted = Slope(**fitted | {"ci": ci, "window": (float(low), float(high))})
        if experiment.engine == "auto" or scalars["state"] not in STATES:
            raise ValueError
        if scalars["unused_norm_max"] is None:
            scalars["unused_norm_max"] = float("nan")
    except ExperimentError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RunFileError(f"is damaged: its {DESCRIPTION} lacks what a run has") from None
    return asked, experiment, auto, scalars | {"slope": fitted}


def _record(plan: Plan, found: dict[str, Any], rows: int) -> Record:
    if not 1 <= rows <= len(plan.snapshots):
        raise RunFileError("does not fit together: it has no rows, or more than were planned")
    record = Record(plan)
    record.count = rows
    record.tau[:rows], record.mse[:rows] = found["tau"], found["mse"]
    for name, field in record.fields.items():
        block = found[f"record/{name}"].reshape(rows, -1)
        record.rows[:rows, field["offset"] : field["offset"] + block.shape[1]] = block
    return record


def _layout(experiment: Experiment) -> Iterator[tuple[str, str, Shape]]:
    """Every array: its name, its kind, its shape."""
    yield "plan/snapshots", "f8", ("snapshots",)
    yield "plan/checkpoints", "f8", ("checkpoints",)
    for name in ("steps", "tau", "mse", "mse_staircase", "mse_decoupled"):
        yield name, "f8", ("rows",)
    for name in ("T", "crossing", "capture", "plan/a", "plan/T"):
        yield name, "f8", ("P",)
    yield "iota", "i8", ("P",)
    yield "plan/overlaps", "f8", ("m", "P")
    yield "plan/neurons", "i8", ("K",)
    yield "plan/directions", "i8", ("Q",)
    yield "plan/T1", "f8", ()
    yield "plan/end", "f8", ()
    for name, shape in shapes(experiment).items():
        yield f"record/{name}", "f4", ("rows", *shape)


def _arrays(result: Result) -> Iterator[tuple[str, Array]]:
    record = result.record
    plan = record.plan
    for name, kind, _ in _layout(plan.experiment):
        place, _, own = name.rpartition("/")
        if place == "record":
            field = record.fields[own]
            size = int(np.prod(field["shape"]))
            block = record.rows[: record.count, field["offset"] : field["offset"] + size]
            values: Any = block.reshape(record.count, *field["shape"])
        else:
            values = getattr(plan if place else result, own)
        yield name, np.ascontiguousarray(values, dtype=f"<{kind}").reshape(np.shape(values))
