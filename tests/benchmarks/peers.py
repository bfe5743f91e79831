"""What a user would write instead: the same batch-1 SGD in NumPy, Numba, PyTorch and JAX.

Each is an honest best effort: single precision where that is faster, random numbers drawn in
blocks, gradients by hand (and, for JAX, by autodiff as well), compiled where the library can.
All take sigma = h_4, unit-norm strengths, the same start and the same law of the samples.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Steps = Callable[[int], NDArray[Any]]
"""Takes a number of steps (a multiple of 64) and returns the students after them, (m, d)."""

BLOCK = 64
S1, S2, S3 = 1 / np.sqrt(24), 6 / np.sqrt(24), 3 / np.sqrt(24)
"""h_4(z) = S1 z^4 - S2 z^2 + S3, h_4'(z) = 4 S1 z^3 - 2 S2 z."""


@dataclass(frozen=True)
class Problem:
    """One size of the benchmark: V (m, d) at the start, strengths a (P,), step size."""

    V: NDArray[np.float64]
    a: NDArray[np.float64]
    eta: float

    @classmethod
    def of(cls, d: int, m: int, P: int, c: float = 0.05) -> Problem:
        """Random directions of norm 0.05, a_p proportional to 1/p."""
        V = np.random.default_rng(0).standard_normal((m, d))
        V *= 0.05 / np.linalg.norm(V, axis=1, keepdims=True)
        a = 1 / np.arange(1, P + 1)
        return cls(V, a / np.linalg.norm(a), c * d**-2.0)


