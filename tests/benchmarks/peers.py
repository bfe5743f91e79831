"""What a user would write instead: the same batch-1 SGD in NumPy, Numba, PyTorch and JAX.

Each is an honest best effort: single precision where that is faster, random numbers drawn in
blocks, gradients by hand (and, for JAX, by autodiff as well), compiled where the library can; the
naive Numba kernel is the plain float64 loop with `np.random`. All take sigma = h_4, unit-norm
strengths, the same start and the same law of the samples; given samples, they take the same steps
(tests/unit/test_peers.py).
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from emergence.arrays import Array

Steps = Callable[[int], NDArray[Any]]
"""Takes a number of steps (a multiple of 64) and returns the students after them, (m, d)."""

BLOCK = 64
S1, S2, S3 = 24**-0.5, 6 * 24**-0.5, 3 * 24**-0.5
"""h_4(z) = S1 z^4 - S2 z^2 + S3, h_4'(z) = 4 S1 z^3 - 2 S2 z."""


@dataclass(frozen=True)
class Problem:
    """One size of the benchmark.

    V : students at the start, shape (m, d)
    a : strengths, shape (P,)
    eta : step size
    X : samples to take instead of random ones, shape (steps, d); empty for random ones
    """

    V: Array
    a: Array
    eta: float
    X: Array

    @classmethod
    def of(cls, d: int, m: int, P: int, c: float = 0.05) -> Problem:
        """Random directions of norm 0.05, a_p proportional to 1/p."""
        V = np.random.default_rng(0).standard_normal((m, d))
        V *= 0.05 / np.linalg.norm(V, axis=1, keepdims=True)
        a = 1 / np.arange(1, P + 1)
        return cls(V, a / np.linalg.norm(a), c * d**-2.0, np.empty((0, d)))


def version(package: str) -> str | None:
    """The installed version, None where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def h(z: Any) -> Any:
    """h_4(z)."""
    return (S1 * z * z - S2) * z * z + S3


def slope(z: Any) -> Any:
    """h_4'(z)."""
    return (4 * S1 * z * z - 2 * S2) * z


def numpy_loop(problem: Problem) -> Steps:
    """A Python loop over NumPy operations, float32."""
    V, a = problem.V.astype(np.float32), problem.a.astype(np.float32)
    P, d, eta = len(a), V.shape[1], np.float32(problem.eta)
    s1, s2, s3 = np.float32(S1), np.float32(S2), np.float32(S3)
    rng = np.random.default_rng(1)

    def link(z: Any) -> Any:
        return (s1 * z * z - s2) * z * z + s3

    def steps(n: int) -> NDArray[Any]:
        for i in range(0, n, BLOCK):
            X = problem.X[i : i + BLOCK].astype(np.float32)
            for x in X if len(X) else rng.standard_normal((BLOCK, d), dtype=np.float32):
                n2 = np.einsum("ki,ki->k", V, V)
                norm = np.sqrt(n2)
                z = V @ x / norm
                value = link(z)
                change = (4 * s1 * z * z - 2 * s2) * z
                rate = eta * (n2 @ value - a @ link(x[:P]))
                V[:] *= (1 - rate * (2 * value - change * z))[:, None]
                V[:] -= np.outer(rate * norm * change, x)
        return V

    return steps


def _plain(V: Any, a: Any, eta: float, steps: int, X: Any) -> None:
    m, d = V.shape
    x, z, n = np.empty(d), np.empty(m), np.empty(m)
    for step in range(steps):
        for i in range(d):
            x[i] = X[step, i] if X.shape[0] else np.random.standard_normal()
        error = 0.0
        for p in range(a.shape[0]):
            square = x[p] * x[p]
            error -= a[p] * ((S1 * square - S2) * square + S3)
        for k in range(m):
            n2, dot = 0.0, 0.0
            for i in range(d):
                n2 += V[k, i] * V[k, i]
                dot += V[k, i] * x[i]
            n[k] = np.sqrt(n2)
            z[k] = dot / n[k]
            square = z[k] * z[k]
            error += n2 * ((S1 * square - S2) * square + S3)
        for k in range(m):
            square = z[k] * z[k]
            value = (S1 * square - S2) * square + S3
            change = (4 * S1 * square - 2 * S2) * z[k]
            scale = 1 - eta * error * (2 * value - change * z[k])
            push = eta * error * n[k] * change
            for i in range(d):
                V[k, i] = scale * V[k, i] - push * x[i]


