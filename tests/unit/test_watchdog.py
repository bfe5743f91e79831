"""A worker that hangs or dies is replaced, said in /readyz, and costs its own run only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from emergence.serving import watchdog
from emergence.serving.computation import State
from emergence.serving.orders import Orders
from emergence.serving.registry import Limits, Registry
from emergence.serving.study import Partial
from emergence.ui.server import routes, warming


@dataclass(eq=False)
class Stuck:
    """A study whose first piece never comes, until it is let go."""

    let: threading.Event = field(default_factory=threading.Event)

    def results(self) -> Iterator[Partial[int]]:
        self.let.wait()
        yield Partial(1.0, 1)


@dataclass(frozen=True)
class Deadly:
    """A study that ends the thread that computes it."""

    def results(self) -> Iterator[Partial[int]]:
        raise SystemExit("done for")
        yield Partial(1.0, 1)


@dataclass(frozen=True)
class Fine:
    number: int

    def results(self) -> Iterator[Partial[int]]:
        yield Partial(1.0, self.number)


def soon(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def registry() -> Iterator[Registry]:
    registry = Registry(Limits(workers=1))
    yield registry
    registry.close()


@pytest.fixture
def client(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A server that is warm."""
    warm = warming.WarmUp({})
    warm.start()
    soon(lambda: warm.ready)
    monkeypatch.setattr(routes, "warm_up", lambda: warm)
    monkeypatch.setattr(routes, "registry", lambda: registry)
    return TestClient(Starlette(routes=routes.ROUTES))


def test_a_hanging_worker_is_told_and_replaced_and_its_run_fails(
    registry: Registry, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").json()["workers"] == []
    monkeypatch.setattr(watchdog, "HANGING", 0.2)
    before = threading.enumerate()
    stuck = Stuck()
    job = registry.study("a", stuck)
    soon(lambda: client.get("/readyz").json()["workers"] != [])
    [hung] = (each for each in threading.enumerate()
              if each.name == "worker-1" and each not in before)  # fmt: skip
    [told] = client.get("/readyz").json()["workers"]
    assert told.startswith("worker-1 hangs for ")
    monkeypatch.setattr(watchdog, "HANGS", 0.3)
    soon(lambda: job.state is State.FAILED)
    assert "given up: worker-1 hung for 0 seconds" in job.message
    others = [registry.study(f"b{number}", Fine(number)) for number in range(3)]
    soon(lambda: all(other.state is State.FINISHED for other in others))
    response = client.get("/readyz")
    assert response.status_code == 200
    assert any("worker-1 hung" in each for each in response.json()["workers"])
    stuck.let.set()  # it comes back, and finds another in its place
    soon(lambda: not hung.is_alive())
    assert job.state is State.FAILED
    registry.study("c", Fine(9))
    soon(lambda: registry.waiting() == 0)


def test_what_ends_a_worker_costs_its_own_run_only(registry: Registry, client: TestClient) -> None:
    job, other = registry.study("a", Deadly()), registry.study("b", Fine(1))
    soon(lambda: job.state is State.FAILED and other.state is State.FINISHED)
    assert "was ended by SystemExit done for" in job.message
    response = client.get("/readyz")
    assert response.status_code == 200
    assert any("was ended by SystemExit" in each for each in response.json()["workers"])


def test_where_all_workers_hang_a_server_is_not_ready(
    registry: Registry, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "HANGING", 0.0)
    monkeypatch.setattr("emergence.serving.workers.LONG", 1e9)  # nobody is begun beside it
    stuck = Stuck()
    registry.study("a", stuck)
    soon(lambda: client.get("/readyz").status_code == 503)
    assert client.get("/readyz").json()["ready"] is False
    stuck.let.set()
    soon(lambda: client.get("/readyz").status_code == 200)


def test_who_waits_for_something_that_is_never_made_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let = threading.Event()

    def make(key: str) -> bytes:
        if key == "stuck":
            let.wait()
        return key.encode()

    orders = Orders(make, lambda _: 0.1)
    monkeypatch.setattr(watchdog, "HANGS", 0.2)
    stuck, fine = orders.ask("stuck", "a"), orders.ask("fine", "b")
    assert fine.result(60) == b"fine"
    with pytest.raises(RuntimeError, match="given up: worker-1 hung"):
        stuck.result(60)
    let.set()
    assert orders.ask("stuck", "a").result(60) == b"stuck", "it is made anew"
    orders.close()