def version(package: str) -> str | None:
    """The installed version, None where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def numpy_loop(problem: Problem) -> Steps:
    """A Python loop over NumPy operations, float32."""
    V, a = problem.V.astype(np.float32), problem.a.astype(np.float32)
    P, d, eta = len(a), V.shape[1], np.float32(problem.eta)
    s1, s2, s3 = np.float32(S1), np.float32(S2), np.float32(S3)
    rng = np.random.default_rng(1)

    def h(z: Any) -> Any:
        return (s1 * z * z - s2) * z * z + s3

    def steps(n: int) -> NDArray[Any]:
        for _ in range(n // BLOCK):
            X = rng.standard_normal((BLOCK, d), dtype=np.float32)
            for x in X:
                n2 = np.einsum("ki,ki->k", V, V)
                norm = np.sqrt(n2)
                z = V @ x / norm
                value = h(z)
                slope = (4 * s1 * z * z - 2 * s2) * z
                rate = eta * (n2 @ value - a @ h(x[:P]))
                V[:] = V * (1 - rate * (2 * value - slope * z))[:, None]
                V[:] -= np.outer(rate * norm * slope, x)
        return V

    return steps


@njit
def _naive(V: Any, a: Any, eta: float, steps: int) -> None:
    m, d = V.shape
    x, z, n = np.empty(d), np.empty(m), np.empty(m)
    for _ in range(steps):
        for i in range(d):
            x[i] = np.random.standard_normal()
        error = 0.0
        for p in range(a.shape[0]):
            error -= a[p] * (S1 * x[p] ** 4 - S2 * x[p] ** 2 + S3)
        for k in range(m):
            n2, dot = 0.0, 0.0
            for i in range(d):
                n2 += V[k, i] * V[k, i]
                dot += V[k, i] * x[i]
            n[k] = np.sqrt(n2)
            z[k] = dot / n[k]
            error += n2 * (S1 * z[k] ** 4 - S2 * z[k] ** 2 + S3)
        for k in range(m):
            value = S1 * z[k] ** 4 - S2 * z[k] ** 2 + S3
            slope = 4 * S1 * z[k] ** 3 - 2 * S2 * z[k]
            for i in range(d):
                unit = V[k, i] / n[k]
                gradient = 2 * n[k] * value * unit + n[k] * slope * (x[i] - z[k] * unit)
                V[k, i] -= eta * error * gradient


def naive_numba(problem: Problem) -> Steps:
    """The formula as it stands, in Numba: float64, np.random, a loop for each sum."""
    V = problem.V.copy()

    def steps(n: int) -> NDArray[Any]:
        _naive(V, problem.a, problem.eta, n)
        return V

    return steps


def torch_loop(problem: Problem, compiled: bool) -> Steps:
    """PyTorch without autograd; compiled: torch.compile of eight steps at a time."""
    import torch

    torch.set_num_threads(1)
    a = torch.tensor(problem.a, dtype=torch.float32)
    V = torch.tensor(problem.V, dtype=torch.float32)
    P, d = len(problem.a), problem.V.shape[1]

    def h(z: Any) -> Any:
        return (S1 * z * z - S2) * z * z + S3

    def several(V: Any, X: Any) -> Any:
        for x in X:
            n2 = (V * V).sum(1)
            norm = n2.sqrt()
            z = V @ x / norm
            value = h(z)
            slope = (4 * S1 * z * z - 2 * S2) * z
            rate = problem.eta * (n2 @ value - a @ h(x[:P]))
            scale = 1 - rate * (2 * value - slope * z)
            V = V * scale[:, None] - (rate * norm * slope)[:, None] * x
        return V

    several = torch.compile(several) if compiled else several
    state = {"V": V}

    def steps(n: int) -> NDArray[Any]:
        with torch.inference_mode():
            for _ in range(n // 8):
                state["V"] = several(state["V"], torch.randn(8, d))
        return state["V"].numpy()

    return steps


def jax_scan(problem: Problem, autodiff: bool) -> Steps:
    """JAX: one jitted lax.scan, random numbers in blocks; the gradient by hand or by autodiff."""
    import jax
    import jax.numpy as jnp

    a = jnp.asarray(problem.a, jnp.float32)
    P, d, eta = len(problem.a), problem.V.shape[1], problem.eta

    def h(z: Any) -> Any:
        return (S1 * z * z - S2) * z * z + S3

    def loss(V: Any, x: Any) -> Any:
        n2 = (V * V).sum(1)
        return 0.5 * (n2 @ h(V @ x / jnp.sqrt(n2)) - a @ h(x[:P])) ** 2

    def by_autodiff(V: Any, x: Any) -> tuple[Any, None]:
        return V - eta * jax.grad(loss)(V, x), None

    def by_hand(V: Any, x: Any) -> tuple[Any, None]:
        n2 = (V * V).sum(1)
        norm = jnp.sqrt(n2)
        z = V @ x / norm
        value = h(z)
        slope = (4 * S1 * z * z - 2 * S2) * z
        rate = eta * (n2 @ value - a @ h(x[:P]))
        scale = 1 - rate * (2 * value - slope * z)
        return V * scale[:, None] - (rate * norm * slope)[:, None] * x, None

    def block(carry: Any, key: Any) -> tuple[Any, None]:
        X = jax.random.normal(key, (BLOCK, d))
        return jax.lax.scan(by_autodiff if autodiff else by_hand, carry, X)[0], None

    run = jax.jit(lambda V, keys: jax.lax.scan(block, V, keys)[0])
    state = {"V": jnp.asarray(problem.V, jnp.float32), "key": jax.random.key(1)}

    def steps(n: int) -> NDArray[Any]:
        state["key"], key = jax.random.split(state["key"])
        state["V"] = run(state["V"], jax.random.split(key, n // BLOCK)).block_until_ready()
        return np.asarray(state["V"])

    return steps


PEERS: dict[str, tuple[str, Callable[[Problem], Steps]]] = {
    "NumPy loop": ("numpy", numpy_loop),
    "naive Numba": ("numba", naive_numba),
    "PyTorch eager": ("torch", lambda problem: torch_loop(problem, compiled=False)),
    "torch.compile": ("torch", lambda problem: torch_loop(problem, compiled=True)),
    "JAX scan, autodiff": ("jax", lambda problem: jax_scan(problem, autodiff=True)),
    "JAX scan, by hand": ("jax", lambda problem: jax_scan(problem, autodiff=False)),
}
"""Name: (package, steps of a problem)."""
