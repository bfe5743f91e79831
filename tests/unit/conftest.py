"""Small things that several test files share."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, settings

from emergence.arrays import Array
from emergence.experiment import Experiment
from emergence.theory.hermite import LinkFunction, hermite

# The machine is shared: how long a draw takes is no property of the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


PURE = {f"J={J}": hermite(J) for J in (1, 2, 3, 4, 6, 8)}
MIXTURES = {"mix": LinkFunction([(3, 0.6), (4, 0.8)]), "even": LinkFunction([(2, -0.3), (4, 0.9)])}
LINKS = PURE | MIXTURES
"""Every link function the tests run over, by the name shown for it."""


def directions(rng: np.random.Generator, rows: int, d: int) -> Array:
    """Random unit vectors, shape (rows, d)."""
    raw = rng.standard_normal((rows, d))
    return np.asarray(raw / np.linalg.norm(raw, axis=1, keepdims=True))


def mixture(link: LinkFunction) -> tuple[tuple[int, float], ...]:
    """The link function as an experiment's `mixture`."""
    return tuple((int(i), float(link.c[i])) for i in np.flatnonzero(link.c))


def with_link(link: LinkFunction, **given: object) -> Experiment:
    """An experiment with this link function."""
    return Experiment(mixture=mixture(link), **given)


def embedded(start: Array, d: int) -> Array:
    """Students given in fewer coordinates as vectors of R^d, shape (m, d)."""
    return np.pad(start, ((0, 0), (0, d - start.shape[1])))
