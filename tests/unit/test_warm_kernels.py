"""What the warm-up compiles is all that large experiments need: compiling stalls every session."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from emergence import engines
from emergence.engines import flow_steps
from emergence.engines.gradient_flow import GradientFlow
from emergence.engines.kernels.reduced import AT_ONCE
from emergence.engines.online_sgd import OnlineSGD
from emergence.experiment import Experiment


def compiled(name: str) -> dict[str, int]:
    """How many variants there are of each kernel of a module."""
    module = importlib.import_module(f"emergence.engines.kernels.{name}")
    found: dict[str, Any] = {key: each for key, each in vars(module).items()
                             if hasattr(each, "signatures")}  # fmt: skip
    return {key: len(each.signatures) for key, each in found.items()}


def test_a_large_flow_compiles_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    e = Experiment(d=64, P=4, m=12, s0=1.0, engine="flow")
    engines.compile_kernels(e)
    before = compiled("flow"), compiled("steps")
    monkeypatch.setattr(flow_steps, "PIECE", 3_000.0)
    GradientFlow(e).advance(100.0, 60.0)
    assert (compiled("flow"), compiled("steps")) == before


def test_many_neurons_of_sgd_compile_nothing_more() -> None:
    e = Experiment(d=4096, P=2, m=AT_ONCE + 16, engine="sgd-reduced")
    engines.compile_kernels(Experiment(engine="sgd"))
    before = compiled("reduced"), compiled("sgd"), compiled("blocks")
    OnlineSGD(e).advance(3 * e.m * e.eta, 60.0)
    assert (compiled("reduced"), compiled("sgd"), compiled("blocks")) == before
