"""The slow, plain twin of every kernel and algorithm: double precision, loops, no cleverness.

Everything is written from the formulas of MODEL.md, in all d coordinates, and shares no code with
the package. A link function is the list `c` of its Hermite coefficients, sigma = sum_i c_i h_i.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from emergence.arrays import Array

MASK = 0xFFFFFFFF
ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)


Coefficients = Sequence[float] | Array
"""c_0, c_1, …"""


def h(i: int, z: Array | float) -> Array | float:
    """Normalised Hermite polynomial: sqrt(i+1) h_{i+1} = z h_i - sqrt(i) h_{i-1}."""
    if i < 0:
        return 0.0 * z
    if i == 0:
        return 0.0 * z + 1.0
    return (z * h(i - 1, z) - math.sqrt(i - 1) * h(i - 2, z)) / math.sqrt(i)


def sigma(c: Coefficients, z: Array | float) -> Array | float:
    """sigma(z) = sum_i c_i h_i(z)."""
    return sum(c[i] * h(i, z) for i in range(len(c)) if c[i])


def sigma_prime(c: Coefficients, z: Array | float) -> Array | float:
    """sigma'(z) = sum_i c_i sqrt(i) h_{i-1}(z)."""
    return sum(c[i] * math.sqrt(i) * h(i - 1, z) for i in range(len(c)) if c[i])


def K(c: Coefficients, s: float) -> float:  # noqa: N802 (the name in the paper)
    """K(s) = sum_i c_i^2 s^i."""
    return sum(c[i] ** 2 * s**i for i in range(len(c)))


def K_prime(c: Coefficients, s: float) -> float:  # noqa: N802
    """K'(s) = sum_i i c_i^2 s^(i-1)."""
    return sum(i * c[i] ** 2 * s ** (i - 1) for i in range(1, len(c)))


def student(V: Array, c: Coefficients, x: Array) -> float:
    """f(x) = sum_k |v_k|^2 sigma(vbar_k . x), V of shape (m, d)."""
    return sum(float(v @ v) * float(sigma(c, float(v @ x) / math.sqrt(v @ v))) for v in V)


def teacher(W: Array, a: Array, c: Coefficients, x: Array) -> float:
    """f*(x) = sum_p a_p sigma(w_p . x), W of shape (P, d)."""
    return sum(float(a[p]) * float(sigma(c, float(W[p] @ x))) for p in range(len(a)))


def sgd_gradient(V: Array, W: Array, a: Array, c: Coefficients, x: Array) -> Array:
    """Gradient of (f(x) - f*(x))^2 / 2 at one sample: the formula of (Model 1.7), shape (m, d)."""
    return labelled_gradient(V, c, x, teacher(W, a, c, x))


def labelled_gradient(V: Array, c: Coefficients, x: Array, y: float) -> Array:
    """Gradient of (f(x) - y)^2 / 2, shape (m, d)."""
    e = student(V, c, x) - y
    gradient = np.zeros_like(V)
    for k, v in enumerate(V):
        n = math.sqrt(v @ v)
        unit = v / n
        z = float(unit @ x)
        gradient[k] = e * (
            2 * n * sigma(c, z) * unit + n * sigma_prime(c, z) * (x - z * unit)
        )  # fmt: skip
    return gradient


def sgd_step(V: Array, W: Array, a: Array, c: Coefficients, X: Array, eta: float) -> Array:
    """The student after one step on the batch X, shape (B, d)."""
    gradients = [sgd_gradient(V, W, a, c, x) for x in X]
    return V - eta * sum(gradients) / len(X)


def own_gradient(V: Array, b: Array, c: Coefficients, x: Array, y: float) -> tuple[Array, Array]:
    """Gradient of (sum_k b_k sigma(v_k . x) - y)^2 / 2 on the sphere: in unit v_k, and in b_k."""
    z = [float(v @ x) for v in V]
    e = sum(float(b[k]) * float(sigma(c, z[k])) for k in range(len(V))) - y
    turns = [e * b[k] * sigma_prime(c, z[k]) * (x - z[k] * V[k]) for k in range(len(V))]
    return np.array(turns), np.array([e * sigma(c, z[k]) for k in range(len(V))])


