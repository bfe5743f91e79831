"""The real network: several seeds, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from emergence.engines.sparse_parity import ParitySettings
from emergence.runs.sparse_parity import Seeds, Training, over_seeds, train
from emergence.serving.study import Partial

STEPS = 100_000
SEEDS = 4


@dataclass(frozen=True, eq=False)
class Trained:
    """The trainings so far.

    Attributes
    ----------
    first : that of seed 1, as far as it is
    done : those that are finished
    """

    first: Training
    done: tuple[Training, ...]

    @property
    def seeds(self) -> Seeds | None:
        """What the finished ones have in common; None while there is none."""
        return over_seeds(self.done) if self.done else None


@dataclass(frozen=True)
class Trainings:
    """`SEEDS` networks of one width."""

    alpha: float
    width: int

    def settings(self, seed: int = 1) -> ParitySettings:
        """One of them."""
        return ParitySettings(self.alpha, self.width, seed)

    def results(self) -> Iterator[Partial[Trained | None]]:
        """The first as it is trained, and then the others."""
        first: Training | None = None
        done: tuple[Training, ...] = ()
        for seed in range(1, SEEDS + 1):
            for share, training in train(self.settings(seed), STEPS):
                first = training if seed == 1 else first
                if share == 1 and training:
                    done = (*done, training)
                latest = Trained(first, done) if first else None
                yield Partial((seed - 1 + share) / SEEDS, latest)
