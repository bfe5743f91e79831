"""Exponents are a function of the set of outcomes: in whatever order they arrive, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence.figures.sweeps.outcomes import ALL, sweep_figures
from emergence.sweeps import export
from emergence.sweeps.analyses import ANALYSES
from emergence.sweeps.definition import Sweep
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.progress import SweepRun
from emergence.sweeps.store import Store
from tests.benchmarks import coverage

DRAWN: dict[str, tuple[list[str], list[Outcome]]] = {}
for name, swept, case in (
    ("time", [], coverage.time(7)), ("width", ["m"], coverage.width(7)),
    ("recovery", ["d"], coverage.recovery(7)), ("emergence", [], coverage.emergence(7)),
    ("step_size", ["d", "c"], coverage.step_size(7)), ("neurons", ["P", "m"], coverage.neurons(7)),
    ("frontier", ["m"], coverage.frontier(7)),
):  # fmt: skip
    DRAWN[name] = swept, case.draw(np.random.default_rng(3))


def test_all_analyses_are_here() -> None:
    assert set(DRAWN) == set(ANALYSES)


@pytest.mark.parametrize("name", DRAWN)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_the_order_of_arrival_changes_no_bit(name: str, data: st.DataObject) -> None:
    swept, outcomes = DRAWN[name]
    expected = ANALYSES[name].estimates(outcomes, swept)
    assert expected
    assert all(np.isfinite(each.slope.value) for each in expected)
    mixed = data.draw(st.permutations(outcomes))
    assert repr(ANALYSES[name].estimates(mixed, swept)) == repr(expected)
    part = data.draw(st.integers(1, len(outcomes)))
    some = mixed[:part]
    assert repr(ANALYSES[name].estimates(some, swept)) == repr(
        ANALYSES[name].estimates(some[::-1], swept)
    )


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_tables_and_pictures_do_not_depend_on_it_either(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A sweep keeps its outcomes in the order of its points, however they come."""
    given = {"base": {"P": 1, "d": 64}, "grid": {"beta": [0.75, 1.0]}, "seeds": 3}
    sweep = Sweep.of({"analysis": "time"} | given)
    outcomes = [coverage.outcome(point, slope=-1.0 / point.beta, window=(1.0, 2.0))
                for point in sweep.points]  # fmt: skip
    found = []
    for order in (outcomes, data.draw(st.permutations(outcomes))):
        run = SweepRun(sweep, Store(tmp_path_factory.mktemp("results")), None)  # type: ignore[arg-type]
        for each in order:
            run.keep(each)
        estimates = sweep.estimates(run.outcomes)
        drawn = sweep_figures(sweep, order, estimates)["Exponents"][ALL]().to_json()
        written = export.summary(sweep, run.outcomes, estimates)
        found.append((export.csv_text(run.sweep, run.outcomes, "1.0"), repr(written), drawn))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", DRAWN)
def test_theory_before_the_points_is_theory_beside_them(name: str) -> None:
    swept, outcomes = DRAWN[name]
    kind = ANALYSES[name]
    expected = kind.expected([o.experiment for o in outcomes], swept)
    assert [(each.of, each.theory) for each in kind.estimates(outcomes, swept)] == [
        (each.of, each.theory) for each in expected
    ]
