"""A run's file and tables from the server, and a picture's numbers."""

from __future__ import annotations

import io
import json

import plotly.graph_objects as go
import pytest
from pyarrow import parquet
from starlette.testclient import TestClient

import emergence
from emergence import Experiment, simulate
from emergence.results import npz
from emergence.runs.plan import make_plan
from emergence.serving.registry import Registry
from emergence.ui.server import data, scripts
from emergence.ui.server.data import file_name
from tests.saved import of_csv
from tests.unit.conftest import decode

QUERY = "d=16&P=2&m=8&J=3&c=0.05&engine=sgd&seed=5"


def play(client: TestClient, until: float, query: str = QUERY) -> None:
    """As a browser does, until there is nothing left to come."""
    given = {"viewer": "abcdefgh", "query": query, "until": str(until)}
    for _ in range(10_000):
        header, _ = decode(client.get("/lab/run", params=given).content)
        if header["state"] in ("finished", "failed", "paused"):
            return


def test_a_run_that_was_played_is_taken_away(client: TestClient) -> None:
    play(client, 1e12)
    answer = client.get("/lab/data", params={"query": QUERY, "format": "npz"})
    assert answer.status_code == 200
    said = answer.headers["content-disposition"]
    name = "emergence-d16-P2-beta1.0-J3-m8-c0.05-s00.05-seed5-enginesgd.npz"
    assert said == f'attachment; filename="{name}"'
    found = npz.from_bytes(answer.content)
    again = simulate(Experiment.from_query(QUERY))
    assert found.state == "finished"
    timings = {"seconds", "ns_per_step", "compile_seconds"}
    one, other = ({k: v for k, v in each.as_dict().items() if k not in timings}
                  for each in (found, again))  # fmt: skip
    assert one == other
    text = client.get("/lab/data", params={"query": QUERY, "format": "csv", "table": "directions"})
    about, rows = of_csv(text.text)
    assert Experiment.from_query(about["query"]).seed == 5
    assert about["state"] == "finished"
    assert [float(row["T"]) for row in rows] == again.T.tolist()
    assert "-directions.csv" in text.headers["content-disposition"]
    packed = client.get("/lab/data", params={"query": QUERY, "format": "parquet"})
    read = parquet.read_table(io.BytesIO(packed.content))
    assert read["mse"].to_pylist() == again.mse.tolist()
    about = json.loads(read.schema.metadata[b"emergence-lab"])
    assert (about["table"], about["state"]) == ("loss", "finished")


def test_a_run_is_taken_as_far_as_it_got_and_says_so(client: TestClient) -> None:
    plan = make_plan(Experiment.from_query(QUERY))
    play(client, float(plan.snapshots[40] / plan.experiment.eta))
    answer = client.get("/lab/data", params={"query": QUERY, "format": "npz"})
    found = npz.from_bytes(answer.content)
    assert found.state == "unfinished"
    assert 40 < len(found.steps) < len(plan.snapshots)
    assert f"-first-{len(found.steps)}-snapshots.npz" in answer.headers["content-disposition"]
    crossed = found.crossing[found.crossing == found.crossing]
    assert (crossed <= found.steps[-1]).all()


def test_a_run_that_diverged_is_taken_with_its_reason(client: TestClient) -> None:
    query = "d=16&P=2&m=8&J=4&c=20&s0=0.5&seed=1&engine=sgd"
    play(client, 1e12, query)
    content = client.get("/lab/data", params={"query": query, "format": "npz"}).content
    found = npz.from_bytes(content)
    assert found.state == "diverged"
    assert "diverged after" in found.message


@pytest.mark.parametrize(
    ("given", "status", "why"),
    [
        ({"format": "npz"}, 404, "play it first"),
        ({"format": "pickle"}, 400, "format must be one of npz, csv, parquet"),
        ({"format": "csv", "table": "x"}, 400, "table must be one of loss, directions"),
        ({"format": "csv", "query": "d=-4"}, 400, "d = -4"),
    ],
)
def test_what_is_not_there_is_refused(
    client: TestClient, registry: Registry, given: dict[str, str], status: int, why: str
) -> None:
    answer = client.get("/lab/data", params={"query": QUERY} | given)
    assert answer.status_code == status
    assert why in answer.json()["message"]
    assert not registry.runs(), "to ask for a file computes nothing"


