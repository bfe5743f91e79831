"""Trainings of a small network on multitask sparse parity, and what is measured of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import zeta

from emergence.arrays import Array
from emergence.engines.sparse_parity import ParitySettings, ParitySGD
from emergence.theory.fits import Slope, fit_power, mean_margin, mean_slope

MOMENTS = 100
FIRST = 20
"""Steps before the first moment."""
PIECE = 1000
"""Steps taken at once: some 20 ms."""
HALF = 0.5
"""The strength R_k from which on a skill counts as learned."""
HEAD = 8
"""Exponents are those of so many of the most frequent skills."""
DIVERGED = 1e3
"""A loss, 1 at the start, from which on a training has failed."""


@dataclass(frozen=True, eq=False)
class Training:
    """One network, as far as it has been trained.

    Attributes
    ----------
    steps : moments, shape (n,)
    strength, loss : R_k = E f g_k and E (f - g_k)^2 of each task, shape (n, K)
    """

    settings: ParitySettings
    steps: Array
    strength: Array
    loss: Array

    def crossing(self, level: float) -> Array:
        """Steps after which R_k was first above a level, shape (K,); infinite where it never was.

        Between two moments on a straight line over the logarithm of the steps.
        """
        found = np.full(self.settings.tasks, np.inf)
        log_steps = np.log(self.steps)
        for k, row in enumerate(self.strength.T):
            i = int(np.argmax(row > level))
            if row[i] > level:
                near = slice(max(i - 1, 0), i + 1)
                found[k] = np.exp(np.interp(level, row[near], log_steps[near]))
        return found

    @cached_property
    def emerged(self) -> Array:
        """Steps after which each skill was half learned, shape (K,)."""
        return self.crossing(HALF)

    @property
    def learned(self) -> int:
        """How many skills are."""
        return int(np.isfinite(self.emerged).sum())

    @property
    def total(self) -> Array:
        """The loss on all tasks as they are asked for, shape (n,)."""
        return np.asarray(self.loss @ self.settings.p)

    @property
    def corrected(self) -> Array:
        """The loss with all skills beyond the last task added, unlearned, shape (n,)."""
        return with_rarer(self.total, self.settings)

    @property
    def diverged(self) -> bool:
        """Whether the loss has left all bounds."""
        return not bool(np.all(self.total < DIVERGED))

    @property
    def delay(self) -> float | None:
        """Exponent of the times of the first `HEAD` skills in their rank; None if one is missing.

        The solvable model's is alpha + 1.
        """
        times = self.emerged[:HEAD]
        if len(times) < HEAD or not np.isfinite(times).all():
            return None
        fit = fit_power(np.arange(1, HEAD + 1), times)
        return fit.value if fit else None

    def as_dict(self) -> dict[str, Any]:
        """Of plain numbers, for JSON."""
        arrays = {name: getattr(self, name).tolist() for name in ("steps", "strength", "loss")}
        return {"settings": asdict(self.settings), **arrays}

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> Training:
        """The inverse of `as_dict`."""
        arrays = [np.array(given[name], dtype=float) for name in ("steps", "strength", "loss")]
        return cls(ParitySettings(**given["settings"]), *arrays)


def with_rarer(loss: Array, settings: ParitySettings) -> Array:
    """A loss with that of all skills beyond the last task, as rare as they are, shape of loss."""
    more = settings.alpha + 1
    beyond = float(zeta(more, settings.tasks + 1) / zeta(more))
    return np.asarray((1 - beyond) * loss + beyond)


@dataclass(frozen=True)
class Seeds:
    """Several trainings that differ in their seed alone.

    Attributes
    ----------
    learned : skills that each has learned
    diverged : how many have failed altogether
    delay : mean exponent of the times in rank, and Student's interval, of those that have one
    delays : how many these are
    slope : of the loss in steps, over the seeds that have not diverged; None without a window
    """

    learned: tuple[int, ...]
    diverged: int
    delay: Slope | None
    delays: int
    slope: Slope | None


def over_seeds(trainings: Sequence[Training]) -> Seeds:
    """What finished trainings of the same length have in common."""
    sound = [each for each in trainings if not each.diverged]
    delays = np.array([each.delay for each in sound if each.delay is not None])
    delay = None
    if delays.size:
        ranks = Slope(float(delays.mean()), None, (1.0, float(HEAD)), HEAD)
        delay = ranks.within(mean_margin(delays))
    first = [float(each.emerged[0]) for each in sound if np.isfinite(each.emerged[0])]
    slope = None
    if first:
        more = sound[0].settings.alpha + 1
        begin, end = float(np.median(first)) * np.array([1.5, HEAD]) ** more
        losses = np.array([each.corrected for each in sound])
        if end <= sound[0].steps[-1]:
            slope = mean_slope(sound[0].steps, losses, (begin, end))
    learned = tuple(each.learned for each in trainings)
    return Seeds(learned, len(trainings) - len(sound), delay, len(delays), slope)


def moments(steps: int) -> list[int]:
    """When a training of so many steps is looked at."""
    return [int(t) for t in np.unique(np.round(np.geomspace(FIRST, steps, MOMENTS)))]


def train(settings: ParitySettings, steps: int) -> Iterator[tuple[float, Training | None]]:
    """The share done, and the training so far, piece after piece; one that diverges ends there."""
    network = ParitySGD(settings)
    seen: list[int] = []
    rows: list[tuple[Array, Array]] = []
    training = None
    for moment in moments(steps):
        while network.step < moment:
            network.advance(min(PIECE, moment - network.step))
            if network.step < moment:
                yield network.step / steps, training
        seen.append(moment)
        rows.append(network.measure())
        strength, loss = (np.array(each) for each in zip(*rows, strict=True))
        training = Training(settings, np.array(seen, dtype=float), strength, loss)
        yield (1.0 if training.diverged else moment / steps), training
        if training.diverged:
            return


def trained(
    settings: ParitySettings, steps: int, tell: Callable[[float], None] | None = None
) -> Training:
    """A training to its end; `tell` hears the share done."""
    last = None
    for share, last in train(settings, steps):  # noqa: B007 (the last one is what is wanted)
        if tell:
            tell(share)
    assert last is not None, "there is a last moment"
    return last
