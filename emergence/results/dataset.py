"""A result as a table of pandas or a data set of xarray, asked for when it is needed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

import emergence
from emergence.results import tables
from emergence.runs.record import other_losses
from emergence.runs.result import Result

if TYPE_CHECKING:
    import pandas
    import xarray


def to_pandas(result: Result, table: str) -> pandas.DataFrame:
    """One of `tables.TABLES`. Raises ImportError with what to install."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError(missing("pandas")) from None
    frame = pd.DataFrame(dict(tables.table(result, table)))
    frame.attrs |= tables.about(result)
    return frame


def to_xarray(result: Result) -> xarray.Dataset:
    """All that was kept. Raises ImportError with what to install.

    Of more than 512 neurons or 64 directions only some overlaps u are kept: they then have
    dimensions of their own, `kept_neuron` and `kept_direction`.
    """
    try:
        import xarray as xr
    except ImportError:
        raise ImportError(missing("xarray")) from None
    record, plan = result.record, result.record.plan
    e, u = plan.experiment, record.get("u")
    neurons, directions = plan.neurons, plan.directions
    order = np.argsort(neurons)
    whole = len(neurons) == e.m and len(directions) == e.P
    over = ("neuron", "direction") if whole else ("kept_neuron", "kept_direction")
    coordinates: dict[str, Any] = {
        "step": result.steps,
        "tau": ("step", result.tau),
        "neuron": np.arange(e.m),
        "direction": np.arange(1, e.P + 1),
    }
    if not whole:
        coordinates |= {over[0]: neurons[order], over[1]: directions + 1}
    values: dict[str, Any]
    values = {name: ("step", getattr(result, name))
              for name in ("mse", "mse_staircase", "mse_decoupled")}  # fmt: skip
    values |= {name: ("direction", getattr(result, name)) for name in ("T", "crossing", "iota")}
    values |= {
        "strength": ("direction", plan.a),
        "start": (("neuron", "direction"), plan.overlaps),
        "local_slope": ("step", record.get("slope")),
        "u": (("step", *over), u[:, order]),
        "squared_norm": (("step", "neuron"), record.get("n2")),
        "serves": (("step", "neuron"), _named(record.get("owner"))),
        "winner": (("step", "direction"), record.get("winner").astype(int)),
    }
    values |= {name: (("step", "direction"), record.get(name)) for name in ("capture", "peak")}
    values |= {f"loss_{name}": ("step", record.get(name)) for name in other_losses(e)}
    said = {name: each if isinstance(each, str) else json.dumps(each)
            for name, each in tables.about(result).items()}  # fmt: skip
    return xr.Dataset(values, coordinates, {"version": emergence.__version__, **said})


def _named(owner: Any) -> Any:
    """Directions by their number from 1, -1 for none."""
    return np.where(owner < 0, -1, owner + 1).astype(int)


def missing(library: str) -> str:
    """What to do where an optional library is not there, in a sentence."""
    return f"this needs {library}, which is not installed: pip install 'emergence-lab[{library}]'"
