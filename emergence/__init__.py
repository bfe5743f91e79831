"""Emergence and scaling laws in SGD learning of shallow networks: simulation, theory, pictures.

>>> from emergence import Experiment, simulate
>>> result = simulate(Experiment(d=64, P=8, m=32))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emergence.experiment import Experiment, ExperimentError

__version__ = "0.1.0"

if TYPE_CHECKING:
    from emergence.runs.result import Result, simulate
    from emergence.theory.hermite import LinkFunction

__all__ = ["Experiment", "ExperimentError", "LinkFunction", "Result", "simulate"]


def __getattr__(name: str) -> Any:
    # Lazy: describing an experiment must not wait for SciPy.
    if name in ("Result", "simulate"):
        from emergence.runs import result

        return getattr(result, name)
    if name == "LinkFunction":
        from emergence.theory.hermite import LinkFunction

        return LinkFunction
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
