"""Crowds, attacks and the soak, with tiny numbers, against our own routes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from emergence import engines
from emergence.experiment import Experiment
from emergence.runs.plan import make_plan
from emergence.serving.registry import Limits, Registry
from emergence.ui.server import routes
from tests.load import attacks, scenarios
from tests.load.measure import Sample, given_back, lines, measure
from tests.load.report import Server
from tests.load.scenarios import SCENARIOS, Crowd, reached
from tests.load.soak import Growth, growth

LONG_RUN = scenarios.LONG_RUN


@asynccontextmanager
async def server() -> AsyncIterator[str]:
    """Our routes, without Streamlit."""
    page = Route("/", lambda _: HTMLResponse("<html></html>"))
    app = Starlette(routes=[page, *routes.ROUTES])
    serving = uvicorn.Server(uvicorn.Config(app, port=0, http="h11", log_level="critical"))
    running = asyncio.create_task(serving.serve())
    while not serving.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    finally:
        serving.should_exit = serving.force_exit = True
        await running


class Page:
    """A page that comes at once."""

    def __init__(self, _: str, shown: Callable[[str], None]) -> None:
        self.go = shown

    async def stay(self) -> None:
        await asyncio.sleep(1000)


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> Any:
    for engine in ("sgd", "flow"):
        engines.compile_kernels(Experiment(engine=engine))
    registry = Registry(Limits(runs=16, workers=1))
    monkeypatch.setattr(routes, "registry", lambda: registry)
    monkeypatch.setattr(scenarios, "LONG_RUN", "engine=sgd&d=32&P=2&m=8&c=0.0001&seed={}")
    monkeypatch.setattr(scenarios, "Session", Page)
    yield registry
    registry.close()


def played(play: Callable[[str], Awaitable[Any]]) -> Any:
    async def visit() -> Any:
        async with server() as address:
            return await play(address)

    return asyncio.run(visit())


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_crowd_is_delivered_to_and_measured(name: str) -> None:
    crowd = Crowd(3, 1.0, join=0.1, think=0.05, patience=60.0)
    row = played(lambda address: measure(address, os.getpid(), name, crowd))
    assert row["visitors"] == 3
    assert row["wanted"] >= 3
    assert row["delivered"] == 1.0
    assert row["p50"] <= row["p95"] <= row["p99"]
    if name in ("followers", "runs"):
        assert all(number > 0 for number in row["numbers"].values())


def test_the_long_run_takes_minutes() -> None:
    plan = make_plan(Experiment.from_query(LONG_RUN.format(1)))
    assert 120 < plan.seconds < 3600


def test_a_run_that_has_failed_is_not_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "LONG_RUN", "engine=sgd&d=32&P=8&m=32&c=4.0&seed={}")
    crowd = Crowd(2, 4.0)  # a busy machine takes its time until the run has failed
    row = played(lambda address: measure(address, os.getpid(), "runs", crowd))
    assert row["delivered"] < 1.0


def test_what_does_not_come_is_not_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Page, "__init__", lambda self, *_: setattr(self, "go", lambda _: None))
    crowd = Crowd(2, 0.2, patience=0.05)
    for name in ("opens", "readers"):

        async def play(address: str, name: str = name) -> dict[str, Any]:
            return await measure(address, os.getpid(), name, crowd)

        row = played(play)
        assert (row["delivered"], row["p50"], row["missing"]) == (0.0, None, row["wanted"])
        assert row["reached"].endswith("no")


@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_every_attack_goes_on_and_newcomers_have_a_place(
    name: str, monkeypatch: pytest.MonkeyPatch, light: Registry
) -> None:
    """Small ones: what is attacked here is the protocol, not this machine."""
    for query in ("HEAVY", "WIDE", "SMALL"):
        monkeypatch.setattr(attacks, query, "engine=flow&d=32&P=2&m=8&seed={}")
    attack = attacks.ATTACKS[name]
    if name == "half open":
        attack = lambda address: attacks.half_open(address, 3, 2)  # noqa: E731
    monkeypatch.setitem(attacks.ATTACKS, name, attack)
    crowd = Crowd(2, 0.5, patience=60.0)
    row = played(lambda address: measure(address, os.getpid(), "newcomers", crowd, [name]))
    assert row["attacked"]
    assert row["delivered"] == 1.0
    if name in ("first steps", "wide flows", "flood", "names"):
        assert len(light.runs()) > 2, "the attack has reached the server"


def test_the_table_says_share_quantiles_and_what_was_reached() -> None:
    row = {
        "scenario": "runs", "attacked": True, "visitors": 50, "delivered": 0.98, "p50": 0.1,
        "p95": 0.5, "p99": None, "cpu": 1.5, "kilobytes": 12.0, "missing": 1,
        "numbers": {"slowest over mean": 0.4},
    }  # fmt: skip
    row["reached"] = reached("runs", row)
    after = {"base_megabytes": 300.0, "left_megabytes": 20.0, "seconds": 1.0}
    said = lines({"scenarios": [row], "after": after})
    assert "runs + attacks  50        98.0%" in said
    assert "never" in said
    assert "half the mean: no (slowest over mean 0.4)" in said
    assert "+20 MB over 300 MB" in said


def test_growth_is_from_the_middle_to_the_end() -> None:
    flat = [Sample(i, 10**9 + i % 3, 20 + i % 2, 50) for i in range(300)]
    assert growth(flat).flat
    warming = [Sample(i, min(i, 100) * 10**7, 20, 50) for i in range(300)]
    assert growth(warming).flat, "caches that fill in the beginning are none"
    for leak in (
        [Sample(i, i * 10**6, 20, 50) for i in range(300)],
        [Sample(i, 10**9, i, 50) for i in range(300)],
        [Sample(i, 10**9, 20, i) for i in range(300)],
    ):
        assert not growth(leak).flat
    assert growth(flat) == Growth(0.0, 0.0, 0.0)


def test_what_is_given_back_is_waited_for() -> None:
    now = Server(os.getpid()).memory
    fine = asyncio.run(given_back(os.getpid(), now))
    assert abs(fine["left_megabytes"]) < 100
    assert asyncio.run(given_back(os.getpid(), now - 10**9, within=0.0))["left_megabytes"] > 100
