"""All kernels, compiled or loaded before anybody has to wait for them."""

from __future__ import annotations

import time

from emergence.engines import compile_kernels
from emergence.experiment import Experiment

KINDS = {
    "sgd": Experiment(engine="sgd"), "flow": Experiment(engine="flow"),
    "decoupled": Experiment(engine="decoupled"), "batches": Experiment(engine="sgd", B=2),
    "correlation": Experiment(engine="correlation"),
    "broken": Experiment(engine="sgd", samples=4),
}  # fmt: skip
"""An experiment for each of the engines' kernels."""


def compile_lessons() -> None:
    """Those of a single neuron, and of ReLUs."""
    # Numba's import takes as long as the first answer.
    from emergence.engines import relu_sgd, single_index

    single_index.compile_spherical_sgd()
    relu_sgd.compile_relu_sgd()


def compile_parity() -> None:
    """Those of a network on sparse parity."""
    from emergence.engines import sparse_parity  # as above

    sparse_parity.compile_parity()


def compile_all() -> float:
    """All of them; returns the seconds taken."""
    started = time.perf_counter()
    for kind in KINDS.values():
        compile_kernels(kind)
    compile_lessons()
    compile_parity()
    return time.perf_counter() - started