def numba_loop(problem: Problem, fastmath: bool) -> Steps:
    """Float64, np.random, a loop for each sum; with `fastmath` the sums are vectorised."""
    V, kernel = problem.V.copy(), njit(fastmath=fastmath)(_plain)

    def steps(n: int) -> NDArray[Any]:
        kernel(V, problem.a, problem.eta, n, problem.X)
        return V

    return steps


def torch_loop(problem: Problem, compiled: bool) -> Steps:
    """PyTorch without autograd; compiled: torch.compile of eight steps at a time."""
    import torch

    torch.set_num_threads(1)
    a = torch.tensor(problem.a, dtype=torch.float32)
    given = torch.tensor(problem.X, dtype=torch.float32)
    P, d = len(problem.a), problem.V.shape[1]

    def several(V: Any, X: Any) -> Any:
        for x in X:
            n2 = (V * V).sum(1)
            norm = n2.sqrt()
            z = V @ x / norm
            value, change = h(z), slope(z)
            rate = problem.eta * (n2 @ value - a @ h(x[:P]))
            scale = 1 - rate * (2 * value - change * z)
            V = V * scale[:, None] - (rate * norm * change)[:, None] * x
        return V

    several = torch.compile(several) if compiled else several
    state = {"V": torch.tensor(problem.V, dtype=torch.float32)}

    def steps(n: int) -> NDArray[Any]:
        with torch.inference_mode():
            for i in range(0, n, 8):
                X = given[i : i + 8] if len(given) else torch.randn(8, d)
                state["V"] = several(state["V"], X)
        return np.asarray(state["V"].numpy())

    return steps


def jax_scan(problem: Problem, autodiff: bool) -> Steps:
    """JAX: one jitted lax.scan, random numbers in blocks; the gradient by hand or by autodiff."""
    import jax
    import jax.numpy as jnp

    a = jnp.asarray(problem.a, jnp.float32)
    P, d, eta = len(problem.a), problem.V.shape[1], problem.eta

    def loss(V: Any, x: Any) -> Any:
        n2 = (V * V).sum(1)
        return 0.5 * (n2 @ h(V @ x / jnp.sqrt(n2)) - a @ h(x[:P])) ** 2

    def by_autodiff(V: Any, x: Any) -> tuple[Any, None]:
        return V - eta * jax.grad(loss)(V, x), None

    def by_hand(V: Any, x: Any) -> tuple[Any, None]:
        n2 = (V * V).sum(1)
        norm = jnp.sqrt(n2)
        z = V @ x / norm
        value, change = h(z), slope(z)
        rate = eta * (n2 @ value - a @ h(x[:P]))
        scale = 1 - rate * (2 * value - change * z)
        return V * scale[:, None] - (rate * norm * change)[:, None] * x, None

    step = by_autodiff if autodiff else by_hand

    def block(carry: Any, key: Any) -> tuple[Any, None]:
        return jax.lax.scan(step, carry, jax.random.normal(key, (BLOCK, d)), unroll=16)[0], None

    run = jax.jit(lambda V, keys: jax.lax.scan(block, V, keys)[0])
    given = jax.jit(lambda V, X: jax.lax.scan(step, V, X)[0])
    state = {"V": jnp.asarray(problem.V, jnp.float32), "key": jax.random.key(1)}

    def steps(n: int) -> NDArray[Any]:
        if len(problem.X):
            state["V"] = given(state["V"], jnp.asarray(problem.X[:n], jnp.float32))
        else:
            state["key"], key = jax.random.split(state["key"])
            state["V"] = run(state["V"], jax.random.split(key, n // BLOCK)).block_until_ready()
        return np.asarray(state["V"])

    return steps


PEERS: dict[str, tuple[str, Callable[[Problem], Steps]]] = {
    "NumPy loop": ("numpy", numpy_loop),
    "naive Numba": ("numba", lambda problem: numba_loop(problem, fastmath=False)),
    "Numba, fastmath": ("numba", lambda problem: numba_loop(problem, fastmath=True)),
    "PyTorch eager": ("torch", lambda problem: torch_loop(problem, compiled=False)),
    "torch.compile": ("torch", lambda problem: torch_loop(problem, compiled=True)),
    "JAX scan, autodiff": ("jax", lambda problem: jax_scan(problem, autodiff=True)),
    "JAX scan, by hand": ("jax", lambda problem: jax_scan(problem, autodiff=False)),
}
"""Name: (package, steps of a problem)."""
