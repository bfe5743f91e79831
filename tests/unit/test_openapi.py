"""The description of the routes is OpenAPI, has each of them, and is what they answer."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from emergence.ui.server import routes, scripts
from emergence.ui.server.openapi import SAYS, described, openapi

DESCRIPTION = openapi(routes.ROUTES)
OPERATIONS = [(method, path) for method, path, _ in described(routes.ROUTES)]
ROOM = {"secret": "a secret of thirty-two letters..", "viewer": "lecturer"}
GIVEN: dict[str, dict[str, Any]] = {
    "/lab/run": {"params": {"viewer": "abcdefgh", "query": "d=16&P=2&m=4", "until": "1"}},
    "/lab/figures": {"params": {"query": "d=16&P=2&m=4"}},
    "/lab/numbers": {"params": {"format": "csv"}, "json": {"data": [{"x": [1], "y": [2]}]}},
    "/class/qr": {"params": {"code": "ABCDEF", "at": "https://hall.example/lab"}},
}
"""What is asked with; where nothing is, a route is asked for nothing, and refuses."""


def test_it_is_openapi() -> None:
    validate(DESCRIPTION)


def test_each_route_and_method_is_described_with_its_words() -> None:
    assert len(OPERATIONS) == len(set(OPERATIONS)) > 20
    assert set(OPERATIONS) == set(SAYS)
    found = {
        (method.upper(), path): operation
        for path, methods in DESCRIPTION["paths"].items() for method, operation in methods.items()
    }  # fmt: skip
    assert set(found) == set(OPERATIONS)
    assert all(each["summary"] for each in found.values())
    assert len({each["operationId"] for each in found.values()}) == len(found)


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=" ".join)
def test_each_answers_as_is_described(method: str, path: str, client: TestClient) -> None:
    operation = DESCRIPTION["paths"][path][method.lower()]
    address = path.format(version=scripts.version(), name="lab.js", code="ABCDEF")
    given = GIVEN.get(path, {"json": {}} if method == "POST" else {})
    answer = client.request(method, address, **given)
    said = operation["responses"].get(str(answer.status_code))
    assert said, answer.text
    kind = answer.headers["content-type"].partition(";")[0]
    if answer.status_code == 200:
        assert kind in said["content"]
    elif kind == "application/json" and path != "/readyz":
        assert answer.json()["message"]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=" ".join)
def test_what_must_be_given_must_be_given(method: str, path: str, client: TestClient) -> None:
    """Without one of the names that are required, and with the others, a route refuses."""
    operation = DESCRIPTION["paths"][path][method.lower()]
    required = [each["name"] for each in operation["parameters"]
                if each["in"] == "query" and each["required"]]  # fmt: skip
    given = GIVEN.get(path, {})
    address = path.format(version="x", name="lab.js", code="ABCDEF")
    for name in required:
        fewer = {key: value for key, value in given.get("params", {}).items() if key != name}
        answer = client.request(method, address, **(given | {"params": fewer}))
        assert answer.status_code in (400, 404), (name, answer.text)


def test_it_is_served_where_it_says(client: TestClient) -> None:
    answer = client.get("/lab/openapi.json")
    assert answer.json() == DESCRIPTION
    assert answer.headers["content-type"] == "application/json"


def test_who_others_pages_are_is_refused_as_is_described(client: TestClient) -> None:
    for method, path in OPERATIONS:
        address = path.format(version="x", name="lab.js", code="ABCDEF")
        answer = client.request(method, address, headers={"Origin": "http://a.example"})
        assert answer.status_code == 403
        assert "403" in DESCRIPTION["paths"][path][method.lower()]["responses"]
