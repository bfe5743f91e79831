"""What `engine = auto` takes, SGD where it is quick and stable and else the flow; what is said."""

from __future__ import annotations

from dataclasses import dataclass

from emergence.runs.speed import duration
from emergence.words import short

PATIENCE = 20.0
"""Estimated seconds of SGD (`runs.speed`) from which on the flow is taken."""


@dataclass(frozen=True)
class Auto:
    """The engine that was taken, and how long both would take by estimate, in seconds.

    taken : "sgd" or "flow"
    sgd, flow : None where the engine is refused; `refusal` is then the reason, one sentence
    bound : c from which on SGD is unstable in the mean square, where that is why the flow was taken
    """

    taken: str
    sgd: float | None
    flow: float | None
    refusal: str = ""
    bound: float | None = None

    @property
    def other(self) -> str | None:
        """The engine that was not taken, None where it is refused."""
        name, seconds = ("flow", self.flow) if self.taken == "sgd" else ("sgd", self.sgd)
        return None if seconds is None else name

    @property
    def sentence(self) -> str:
        """Which engine was taken, and why, in one sentence."""
        if self.taken == "sgd":
            slow = self.sgd is not None and self.sgd >= PATIENCE
            slow = slow and self.flow is not None
            why = ": the gradient flow is no quicker" if slow else " here"
            return f"Online SGD takes {_about(self.sgd)}{why}."
        flow = (
            f"the gradient flow, its limit of small steps, shows the same story in "
            f"{_about(self.flow)}"
        )
        if self.bound is not None:
            return f"SGD is unstable at this step size, from c ≈ {short(self.bound, 2)} on: {flow}."
        if self.sgd is None:
            return f"SGD would take more than this server allows: {flow}."
        return f"SGD would take {_about(self.sgd)}: {flow}."


def _about(seconds: float | None) -> str:
    return f"about {duration(seconds or 0.0)}"
