"""Studies: computed piece by piece, shared, stopped when nobody looks, and readable meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from emergence.serving.computation import State
from emergence.serving.registry import Limits, Registry, ServerFullError
from emergence.serving.study import STUDY_BYTES, Job, Partial


@dataclass(frozen=True)
class Squares:
    """1, 4, 9, ..., each as a piece."""

    count: int
    broken_at: int = -1

    def results(self) -> Iterator[Partial[tuple[int, ...]]]:
        found: tuple[int, ...] = ()
        for i in range(self.count):
            if i == self.broken_at:
                raise ZeroDivisionError("no square")
            found += ((i + 1) ** 2,)
            yield Partial((i + 1) / self.count, found)


def until_final(
    registry: Registry, study: Squares, viewer: str = "viewer01"
) -> Job[tuple[int, ...]]:
    deadline = time.monotonic() + 20
    while not (job := registry.study(viewer, study)).final:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return job


def test_a_study_is_computed_to_its_end_and_shared() -> None:
    registry = Registry(Limits(workers=1))
    job = until_final(registry, Squares(5))
    assert job.state is State.FINISHED
    assert job.published == Partial(1.0, (1, 4, 9, 16, 25))
    assert registry.study("viewer02", Squares(5)) is job
    assert registry.study("viewer02", Squares(6)) is not job
    registry.close()


def test_a_broken_study_says_why_and_keeps_what_it_found() -> None:
    registry = Registry(Limits(workers=1))
    job = until_final(registry, Squares(5, broken_at=2))
    assert job.state is State.FAILED
    assert job.message == "the computation failed: ZeroDivisionError: no square"
    assert job.published is not None
    assert job.published.value == (1, 4)
    registry.close()


def test_a_study_that_nobody_watches_rests() -> None:
    job = Job(Squares(10**9))
    assert not job.wants_work
    job.want("viewer01", 1e9)
    assert job.wants_work
    job.work(0.001)
    assert job.state is State.RUNNING
    job.leave("viewer01")
    assert not job.wants_work
    assert job.state is State.PAUSED


def test_leaving_the_registry_stops_the_wish() -> None:
    registry = Registry(Limits(workers=1))
    job = registry.study("viewer01", Squares(10**9))
    registry.leave("viewer01")
    assert job.viewers() == 0
    registry.leave("nobody01")
    registry.close()
    assert job.state is State.STOPPED


@dataclass(frozen=True)
class Own:
    """A student's own settings, in pieces of a moment each."""

    student: int
    pieces: int = 8

    def results(self) -> Iterator[Partial[int]]:
        for i in range(self.pieces):
            time.sleep(0.0005)
            yield Partial((i + 1) / self.pieces, self.student)


def test_a_class_behind_one_address_has_its_answers_and_others_a_place() -> None:
    """Those that find no place ask again, as their pages do."""
    limits = Limits(runs=16, bytes=16 * 2 * STUDY_BYTES, workers=1)
    registry = Registry(limits)
    found: dict[int, int] = {}
    refused, seen = set[str](), 0
    deadline, forever = time.monotonic() + 60, Own(-1, 10**9)
    for _ in range(2):
        for student in range(limits.runs):  # all of the places, for those who go on asking
            registry.study(f"student{student}", Own(student), "hall")
    for _ in range(2):
        elsewhere = registry.study("elsewhere", forever, "home")
    while len(found) < 50:
        assert time.monotonic() < deadline, "somebody waits in vain"
        for student in set(range(50)) - set(found):
            try:
                job = registry.study(f"student{student}", Own(student), "hall")
            except ServerFullError as error:
                refused.add(str(error))
                continue
            if job.state is State.FINISHED and job.published is not None:
                found[student] = job.published.value
        assert registry.study("elsewhere", forever, "home") is elsewhere
        seen = max(seen, len(registry.runs()))
        assert sum(run.bytes for run in registry.runs()) <= limits.bytes
        time.sleep(0.01)
    assert found == {student: student for student in range(50)}
    (why,) = refused
    assert "memory" not in why, "a study is no large run"
    assert seen == limits.runs
    registry.close()
