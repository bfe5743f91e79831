"""The table of parameters: what each is called, what it may be, and what it does to the physics.

Sliders, URL parsing, the command line, the documentation and every error message read
`PARAMETERS`; nothing else in the project states a range, a symbol or a default.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Mixture = tuple[tuple[int, float], ...]
Value = int | float | str | Mixture

DEGREES = (1, 2, 3, 4, 6, 8)
MAX_DEGREE = 8
LEAST_COEFFICIENT, MOST_COEFFICIENT = 1e-6, 10
"""Of non-zero |c_i|: below the first squares and rates lose their meaning in floating point."""


@dataclass(frozen=True)
class Parameter(ABC):
    """One parameter of an experiment: what it is called, what it may be, and what it does."""

    name: str
    symbol: str
    label: str
    default: Value
    help: str

    @property
    @abstractmethod
    def allowed(self) -> str:
        """The allowed values, in words."""

    @abstractmethod
    def parse(self, given: object) -> Value:
        """The value that `given` (a number, a text, a choice) stands for.

        Raises ValueError with a sentence that says what was wrong and what is allowed.
        """

    def clamp(self, given: object) -> Value:
        """The allowed value nearest to `given`; the default where there is no nearest one."""
        try:
            return self.parse(given)
        except ValueError:
            return self._nearest(given)

    def _nearest(self, given: object) -> Value:
        """The allowed value nearest to one that is not allowed."""
        return self.default

    def _refused(self, given: object) -> ValueError:
        return ValueError(f"{self.name} = {quote(given)} is not {self.allowed}")

    def _whole(self, given: object) -> int:
        """A whole number. Raises ValueError for anything else."""
        number = _number(given)
        if number is None:
            raise self._refused(given)
        if not number.is_integer():
            raise ValueError(f"{self.name} = {quote(given)} is not a whole number: {self.allowed}")
        return int(number)


@dataclass(frozen=True)
class Bounded(Parameter):
    """A number from `low` to `high`.

    `step` is the slider's step; on a logarithmic scale it is the ratio of neighbouring stops.
    """

    low: float = -math.inf
    high: float = math.inf
    step: float = 1.0
    scale: Literal["linear", "log"] = "linear"
    unit: str = ""

    @property
    def stops(self) -> tuple[Value, ...]:
        """Where the slider stops on a logarithmic scale: `low` to `high`, distinct.

        Neighbours differ by the factor `step`, rounded to what the slider shows.
        """
        count = round(math.log(self.high / self.low) / math.log(self.step))
        raw = [*(self.low * self.step**i for i in range(count)), self.high]
        return tuple(dict.fromkeys(self._rounded(value) for value in raw))

    @abstractmethod
    def _rounded(self, value: float) -> float | int:
        """A stop near `value`."""

    def _within(self, given: object, number: float) -> None:
        if not self.low <= number <= self.high:
            raise ValueError(f"{self.name} = {quote(given)} is out of range: {self.allowed}")

    def _bounded(self, given: object) -> float | None:
        """The nearest number within the bounds, None for what is no number."""
        number = _number(given, finite=False)
        if number is None or math.isnan(number):
            return None
        return min(max(number, self.low), self.high)


class Integer(Bounded):
    """A whole number."""

    @property
    def allowed(self) -> str:
        return f"a whole number from {self.low:,.0f} to {self.high:,.0f}"

    def parse(self, given: object) -> int:
        whole = self._whole(given)
        self._within(given, whole)
        return whole

    def _nearest(self, given: object) -> Value:
        number = self._bounded(given)
        return self.default if number is None else round(number)

    def _rounded(self, value: float) -> int:
        return round(value)


class Number(Bounded):
    """A real number."""

    @property
    def allowed(self) -> str:
        return f"a number from {self.low:,g} to {self.high:,g}"

    def parse(self, given: object) -> float:
        number = _number(given)
        if number is None:
            raise self._refused(given)
        self._within(given, number)
        return number

    def _nearest(self, given: object) -> Value:
        number = self._bounded(given)
        return self.default if number is None else number

    def _rounded(self, value: float) -> float:
        return float(f"{value:.1e}")


@dataclass(frozen=True)
class WordChoice(Parameter):
    """One of several words."""

    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        return "one of " + ", ".join(self.choices)

    def parse(self, given: object) -> str:
        if given not in self.choices:
            raise self._refused(given)
        return str(given)


@dataclass(frozen=True)
class WholeChoice(Parameter):
    """One of several whole numbers."""

    choices: tuple[int, ...] = ()

    @property
    def allowed(self) -> str:
        return "one of " + ", ".join(map(str, self.choices))

    @property
    def stops(self) -> tuple[int, ...]:
        """Where the slider stops."""
        return self.choices

    def parse(self, given: object) -> int:
        whole = self._whole(given)
        if whole not in self.choices:
            raise ValueError(f"{self.name} = {whole} is not {self.allowed}")
        return whole

    def _nearest(self, given: object) -> Value:
        number = _number(given, finite=False)
        if number is None or math.isnan(number):
            return self.default
        return min(self.choices, key=lambda choice: abs(choice - number))


class MixtureOfDegrees(Parameter):
    """Hermite coefficients, as degree:coefficient pairs."""

    @property
    def allowed(self) -> str:
        return (
            f"degree:coefficient pairs such as 3:0.6,4:0.8 with degrees 1 to {MAX_DEGREE}, the "
            f"smallest one of {', '.join(map(str, DEGREES))}, and coefficients between "
            f"-{MOST_COEFFICIENT} and {MOST_COEFFICIENT}, not all zero nor nearer to zero than "
            f"{LEAST_COEFFICIENT:g} (empty: the pure h_J)"
        )

    def parse(self, given: object) -> Mixture:
        try:
            pairs = _mixture_pairs(given)
        except (TypeError, ValueError, OverflowError):
            raise self._refused(given) from None
        degrees = [degree for degree, _ in pairs]
        fine = (
            len(set(degrees)) == len(degrees)
            and all(1 <= degree <= MAX_DEGREE for degree in degrees)
            and all(LEAST_COEFFICIENT <= abs(c) <= MOST_COEFFICIENT for _, c in pairs if c)
        )
        terms = tuple(sorted((degree, value) for degree, value in pairs if value))
        if not fine or (pairs and (not terms or terms[0][0] not in DEGREES)):
            raise self._refused(given)
        return terms


def _number(given: object, finite: bool = True) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        number = float(given)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) or not finite else None


def _mixture_pairs(given: object) -> list[tuple[int, float]]:
    if isinstance(given, str):
        parts = [part.split(":") for part in given.split(",") if part.strip()]
        rows: Iterable[Any] = parts
    else:
        rows = given.items() if isinstance(given, Mapping) else list(given)  # type: ignore[call-overload]
    pairs = []
    for degree, coefficient in rows:
        value = float(coefficient)
        if not math.isfinite(value):
            raise ValueError("a coefficient must be finite")
        if int(degree) != float(degree):
            raise ValueError("a degree must be whole")
        pairs.append((int(degree), value))
    return pairs


def mixture_text(given: object) -> str:
    """A mixture as the text that is read as the same mixture."""
    return ",".join(f"{degree}:{value!r}" for degree, value in _mixture_pairs(given))


def quote(given: object) -> str:
    text = given if isinstance(given, str) else repr(given)
    printable = "".join(ch if ch.isprintable() else "?" for ch in text)
    return printable if len(printable) <= 40 else printable[:37] + "..."


PARAMETERS: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Integer(
            "d", "d", "Dimension", 64,
            "Number of input coordinates, x ~ N(0, I_d). A random neuron's overlap with a teacher "
            "direction starts near 1/√d, so a larger d means a longer search before every jump.",
            low=2, high=1_000_000, step=2 ** 0.5, scale="log", unit="coordinates",
        ),
        Integer(
            "P", "P", "Teacher neurons", 8,
            "Number of orthonormal teacher directions w_p, that is, of skills to learn. More of "
            "them put more jumps on the loss curve and bring it closer to a straight line.",
            low=1, high=1024, step=2 ** 0.5, scale="log", unit="directions",
        ),
        Number(
            "beta", "β", "Decay of strengths", 1.0,
            "Strength of direction p is a_p ∝ p^-β. A larger β spreads the jumps further apart in "
            "time; the loss then falls as t^((1-2β)/β). A power law needs β > 1/2.",
            low=0.0, high=3.0, step=0.05,
        ),
        WholeChoice(
            "J", "J", "Information exponent", 4,
            "Degree of the first Hermite polynomial in the link function σ (σ = h_J here). J = 1, "
            "2: the signal is there from the start, no plateau. J ≥ 3: a long search, then a jump.",
            choices=DEGREES,
        ),
        Integer(
            "m", "m", "Student neurons", 32,
            "Width of the student. About P log P neurons are enough to find every direction; with "
            "m < P only about m directions can be learned and the loss ends on a plateau.",
            low=1, high=8192, step=2 ** 0.5, scale="log", unit="neurons",
        ),
        Number(
            "c", "c", "Step size constant", 0.05,
            "Step size η = c·d^(-J/2): the slider moves c. Larger is faster; too large, and the "
            "noise of single samples first drowns the search and then makes the run diverge.",
            low=1e-6, high=1e4, step=10 ** 0.1, scale="log",
        ),
        Number(
            "s0", "s₀", "Initial norm", 0.05,
            "Every student neuron starts with |v_k| = s₀. Small: neurons do not disturb one "
            "another while they search, but their norm takes longer to grow afterwards.",
            low=1e-4, high=1.0, step=10 ** 0.1, scale="log",
        ),
        Integer(
            "B", "B", "Batch size", 1,
            "Fresh samples averaged in each step of SGD. Larger batches allow larger η; the number "
            "of samples needed stays about the same.",
            low=1, high=1024, step=2.0, scale="log", unit="samples a step",
        ),
        Integer(
            "seed", "seed", "Random seed", 14,
            "Draws the initial directions and, for SGD, the samples. Same seed, same run, bit for "
            "bit; all engines start from the same initial overlaps. The default is one of the "
            "clearer among the first hundred: try others and see how much is luck.",
            low=0, high=2**32 - 1,
        ),
        WordChoice(
            "engine", "engine", "Engine", "auto",
            "auto: SGD where it should take less than 20 seconds and is stable, else the flow. "
            "sgd: online SGD, one fresh batch a step (sgd-full in all d coordinates, sgd-reduced "
            "in P + 2m with the same law; sgd takes the faster one). flow: its infinite-sample "
            "limit, population gradient flow. decoupled: the idealised dynamics, one neuron for "
            "each direction and no interaction. correlation: SGD on -E[f f*] with sgd-full's own "
            "samples, deflation switched off: only directions move, all norms stay s₀, so that "
            "the loss never falls; look at the overlaps.",
            choices=("auto", "sgd", "flow", "decoupled", "correlation", "sgd-full", "sgd-reduced"),
        ),
        WordChoice(
            "normalisation", "Σa²", "Normalisation", "paper",
            "paper: Σ a_p² = 1. slides: a_p = p^-β. The condition number a_1/a_P is P^β in both.",
            choices=("paper", "slides"),
        ),
        Number(
            "horizon", "t_end/max T_p", "Horizon", 1.5,
            "Where the run ends, in units of the last predicted emergence time max T_p.",
            low=0.01, high=100.0, step=0.1, unit="max T_p",
        ),
        Integer(
            "steps", "steps", "Steps", 0,
            "Exact number of steps of the run; 0 leaves the end to the horizon.",
            low=0, high=2**40, unit="steps",
        ),
        MixtureOfDegrees(
            "mixture", "c_i", "Link function", (),
            "Hermite coefficients of the link function σ = Σ c_i h_i, as degree:coefficient pairs; "
            "empty means σ = h_J. The information exponent J is then the smallest degree.",
        ),
        Number(
            "rho", "ρ", "Overlap of teachers", 0.0,
            "The theory has orthonormal teacher directions; here each two of them have the inner "
            "product ρ. A neuron that searches one is then pulled to the others as well, and what "
            "one has learned is in part another's. Tₚ and ι are still those of the theory, of the "
            "overlaps that the neurons start with.",
            low=0.0, high=0.95, step=0.05,
        ),
        Number(
            "noise", "ς", "Label noise", 0.0,
            "The theory has exact labels; here y = f*(x) + ς ξ with ξ ~ N(0, 1), a fresh one for "
            "each sample. The loss on such labels cannot fall below the floor ς²; the population "
            "MSE, against f*, can.",
            low=0.0, high=10.0, step=0.1,
        ),
        Integer(
            "samples", "n", "Finite data", 0,
            "The theory has fresh samples at every step; here n samples are drawn once, with their "
            "labels, and taken in the same order again and again. 0: fresh ones. The loss on the n "
            "samples then falls away from the population's.",
            low=0, high=1_000_000, unit="samples",
        ),
        WordChoice(
            "second", "aₖ", "Second layer", "tied",
            "tied: f = Σ |vₖ|² σ(v̄ₖ·x), as the theory has it: a neuron's weight is its squared "
            "norm. own: f = Σ aₖ σ(wₖ·x) with unit wₖ and an aₖ of its own, trained beside it by "
            "the same rule and free in its sign; at the start aₖ = s₀², the same function. A wₖ "
            "then moves no faster than its aₖ is large.",
            choices=("tied", "own"),
        ),
        WordChoice(
            "optimizer", "optimizer", "Optimizer", "sgd",
            "The theory has plain SGD. momentum: a running mean of gradients with the factor 0.9. "
            "adam: β₁ = 0.9, β₂ = 0.999. sign: only the signs of the gradient. The last two depend "
            "on the axes, so the teacher is turned to no axis in particular; their step is η times "
            "a typical gradient at the start, so that they set out as fast as SGD.",
            choices=("sgd", "momentum", "adam", "sign"),
        ),
    )
}  # fmt: skip
ASSUMPTIONS = ("rho", "noise", "samples", "second", "optimizer")
"""Parameters that break an assumption of the theory where they are not their defaults."""
ETA = Number(
    "eta", "η", "Step size", 0.05 * 64.0**-2,
    "Step size of SGD, η = c·d^(-J/2); given instead of c.",
    low=1e-300, high=1e6, scale="log",
)  # fmt: skip
CORES = os.cpu_count() or 1
SEEDS = Integer(
    "seeds", "seeds", "Seeds", 1,
    "Runs of one experiment with consecutive seeds, counted up from its own.",
    low=1, high=1_000,
)  # fmt: skip
THREADS = Integer(
    "threads", "threads", "Threads", CORES,
    "Threads that compute the seeds, by default one for each core. Results do not depend on it.",
    low=1, high=256,
)  # fmt: skip
