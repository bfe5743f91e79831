"""The lab as a file from the server: one for all that compute, a download to take home."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from emergence.experiment import Experiment
from emergence.serving.registry import Registry, ServerFullError
from emergence.ui.alone.page import MOST_BYTES, live, policy_of
from emergence.ui.server import routes
from emergence.ui.server.alone import ALONE, KEPT
from emergence.ui.server.policy import Policy
from emergence.ui.server.preload import PageHead

PAGE = {"accept": "text/html"}
FLOW = Experiment(d=1_000, P=2, m=4, engine="flow")


@pytest.fixture
def client(registry: Registry) -> Iterator[TestClient]:
    head = Middleware(PageHead, src="lab/scripts/plotly.js")
    with TestClient(Starlette(routes=routes.ROUTES, middleware=[Middleware(Policy), head])) as it:
        yield it


def test_who_computes_in_the_browser_is_sent_one_file_for_all_once(client: TestClient) -> None:
    first = client.get("/" + ALONE, headers=PAGE)
    assert first.content == live()
    assert len(first.content) <= MOST_BYTES
    said = first.headers
    assert said["content-security-policy"] == policy_of(first.content)
    assert "connect-src 'none'" in said["content-security-policy"]
    assert said["cache-control"] == KEPT
    assert "content-disposition" not in said
    again = client.get("/" + ALONE, headers=PAGE | {"if-none-match": said["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_download_begins_with_the_experiment(client: TestClient) -> None:
    answer = client.get("/" + ALONE, params={"query": "d=32&P=4&m=8&engine=sgd"})
    assert answer.headers["content-disposition"] == 'attachment; filename="emergence-lab.html"'
    experiment = Experiment.from_query("d=32&P=4&m=8&engine=sgd")
    assert f'"query":"{experiment.to_query()}"' in answer.text
    assert answer.content == live(experiment.to_query())


def test_a_run_that_no_browser_computes_is_taken_home_as_it_was_computed(
    client: TestClient, registry: Registry
) -> None:
    refused = client.get("/" + ALONE, params={"query": FLOW.to_query()})
    assert refused.status_code == 404
    assert "run it to the end first" in refused.json()["message"]
    run = registry.watch("somebody", FLOW, float("inf"))
    while not run.complete:
        run.work(0.1)
    answer = client.get("/" + ALONE, params={"query": FLOW.to_query()})
    assert answer.status_code == 200
    assert "Recorded: " in answer.text
    assert FLOW.to_query() in answer.text


def test_a_wrong_query_is_refused_in_a_sentence(client: TestClient) -> None:
    answer = client.get("/" + ALONE, params={"query": "d=0"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("d = 0 is out of range")


@pytest.mark.parametrize(
    ("query", "way"),
    [
        ("d=32&P=4&m=8&seed=5&engine=sgd", True),
        ("d=1000&P=4&m=8&engine=sgd", False),
        ("d=32&P=4&m=8&engine=flow", False),
        ("d=32&P=4&m=8&normalisation=slides&engine=sgd", False),
    ],
)
def test_a_full_server_says_where_else_a_run_is_computed(
    client: TestClient, registry: Registry, monkeypatch: pytest.MonkeyPatch, query: str, way: bool
) -> None:
    def full(*_: object) -> None:
        raise ServerFullError("no place")

    monkeypatch.setattr(registry, "watch", full)
    asked = {"viewer": "abcdefgh", "query": query, "from": "0", "until": "0"}
    answer = client.get("/" + routes.RUN, params=asked)
    assert answer.status_code == 503
    expected = f"{ALONE}#{Experiment.from_query(query).to_query()}" if way else ""
    assert answer.json()["alone"] == expected
