"""The opening: the story of the Live Lab in three runs, each with one sentence that its end shows.

`tests/unit/test_opening.py` computes the runs and holds every sentence against its run's end.
"""

from __future__ import annotations

from dataclasses import dataclass

from emergence.experiment import Experiment


@dataclass(frozen=True)
class Act:
    """One act of the opening.

    Attributes
    ----------
    name : on its button
    sentence : what its run shows; true at its end
    seed : what is to be known of the choice of its seed
    hero, beside : names of the picture that is large and of the one beside it
    """

    name: str
    experiment: Experiment
    sentence: str
    seed: str
    hero: str
    beside: str


SECONDS = 16
"""In which an act's run is played, at least: never beyond what is computed."""

ACTS = (
    Act(
        name="One skill",
        experiment=Experiment(P=1, m=4, c=0.02, horizon=2.5, seed=1, engine="sgd"),
        sentence="One skill: nothing, nothing, then a jump.",
        seed="seed 1, the first of many",
        hero="overlaps",
        beside="loss",
    ),
    Act(
        name="Eight skills",
        experiment=Experiment(P=8, engine="sgd"),
        sentence="Eight skills: eight jumps, each near the time ▼ that theory predicts.",
        seed="seed 14, chosen: with it all eight are learned, with some others seven",
        hero="overlaps",
        beside="loss",
    ),
    Act(
        name="Many skills",
        experiment=Experiment(
            d=1_000_000, P=128, m=192, engine="flow", s0=0.001, horizon=0.35, seed=1
        ),
        sentence="Many skills: the staircase of jumps becomes a line, with the slope of theory.",
        seed="seed 1, the first of many",
        hero="loss",
        beside="map",
    ),
)
YOURS = {
    "name": "Your turn",
    "coming": "Your turn: the controls are on their way.",
    "sentence": "Your turn: change anything and watch.",
    "hint": "The controls are behind », top left.",
}
"""After the last act the controls appear, which may take a moment; the hint is for small screens,
where they are hidden."""
