"""The operator's page: for whom has the token, with the numbers of this server."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from emergence.experiment import Experiment
from emergence.serving.registry import Limits, Registry
from emergence.ui.server import access, routes, status

TOKEN = "correct horse battery staple"
BEARER = {"authorization": f"Bearer {TOKEN}"}
PAGES = ("/lab/status", "/lab/metrics")


def basic(password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"jo:{password}".encode()).decode()}


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    held, kept = Registry(Limits(runs=4, workers=1)), access.AccessLog()
    monkeypatch.setattr(status, "registry", lambda: held)
    monkeypatch.setattr(status, "_sessions", lambda: 7)
    monkeypatch.setattr(access, "log", lambda: kept)
    yield held
    held.close()


@pytest.fixture
def client(registry: Registry) -> TestClient:
    return TestClient(Starlette(routes=routes.routes()))


@pytest.mark.parametrize("path", PAGES)
def test_there_is_no_such_page_without_a_token(client: TestClient, path: str) -> None:
    for headers in ({}, BEARER, basic("")):
        assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_it_is_for_whom_has_the_token(
    client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMERGENCE_STATUS_TOKEN", TOKEN)
    wrong = [
        {}, basic(""), basic(TOKEN + "x"), basic(TOKEN[:-1]), {"authorization": "Bearer"},
        {"authorization": "Basic !!!"}, {"authorization": "Basic /w=="}, {"authorization": TOKEN},
        {"authorization": f"Bearer {TOKEN[:-1]}"}, {"authorization": f"Digest {TOKEN}"},
    ]  # fmt: skip
    for headers in wrong:
        refused = client.get(path, headers=headers)
        assert refused.status_code == 401, headers
        assert refused.headers["www-authenticate"].startswith("Basic ")
        assert TOKEN not in refused.text
    assert client.get(path, params={"token": TOKEN}).status_code == 401
    for headers in (BEARER, basic(TOKEN)):
        assert client.get(path, headers=headers).status_code == 200
        assert client.get(path, headers=headers).headers["cache-control"] == "no-store"
    assert client.head(path, headers=BEARER).status_code == 405


def test_it_compares_the_token_in_constant_time(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMERGENCE_STATUS_TOKEN", TOKEN)
    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(secrets, "compare_digest", lambda *two: compared.append(two))
    assert client.get("/lab/status", headers=BEARER).status_code == 401
    assert compared == [(TOKEN.encode(), TOKEN.encode())]


def test_it_has_what_is_computed_for_whom_and_how_long(
    client: TestClient, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMERGENCE_STATUS_TOKEN", TOKEN)
    experiment = Experiment(d=16, P=2, m=8, seed=5)
    run = registry.watch("viewer00", experiment, 1e12, "10.0.0.1")
    registry.watch("viewer01", experiment, 1e12, "10.0.0.2")
    while run.worked < 0.01:
        time.sleep(0.01)
    found = status.status()
    (said,) = found.runs
    assert (said.what, said.viewers, said.clients) == (
        run.experiment.to_query(), 2, frozenset({"10.0.0.1", "10.0.0.2"}),
    )  # fmt: skip
    assert 0 < said.seconds <= run.worked
    assert sum(found.clients.values()) == pytest.approx(said.seconds)
    assert found.resident > 1e7
    page = client.get("/lab/status", headers=BEARER).text
    for part in ("10.0.0.1", "10.0.0.2", run.experiment.to_query().replace("&", "&amp;")):
        assert part in page
    client.get("/lab/run", params={"viewer": "x"})
    told = client.get("/lab/metrics", headers=BEARER).text
    samples = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }
    assert samples["emergence_sessions", ()] == 7
    assert samples["emergence_workers", ()] == 1
    assert sum(samples[key] for key in samples if key[0] == "emergence_runs") == 1
    assert samples["emergence_requests_total", ("GET", "/lab/run", "400")] == 1
    assert samples["process_resident_memory_bytes", ()] > 1e7


def test_a_page_says_what_it_is_told_as_text() -> None:
    run = status.RunStatus("<b>x</b>", "running", 1, frozenset({"<i>"}), 1.0, 2e6)
    page = status.html(status.Status(1.0, 1, 1, 1, 1e6, (run,), (("width", "running", 0.5),)))
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "&lt;i&gt;" in page
    assert "<b>" not in page
    assert "50%" in page
