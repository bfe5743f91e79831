"""Lessons' longer computations: pieces that refine a picture, computed as runs are.

A study is a frozen dataclass of a question and all that its answer depends on. Equal studies are
computed once, however many readers of a lesson look at them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from emergence.serving.computation import GRACE, Computation, State

T_co = TypeVar("T_co", covariant=True)

STUDY_BYTES = 20e6
"""Memory a study is taken to hold at most, with the results it publishes. Of the lessons' with
large settings the one that needs most had taken 16 MB after ten seconds."""


@dataclass(frozen=True)
class Partial(Generic[T_co]):
    """The answer so far: `done`, the share of the work (0 to 1), and an immutable `value`."""

    done: float
    value: T_co


class Study(Protocol[T_co]):
    """A question to be computed. Implementations are hashable: equal questions are one study."""

    def results(self) -> Iterator[Partial[T_co]]:
        """The answer so far, piece after piece, each computed in about 0.1 s or less."""

    def __hash__(self) -> int: ...


def size(value: object) -> float:
    """Bytes of the arrays in a result."""
    if isinstance(value, np.ndarray):
        return float(value.nbytes)
    if is_dataclass(value):
        return sum(size(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, dict):
        return size([*value.values()])
    return sum(map(size, value)) if isinstance(value, tuple | list) else 0.0


class Job(Computation, Generic[T_co]):
    """A study being computed.

    Attributes
    ----------
    published : the latest result, None before the first
    message : why it failed
    """

    def __init__(self, study: Study[T_co], grace: float = GRACE) -> None:
        super().__init__(grace, STUDY_BYTES)
        self.study = study
        self.published: Partial[T_co] | None = None
        self.message = ""
        self._pieces = study.results()

    def _held(self) -> float:
        return size(self.published)

    def __repr__(self) -> str:
        return f"Job({self.study!r})"

    @property
    def _begun(self) -> bool:
        return self.published is not None

    @property
    def _reached(self) -> float:
        return self.published.done if self.published else 0.0

    def _compute(self, seconds: float, until: float) -> None:
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            piece = next(self._pieces, None)
            if piece is None:
                with self._lock:
                    self._final = self._final or State.FINISHED
                return
            self.published = piece

    def _say(self, message: str) -> None:
        self.message = message
