"""A sweep being run: finished points from disk, the others computed, each kept as it comes."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from math import inf

from emergence.arrays import Array
from emergence.experiment import Experiment, ExperimentError
from emergence.runs.speed import duration
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.points import ExecutionError, Executor
from emergence.sweeps.remaining import Costs, makespan
from emergence.sweeps.store import Store
from emergence.words import plural

log = logging.getLogger(__name__)


class SweepState(StrEnum):
    """Where a sweep stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


class SweepRun:
    """One run of a sweep. What it publishes is replaced, never edited; read it from any thread.

    Parameters
    ----------
    most : seconds of computing, over all cores, after which it ends, whatever was expected

    Attributes
    ----------
    outcomes : computed points so far, in the order of the sweep's points
    on_disk : how many were computed before
    given_up : points that could not be computed, and why
    left_out : points whose neurons all start on the wrong side (odd J), which learn nothing
    share : share of the work that was left at the start that is done (0 to 1)
    seconds_left : until all of it is, None while too little is known (see `sweeps.remaining`)
    note : what there is to know meanwhile of where it is computed, empty where nothing is
    state, message : where it stands, and why it failed
    stopped : set when it is to end
    """

    def __init__(self, sweep: Sweep, store: Store, executor: Executor, most: float = inf) -> None:
        self.sweep = sweep
        self._most = most
        self.outcomes: tuple[Outcome, ...] = ()
        self.on_disk = 0
        self.given_up: tuple[tuple[Experiment, str], ...] = ()
        self._refused = 0
        self.left_out: tuple[Experiment, ...] = ()
        self.share = 0.0
        self.seconds_left: float | None = None
        self.state = SweepState.WAITING
        self.message = ""
        self.note = ""
        self.stopped = threading.Event()
        self._store = store
        self._executor = executor
        self._costs = Costs([])
        self._place = {point: i for i, point in enumerate(sweep.points)}

    def stop(self) -> None:
        """End soon, at once if it still waits; what is finished is kept, on disk too."""
        self.stopped.set()
        if self.state is SweepState.WAITING:
            self.state = SweepState.STOPPED

    def run(self) -> None:
        """Run to the end in this thread. Never raises but for an interrupt."""
        if self.stopped.is_set():
            self.state = SweepState.STOPPED
            return
        self.state = SweepState.RUNNING
        try:
            self._compute()
            self._end()
        except (ExecutionError, ExperimentError) as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(f"a result could not be kept: {error}")
        except Exception as error:
            log.exception("a sweep failed")
            self._fail(f"the sweep failed: {type(error).__name__}: {error}")
        finally:
            if not self.over:
                self._fail("the sweep was interrupted; finished points are kept")

    def _compute(self) -> None:
        missing = self._find()
        if missing and not self.stopped.is_set():
            self._store.refuse_unwritable()
            self._costs = Costs(missing)
            self._executor.run(missing, self)

    def keep(self, outcome: Outcome) -> None:
        """Take a finished point, to disk first."""
        self._store.put(outcome)
        outcomes = (*self.outcomes, outcome)
        self.outcomes = tuple(sorted(outcomes, key=lambda o: self._place[o.experiment]))

    def give_up(self, experiment: Experiment, why: str, refused: bool = False) -> None:
        """Take note of a point that cannot be computed, or that was refused."""
        self._refused += refused
        self.given_up = (*self.given_up, (experiment, why))

    def leave_out(self, experiment: Experiment) -> None:
        """Take note of a point that never learns."""
        self.left_out = (*self.left_out, experiment)

    def tell(self, shares: Array, spent: Array, workers: int) -> None:
        """Take note of the share done of each point and the seconds it took, both (points,)."""
        if spent.sum() > self._most:
            raise ExecutionError(
                f"it has taken more than the {duration(self._most)} of computing, of one core, "
                "that are allowed here; finished points are kept"
            )
        self.share = self._costs.share(shares)
        self.seconds_left = self._costs.left(shares, spent, workers)

    def say(self, note: str) -> None:
        """Take note of what there is to know of where it is computed."""
        self.note = note

    @property
    def counts(self) -> dict[str, int]:
        """Number of points by their state; those still to be computed are not counted."""
        states = Counter(outcome.state for outcome in self.outcomes)
        return {
            "finished": states["finished"],
            "diverged": states["diverged"],
            "refused": self._refused,
            "failed": len(self.given_up) - self._refused,
            "wrong side": len(self.left_out),
        }

    @property
    def all_diverged(self) -> bool:
        """Whether points were computed, and every one of them diverged."""
        return bool(self.outcomes) and not self.counts["finished"]

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in (SweepState.WAITING, SweepState.RUNNING)

    def _find(self) -> list[Experiment]:
        """Take what is on disk; the points that are not."""
        missing, outcomes = [], []
        for point in self.sweep.points:
            if self.stopped.is_set():
                break
            outcome = self._store.get(point)
            if outcome is None:
                missing.append(point)
            else:
                outcomes.append(outcome)
        self.outcomes = tuple(outcomes)
        self.on_disk = len(outcomes)
        return missing

    def _end(self) -> None:
        if self.given_up:
            experiment, why = self.given_up[0]
            self._fail(
                f"{len(self.given_up):,} of {plural(len(self.sweep.points), 'point')} could not be "
                f"computed, the first ({experiment.to_query()}): {why}"
            )
        elif len(self.outcomes) + len(self.left_out) == len(self.sweep.points):
            if self.left_out:
                self.message = (
                    "left out, as every neuron starts on the wrong side (odd J) and learns "
                    f"nothing: {len(self.left_out):,} of {plural(len(self.sweep.points), 'point')}"
                )
            self.state = SweepState.FINISHED
        else:
            self.state = SweepState.STOPPED

    def _fail(self, message: str) -> None:
        self.message = " ".join(message.split())  # one line, whatever others say
        self.state = SweepState.FAILED


def estimate_seconds(points: Sequence[Experiment], workers: int = 1) -> float:
    """Rough time that points take on so many cores, in seconds; one point takes one core.

    Points that this machine should not run cost nothing; where all looked at are such, the first
    one's ExperimentError is raised.
    """
    return makespan([], Costs(points).seconds.tolist(), workers)