class Optimizer:
    """How a step is made of gradients: momentum as a running mean, Adam by its Algorithm 1."""

    def __init__(self, kind: str, eta: float) -> None:
        self.kind, self.eta, self.t = kind, eta, 0
        self.first: Array | float = 0.0
        self.second: Array | float = 0.0

    def change(self, g: Array) -> Array:
        """What is added to the numbers whose gradient is g."""
        self.t += 1
        if self.kind == "sgd":
            return -self.eta * g
        if self.kind == "sign":
            return -self.eta * np.sign(g)
        self.first = 0.9 * self.first + 0.1 * g
        if self.kind == "momentum":
            return np.asarray(-self.eta * self.first)
        self.second = 0.999 * self.second + 0.001 * g**2
        first, second = self.first / (1 - 0.9**self.t), self.second / (1 - 0.999**self.t)
        return np.asarray(-self.eta * first / (np.sqrt(second) + 1e-8))


def spherical_step(v: Array, w: Array, c: Coefficients, x: Array, eta: float) -> Array:
    """v after a step down the spherical gradient of (sigma(v.x) - sigma(w.x))^2 / 2, length 1."""
    z = float(v @ x)
    gradient = (sigma(c, z) - sigma(c, float(w @ x))) * sigma_prime(c, z) * x
    moved = v - eta * (gradient - (gradient @ v) * v)
    return moved / math.sqrt(moved @ moved)


def correlation_step(V: Array, W: Array, a: Array, c: Coefficients, X: Array, eta: float) -> Array:
    """Unit vectors V (m, d) after one step on the correlation loss -f f*, batch X (B, d)."""
    out = np.zeros_like(V)
    for k, unit in enumerate(V):
        out[k] = unit
        for x in X:
            z = float(unit @ x)
            push = teacher(W, a, c, x) * sigma_prime(c, z) * (x - z * unit)
            out[k] = out[k] + eta * push / len(X)
        out[k] /= math.sqrt(out[k] @ out[k])
    return out


def flow_rhs(
    V: Array, W: Array, a: Array, c: Coefficients, sources: Sequence[int] | None = None
) -> Array:
    """dV/dtau of the population gradient flow in all d coordinates (Model 2.2), shape (m, d).

    Where `sources` are given, each student feels these and itself alone.
    """
    norms = [math.sqrt(v @ v) for v in V]
    units = [v / n for v, n in zip(V, norms, strict=True)]
    out = np.zeros_like(V)
    for k, unit in enumerate(units):
        r = 0.0
        q = np.zeros(V.shape[1])
        for p in range(len(a)):
            o = float(unit @ W[p])
            r += a[p] * K(c, o)
            q += a[p] * K_prime(c, o) * W[p]
        for j in range(len(V)) if sources is None else {k, *sources}:
            s = float(unit @ units[j])
            r -= norms[j] ** 2 * K(c, s)
            q -= norms[j] ** 2 * K_prime(c, s) * units[j]
        out[k] = norms[k] * (2 * r * unit + q - (unit @ q) * unit)
    return out


def population_mse(V: Array, W: Array, a: Array, c: Coefficients) -> float:
    """E (f - f*)^2 as the double sum over all units of f - f*, of either sign."""
    weights = [float(v @ v) for v in V] + [-strength for strength in a]
    units = [v / math.sqrt(v @ v) for v in V] + list(W)
    total = 0.0
    for weight, unit in zip(weights, units, strict=True):
        for other_weight, other in zip(weights, units, strict=True):
            total += weight * other_weight * K(c, float(unit @ other))
    return total


