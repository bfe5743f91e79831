"""The examples' small pictures: each a run of its own under gradient flow, a second or so long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.recent import Recent
from emergence.runs.examples import EXAMPLES
from emergence.runs.simulation import Simulation
from emergence.runs.slices import worked
from emergence.serving.study import Partial


@dataclass(frozen=True, eq=False)
class Story:
    """What a picture of a run shows: `steps` (n,), `peak` max_k u_kp (n, P), `mse` (n,)."""

    steps: Array
    peak: Array
    mse: Array


_recent: Recent[Experiment, Story] = Recent(len(EXAMPLES))


@dataclass(frozen=True)
class Gallery:
    """The stories of `EXAMPLES` in their order; what has been computed once is not again."""

    def results(self) -> Iterator[Partial[tuple[Story, ...]]]:
        """The stories so far."""
        stories: tuple[Story, ...] = ()
        for number, example in enumerate(EXAMPLES):
            quick = example.experiment.replace(engine="flow")
            story = _recent.get(quick)
            if story is None:
                simulation = Simulation(quick)
                for share in worked(simulation):
                    yield Partial((number + share) / len(EXAMPLES), stories)
                record, plan = simulation.record, simulation.plan
                story = Story(
                    plan.steps(record.tau[1 : record.count]),
                    record.get("peak")[1:],
                    record.mse[1 : record.count].copy(),
                )
                _recent.put(quick, story)
            stories = (*stories, story)
            yield Partial(len(stories) / len(EXAMPLES), stories)
