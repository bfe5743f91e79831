"""Experiments to begin with, each with what is to be seen in it."""

from __future__ import annotations

from dataclasses import dataclass

from emergence.experiment import Experiment


@dataclass(frozen=True)
class Example:
    """An experiment, its name, and one sentence on what to look at."""

    name: str
    line: str
    experiment: Experiment


EXAMPLES = (
    Example("Eight jumps", "Eight skills, each learned in a jump near its predicted time.",
            Experiment()),
    Example("A power law", "48 skills: their jumps add up to a straight line, a power law.",
            Experiment(d=1_000_000, P=48, m=192, engine="flow", s0=0.01, horizon=0.7)),
    Example("One skill", "Nothing, nothing, then a jump: emergence by itself.",
            Experiment(P=1, m=4, horizon=8.0)),
    Example("Too few neurons", "Six neurons for sixteen skills: the loss ends on a plateau.",
            Experiment(P=16, m=6, c=0.2, horizon=2.5)),
    Example("No plateau", "J = 2: the signal is there from the start, so nothing jumps.",
            Experiment(J=2, c=0.002)),
    Example("A million dimensions", "d = 1,000,000: a long wait, then the same eight jumps.",
            Experiment(d=1_000_000)),
)  # fmt: skip

BROKEN = (
    Example("directions that overlap", "A teacher that is not orthonormal.",
            Experiment(rho=0.3, c=0.2)),
    Example("noise on every label", "As large as the teacher itself.",
            Experiment(noise=1.0, c=0.1)),
    Example("20,000 samples, again and again", "Far fewer than one pass of fresh ones takes.",
            Experiment(samples=20_000, c=0.2)),
    Example("a second layer of its own", "A direction moves only as fast as its weight is large.",
            Experiment(second="own", c=0.2, horizon=4.0)),
    Example("Adam", "Every coordinate's step is scaled by its own gradients.",
            Experiment(optimizer="adam", c=0.2)),
)  # fmt: skip
"""Each breaks one assumption of the theory."""