def threefry(k0: int, k1: int, x0: int, x1: int, rounds: int = 13) -> tuple[int, int]:
    """Threefry-2x32, in Python's integers (Salmon et al., SC 2011)."""
    keys = (k0, k1, 0x1BD11BDA ^ k0 ^ k1)
    x0, x1 = (x0 + k0) & MASK, (x1 + k1) & MASK
    for done in range(1, rounds + 1):
        left = ROTATIONS[(done - 1) % 8]
        x0 = (x0 + x1) & MASK
        x1 = ((x1 << left) | (x1 >> (32 - left))) & MASK
        x1 ^= x0
        if done % 4 == 0:
            x0 = (x0 + keys[done // 4 % 3]) & MASK
            x1 = (x1 + keys[(done // 4 + 1) % 3] + done // 4) & MASK
    return x0, x1


@lru_cache(maxsize=4)
def normals(count: int, k0: int, k1: int, block: int) -> Array:
    """Box-Muller from the generator's words: the `count` (even) normals of a block.

    Pair i has the counter (block mod 2^32, i, with bits 32..39 of the block as its top byte); its
    cosine is normal i and its sine is normal count / 2 + i.
    """
    out = np.zeros(count)
    for i in range(count // 2):
        counter = i | ((block >> 32 << 24) & MASK)
        first, second = threefry(k0, k1, block & MASK, counter)
        radius = math.sqrt(-2 * math.log((first + 0.5) / 2**32))
        angle = 2 * math.pi * second / 2**32
        out[i] = radius * math.cos(angle)
        out[count // 2 + i] = radius * math.sin(angle)
    return out


def samples(block: int, size: int, d: int, k0: int, k1: int) -> Array:
    """The samples of a block, shape (size, d): sample s is column s of its d x size normals."""
    return normals(size * d, k0, k1, block).reshape(d, size).T


def tensor_power_step(v: Array, W: Array, a: Array, J: int) -> Array:
    """v <- T(I, v, ..., v) / |.| with the d^J entries of T = sum_p a_p w_p^(x J) written out."""
    T = np.zeros((len(v),) * J)
    for p in range(len(a)):
        power = np.array(a[p])
        for _ in range(J):
            power = np.multiply.outer(power, W[p])
        T = T + power
    for _ in range(J - 1):
        T = T @ v
    return T / math.sqrt(T @ T)


def decoupled_rhs(a: float, c: Coefficients) -> Callable[[float, Array], list[float]]:
    """Right-hand side (du/dtau, dn2/dtau) of one decoupled pair, for solve_ivp (Model 3.1)."""

    def rhs(_: float, state: Array) -> list[float]:
        u, n2 = float(state[0]), float(state[1])
        o = math.sqrt(u)
        return [2 * a * o * K_prime(c, o) * (1 - u), 4 * n2 * (a * K(c, o) - n2 * K(c, 1.0))]

    return rhs


def greedy_matching(times: Array) -> list[int]:
    """Smallest unused T_{p,k}, assign, strike out row and column, repeat; -1 where none is left."""
    m, P = times.shape
    iota = [-1] * P
    while True:
        free = [
            (times[k, p], p, k)
            for p in range(P)
            for k in range(m)
            if iota[p] < 0 and k not in iota and np.isfinite(times[k, p])
        ]
        if not free:
            return iota
        _, p, k = min(free)
        iota[p] = k


def staircase(tau: float, T: Array, a: Array, top: float) -> float:
    """sum_p a_p^2 K(1) 1{tau < T_p}."""
    return sum(float(a[p]) ** 2 * top for p in range(len(a)) if tau < T[p])


def parity_network(parameters: Sequence[Array], task: int, x: Array) -> float:
    """A hidden layer of ReLU neurons; the input is the task's control bit and n bits x.

    The parameters are W (n, m), C (K, m), b and a (m,), in this order.
    """
    W, C, b, a = parameters
    inputs = np.concatenate([np.eye(len(C))[task], x])
    weights = np.vstack([C, W])
    hidden = [max(0.0, float(inputs @ weights[:, j] + b[j])) for j in range(len(a))]
    return float(a @ hidden)


def parity_label(bits: Array, x: Array) -> float:
    """The product of the task's bits."""
    return math.prod(float(x[i]) for i in bits)


def parity_samples(
    step: int, size: int, n: int, p: Array, k0: int, k1: int
) -> list[tuple[int, Array]]:
    """Tasks and bits of a batch: sample s has the generator's words of the counter (step, s)."""
    until = [round(2**32 * float(p[: k + 1].sum())) for k in range(len(p) - 1)]
    found = []
    for s in range(size):
        word, which = threefry(k0, k1, step, s)
        task = sum(which >= end for end in until)
        found.append((task, np.array([1.0 if word >> i & 1 else -1.0 for i in range(n)])))
    return found


def parity_loss(
    parameters: Sequence[Array], bits: Array, samples: list[tuple[int, Array]]
) -> float:
    """The mean of (f - g)^2 / 2."""
    errors = [parity_network(parameters, k, x) - parity_label(bits[k], x) for k, x in samples]
    return sum(e**2 / 2 for e in errors) / len(errors)


def parity_gradients(
    parameters: Sequence[Array], bits: Array, samples: list[tuple[int, Array]]
) -> list[Array]:
    """Of `parity_loss` with respect to W, C, b and a."""
    W, C, b, a = parameters
    dW, dC, db, da = (np.zeros_like(each) for each in parameters)
    for k, x in samples:
        error = parity_network(parameters, k, x) - parity_label(bits[k], x)
        for j in range(len(a)):
            h = b[j] + C[k, j] + float(x @ W[:, j])
            if h > 0:
                da[j] += error * h
                db[j] += error * a[j]
                dC[k, j] += error * a[j]
                dW[:, j] += error * a[j] * x
    return [each / len(samples) for each in (dW, dC, db, da)]
