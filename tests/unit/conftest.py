"""Small things that several test files share."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from loky import ProcessPoolExecutor
from starlette.applications import Starlette
from starlette.testclient import TestClient

from emergence.arrays import Array, Float32
from emergence.experiment import Experiment
from emergence.serving.registry import Limits, Registry
from emergence.theory.hermite import LinkFunction, hermite
from emergence.ui.server import routes

# The machine is shared: how long a draw takes is no property of the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")


PURE = {f"J={J}": hermite(J) for J in (1, 2, 3, 4, 6, 8)}
MIXTURES = {"mix": LinkFunction([(3, 0.6), (4, 0.8)]), "even": LinkFunction([(2, -0.3), (4, 0.9)])}
LINKS = PURE | MIXTURES
"""Every link function the tests run over, by the name shown for it."""

HOSTILE = [
    "", " ", "nan", "inf", "-inf", "1e400", "-1", "0", "0x10", "1_0", "٣", "½", "1,5", "true",
    "None", "null", "[]", "{}", "\x00", "\u202e64", "64; rm -rf /", "<script>", "9" * 500,
    "1e-400", "3:1", "3:nan", "3:1e400", "3:0", "99:1", "5:1", "3.5:1", "3:1,3:2", "3:", ":", ",,",
    "3:1:2", "sgd", "SGD", "flow\n", "paper", "%", "&", "=", "+64", "64.0", "64.5", "\ud800",
]  # fmt: skip
"""Text that people and programs send where a value is asked for."""


def directions(rng: np.random.Generator, rows: int, d: int) -> Array:
    """Random unit vectors, shape (rows, d)."""
    raw = rng.standard_normal((rows, d))
    return np.asarray(raw / np.linalg.norm(raw, axis=1, keepdims=True))


def mixture(link: LinkFunction) -> tuple[tuple[int, float], ...]:
    """The link function as an experiment's `mixture`."""
    return tuple((int(i), float(link.c[i])) for i in np.flatnonzero(link.c))


def with_link(link: LinkFunction, **given: object) -> Experiment:
    """An experiment with this link function."""
    return Experiment.of({"mixture": mixture(link)} | given)


def embedded(start: Array, d: int) -> Array:
    """Students given in fewer coordinates as vectors of R^d, shape (m, d)."""
    return np.pad(start, ((0, 0), (0, d - start.shape[1])))


def decode(answer: bytes) -> tuple[dict[str, Any], Float32]:
    """Header and rows, shape (rows, width), of an answer, read as the browser does."""
    (length,) = struct.unpack_from("<I", answer)
    header = json.loads(answer[4 : 4 + length])
    rows = np.frombuffer(answer, "<f4", offset=4 + length)
    return header, rows.reshape(-1, header["width"]) if header["width"] else rows


@pytest.fixture(scope="module")
def apart() -> Iterator[ProcessPoolExecutor]:
    """A process of its own: CPython 3.11 crashes where tracing of memory starts or stops while
    another thread allocates. (Loky's, as `AppTest` leaves a `__main__` that no other can run.)"""
    with ProcessPoolExecutor(1) as process:
        yield process


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The server's runs: two at a time, and one thread that computes them."""
    registry = Registry(Limits(runs=2, workers=1))
    monkeypatch.setattr(routes, "registry", lambda: registry)
    yield registry
    registry.close()


@pytest.fixture
def client(registry: Registry) -> Iterator[TestClient]:
    """Asks our routes, as a browser does that has come by our own address."""
    with TestClient(Starlette(routes=routes.routes())) as client:
        yield client
