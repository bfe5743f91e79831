"""A run's result with all that one does with it: save, load, draw, hand to pandas or xarray."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from emergence.experiment import Experiment, ExperimentError
from emergence.figures.lab.record import PICTURES, Figure
from emergence.parameters import CORES
from emergence.results import dataset, npz
from emergence.results.pictures import pictures
from emergence.runs import ensemble
from emergence.runs import result as runs

if TYPE_CHECKING:
    import pandas
    import xarray

Kept = TypeVar("Kept")


class Result(runs.Result):
    """What a run measured, beside what was predicted: arrays as `runs.result.Result` has them.

    `save` and `emergence.load` keep it, `plot` draws it, `to_pandas` and `to_xarray` hand it on.
    """

    def save(self, path: str | PathLike[str]) -> None:
        """Write one NPZ file with a JSON in it (see RESULTS.md), under exactly this name."""
        Path(path).write_bytes(npz.to_bytes(self))

    def plot(self, picture: str = PICTURES[0]) -> Figure:
        """One of the Live Lab's pictures, at the end of the run: a Plotly figure.

        picture : "overlaps", "loss", "map", "heatmap", "norms" or "matching"
        """
        if picture not in PICTURES:
            raise ValueError(
                f"there is no picture {picture!r}: the pictures are {', '.join(PICTURES)}"
            )
        return self.pictures()[picture]

    def pictures(self) -> dict[str, Figure]:
        """All six of them, by name."""
        return pictures(self)

    def to_pandas(self, table: str = "loss") -> pandas.DataFrame:
        """A tidy table: "loss" (a row a snapshot), "directions", "neurons" or "overlaps".

        Their columns are in RESULTS.md. Needs pandas: `pip install emergence-lab[pandas]`.
        """
        return dataset.to_pandas(self, table)

    def to_xarray(self) -> xarray.Dataset:
        """All that was kept, over step, neuron and direction.

        Needs xarray: `pip install emergence-lab[xarray]`.
        """
        return dataset.to_xarray(self)


def _full(plain: runs.Result) -> Result:
    return Result(**vars(plain))


def load(path: str | PathLike[str]) -> Result:
    """The result that `Result.save` has written. Raises ValueError for anything else."""
    place = Path(path)
    return _full(npz.from_bytes(place.read_bytes(), place.name))


def simulate(experiment: Experiment, progress: Callable[[float], None] | None = None) -> Result:
    """Run an experiment to its end.

    `progress` is called with the share of the run done, about twenty times a second. A run that
    diverges is returned with its history; an experiment this machine should not run raises
    ExperimentError.
    """
    return _full(runs.simulate(experiment, progress))


def simulate_many(
    experiments: Sequence[Experiment],
    keep: Callable[[Result], Kept],
    threads: int = CORES,
    progress: Callable[[float], None] | None = None,
    stop: Event | None = None,
) -> Iterator[Kept | ExperimentError]:
    """Run many, over threads: see `runs.ensemble.simulate_many`.

    keep : what to keep of each Result, called as soon as it is there: the place to save it
    """

    def kept(plain: runs.Result) -> Kept:
        return keep(_full(plain))

    return ensemble.simulate_many(experiments, kept, threads, progress, stop, rows=True)
