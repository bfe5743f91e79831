"""Engine of broken assumptions: SGD with any teacher, labels, data, second layer and optimizer."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from emergence.arrays import Array, BoolArray, Float32
from emergence.engines.base import TRAINED_ON, Measurement, emerged
from emergence.engines.initial import initial_directions
from emergence.engines.kernels.blocks import padded
from emergence.engines.kernels.general import (
    ADAM,
    AXES,
    MOMENTUM,
    NOISE,
    SGD,
    SIGN,
    Bench,
    Data,
    Rule,
    Student,
    fill_kept,
    fill_turn,
    general_steps,
    train_loss,
)
from emergence.engines.kernels.normals import stream_key
from emergence.engines.online_sgd import DIVERGENCE_FACTOR, LANES, block_size, sample_key
from emergence.engines.paced import PacedSteps
from emergence.experiment import Experiment
from emergence.parameters import MAX_DEGREE
from emergence.theory.hermite import LinkFunction
from emergence.theory.risk import population_mse, teacher_power
from emergence.theory.teacher import directions, gram, link_function, strengths

OPTIMIZERS = {"sgd": SGD, "momentum": MOMENTUM, "adam": ADAM, "sign": SIGN}
BY_COORDINATE = ("adam", "sign")
"""Optimizers whose step depends on the axes."""


def _key(seed: int, purpose: int) -> NDArray[np.uint32]:
    """The generator's key of a seed for one purpose, shape (2,)."""
    return np.array(stream_key(seed, purpose), dtype=np.uint32)


def random_turn(d: int, seed: int) -> Array:
    """A rotation or reflection of R^d, uniform over all of them, shape (d, d).

    Of normals by QR, with the signs of R's diagonal (Mezzadri, *How to generate random matrices
    from the classical compact groups*, Notices of the AMS 54, 2007).
    """
    normals = np.zeros((d, d))
    fill_turn(normals, *_key(seed, AXES))
    Q, R = np.linalg.qr(normals)
    return np.asarray(Q * np.sign(np.diag(R)))


def typical_gradient(experiment: Experiment, a: Array, link: LinkFunction) -> tuple[float, float]:
    """Root mean square of a coordinate of a neuron's gradient at the start, and of a_k's.

    The student is small then, e = -y, and z_k nearly independent of y: so E g^2 is
    E y^2 E sigma'^2 |v_k|^2 / B, and E y^2 E sigma^2 / B for a second layer of its own.
    """
    e = experiment
    y = math.sqrt(teacher_power(a, gram(e.P, e.rho), link) + e.noise**2)
    # With unit directions the gradient has the factor a_k = s0^2 in place of |v_k|.
    size = e.s0**2 if e.second == "own" else e.s0
    root = math.sqrt(e.B)
    return (
        y * size * math.sqrt(float(link.K_prime(1.0))) / root,
        y * math.sqrt(float(link.K(1.0))) / root,
    )


class GeneralSGD(PacedSteps):
    """SGD where at least one assumption of the theory is broken. Implements `Engine`.

    Same start and, sample for sample, same data as online SGD in all d coordinates.
    """

    def __init__(self, experiment: Experiment) -> None:
        e = experiment
        super().__init__(e.eta, 16.0 * e.d * e.m * e.B)
        self._own = e.second == "own"
        self._a = a = strengths(e)
        self._link = link = link_function(e)
        self._gram = gram(e.P, e.rho)
        start = initial_directions(e)
        rows = padded(e.d, LANES)
        V, W = np.zeros((rows, e.m)), directions(e.P, e.rho)
        V[: start.shape[1]] = start.T
        if e.optimizer in BY_COORDINATE:
            turn = random_turn(e.d, e.seed)
            V[: e.d] = turn @ V[: e.d]
            W = turn[:, : e.P] @ W
        if not self._own:
            V *= e.s0
        size = block_size(e)
        samples = padded(size, LANES)
        has = {"momentum": (rows, 0), "adam": (rows, rows)}.get(e.optimizer, (0, 0))
        self._student = Student(
            V=V, b=np.full(e.m, e.s0**2), M=np.zeros((has[0], e.m)), S=np.zeros((has[1], e.m)),
            Mb=np.zeros(e.m), Sb=np.zeros(e.m), n2=np.einsum("ik,ik->k", V, V),
        )  # fmt: skip
        kept: Float32 = np.zeros((e.samples, e.d), dtype=np.float32)
        key, of_noise = sample_key(e), _key(e.seed, NOISE)
        self._data = Data(
            W=np.ascontiguousarray(W), a=a, noise=float(e.noise), k0=key[0], k1=key[1],
            n0=of_noise[0], n1=of_noise[1], size=size,
            X=np.zeros((e.d, samples), dtype=np.float32), kept=kept, labels=np.zeros(e.samples),
        )  # fmt: skip
        sigma = np.zeros(MAX_DEGREE + 1)
        sigma[: len(link.polynomial)] = link.polynomial
        typical = typical_gradient(e, a, link) if e.optimizer in BY_COORDINATE else (1.0, 1.0)
        self._rule = Rule(
            sigma=sigma, own=self._own, optimizer=OPTIMIZERS[e.optimizer],
            eta=e.eta * typical[0], eta_b=e.eta * typical[1],
            limit=DIVERGENCE_FACTOR * (float(a.sum()) + e.m * e.s0**2),
        )  # fmt: skip
        self._bench = Bench(
            uniform=np.zeros(e.d * samples // 2, dtype=np.float32),
            angle=np.zeros(e.d * samples // 2, dtype=np.int32),
            x=np.zeros((rows, e.B)), y=np.zeros(e.B), t=np.zeros(e.P), Z=np.zeros((e.B, e.m)),
            C=np.zeros((e.B, e.m)), G=np.zeros((rows, e.m)), A=np.zeros(e.m),
            gb=np.zeros(e.m), slope=np.zeros(e.m), value=np.zeros(e.m),
        )  # fmt: skip
        fill_kept(self._data, sigma, self._bench)

    def _take(self, steps: int) -> int:
        here = np.int64(self.step)
        return int(general_steps(self._student, self._data, self._rule, self._bench, here, steps))

    @property
    def kept(self) -> tuple[Float32, Array]:
        """Samples that are taken again and again, shape (n, d), and their labels, shape (n,)."""
        return self._data.kept, self._data.labels

    def weights(self) -> Array:
        """A neuron's weight in the student's sum, |v_k|^2 or its own a_k, shape (m,)."""
        return np.asarray((self._student.b if self._own else self._student.n2).copy())

    def units(self) -> Array:
        """Directions vbar_k, shape (m, d')."""
        return np.asarray((self._student.V / np.sqrt(self._student.n2)).T)

    def overlaps(self) -> Array:
        V, W = self._student.V, self._data.W
        return np.asarray((V[: len(W)].T @ W) / np.sqrt(self._student.n2)[:, None])

    def emerged(self) -> BoolArray:
        return emerged(self.overlaps())

    def measure(self) -> Measurement:
        units, weights = self.units(), self.weights()
        O = self.overlaps()  # noqa: E741
        mse = population_mse(O, units, weights, self._a, self._link, gram=self._gram)
        count = min(len(self._data.labels), TRAINED_ON)
        train = float("nan")
        if count:
            train = float(train_loss(self._student, self._data, self._rule, self._bench, count))
        return Measurement(O, weights, mse, train)