def test_other_pages_and_other_methods_get_nothing(client: TestClient) -> None:
    foreign = {"origin": "http://evil.example"}
    given = {"query": QUERY, "format": "npz"}
    assert client.get("/lab/data", params=given, headers=foreign).status_code == 403
    assert client.post("/lab/numbers?format=csv", json={}, headers=foreign).status_code == 403
    assert client.head("/lab/data", params=given).status_code == 405
    assert client.get("/lab/numbers?format=csv").status_code == 405


def test_a_table_that_is_too_long_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(client, 1e12)
    monkeypatch.setattr(data, "MOST_ROWS", 100)
    given = {"query": QUERY, "format": "csv", "table": "overlaps"}
    answer = client.get("/lab/data", params=given)
    assert answer.status_code == 400
    assert "at most 100 are made here: take the NPZ file" in answer.json()["message"]


def test_a_picture_s_numbers_become_a_file(client: TestClient) -> None:
    figure = json.loads(go.Figure(go.Scatter(x=[1.0, 2.0], y=[3.0, 4.0], name="β")).to_json())
    asked = "/lab/numbers?format=csv&name=one_neuron?J=4&about=J%3D4,%0Aseed%3D3"
    sent = client.post(asked, json=figure)
    head, about, table = sent.text.split("\n", 2)
    assert head == f"# emergence-lab: {emergence.__version__}"
    assert about == "# about: J=4, seed=3", "in one line, whatever is sent"
    assert table == "curve,name,x,y\n1,β,1.0,3.0\n1,β,2.0,4.0\n"
    assert 'filename="emergence-one-neuron-J4.csv"' in sent.headers["content-disposition"]
    packed = client.post("/lab/numbers?format=parquet&about=J%3D4", json=figure).content
    read = parquet.read_table(io.BytesIO(packed))
    assert read["y"].to_pylist() == [3.0, 4.0]
    assert json.loads(read.schema.metadata[b"emergence-lab"])["about"] == "J=4"


def test_a_picture_that_is_none_or_too_large_or_one_too_many_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post("/lab/numbers?format=csv", json={"data": 3}).status_code == 400
    assert client.post("/lab/numbers?format=xls", json={}).status_code == 400
    assert client.post("/lab/numbers?format=csv", content=b"[]").status_code == 400
    monkeypatch.setattr(data, "MOST_PICTURE", 10)
    large = client.post("/lab/numbers?format=csv", json={"data": [1, 2, 3, 4, 5]})
    assert "at most 10 bytes" in large.json()["message"]
    monkeypatch.setattr(data, "MOST_CONVERSIONS", 0)
    assert client.post("/lab/numbers?format=csv", json={"data": []}).status_code == 503


def test_a_file_s_name_is_one_that_every_system_takes() -> None:
    assert (
        file_name("d=64&mixture=3:0.6,4:0.8&c=1e-05") == "emergence-d64-mixture3-0.6-4-0.8-c1e-05"
    )
    assert file_name("mixture=4:-0.7") == "emergence-mixture4_-0.7"
    assert file_name("Scaling law: at = -0.4, of 3 - 4") == "emergence-Scaling-law-at_-0.4-of-3-4"
    assert file_name("at=−2&c=1e-05") == "emergence-at_-2-c1e-05"
    assert file_name("../../etc/passwd\r\nx: y") == "emergence-etc-passwd-x-y"
    assert len(file_name("a" * 500)) <= 130


def test_the_browser_says_the_same_version() -> None:
    """Saved pictures have it in their captions."""
    text = scripts.script("software.js").decode()
    assert f'SOFTWARE = "emergence-lab {emergence.__version__}";' in text
