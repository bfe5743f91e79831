"""Emergence and scaling laws in SGD learning of shallow networks: simulation, theory, pictures.

>>> from emergence import Experiment, load, simulate
>>> result = simulate(Experiment(d=64, P=8, m=32))
>>> result.save("run.npz")
>>> load("run.npz").plot("loss").show()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emergence.experiment import Experiment, ExperimentError

__version__ = "0.1.0"

if TYPE_CHECKING:
    from emergence.results.result import Result, load, simulate, simulate_many
    from emergence.theory.hermite import LinkFunction

__all__ = [
    "Experiment",
    "ExperimentError",
    "LinkFunction",
    "Result",
    "load",
    "simulate",
    "simulate_many",
]


def __getattr__(name: str) -> Any:
    # Lazy: describing an experiment must not wait for SciPy.
    if name in ("Result", "load", "simulate", "simulate_many"):
        from emergence.results import result

        return getattr(result, name)
    if name == "LinkFunction":
        from emergence.theory.hermite import LinkFunction

        return LinkFunction
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
