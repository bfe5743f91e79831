"""What travels to a viewer, decoded as the browser does."""

from __future__ import annotations

import numpy as np
import pytest

from emergence import Experiment
from emergence.runs.plan import make_plan
from emergence.serving import wire
from emergence.serving.run import Run
from tests.unit.conftest import decode

FAR = float("inf")


@pytest.fixture(scope="module")
def run() -> Run:
    run = Run(
        Experiment(d=16, P=2, m=8, engine="sgd"), grace=FAR
    )  # kernels may take long to compile
    run.want("a", FAR)
    while run.wants_work:
        run.work(0.05)
    return run


def test_an_empty_run_is_a_header() -> None:
    header, rows = decode(wire.encode(Run(Experiment(engine="sgd")), 0))
    assert header["state"] == "ready"
    assert header["rows"] == len(rows) == 0


def test_deltas_add_up_to_the_record(run: Run) -> None:
    record = run.published.record
    assert record is not None
    pieces, start = [], 0
    for upto in (1, 7, 50, run.published.count):
        header, rows = decode(wire.encode(run, start))
        assert header["from"] == start
        pieces.append(rows[: upto - start])
        start = upto
    np.testing.assert_array_equal(np.concatenate(pieces), record.rows)


def test_a_long_way_behind_is_answered_in_bounded_pieces(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 10_000)
    start, answers = 0, 0
    while start < run.published.count:
        answer = wire.encode(run, start)
        assert len(answer) < 12_000
        start += decode(answer)[0]["rows"]
        answers += 1
    assert answers > 1


def test_what_many_ask_for_is_made_once_until_something_new_is_published() -> None:
    run = Run(Experiment(d=64, c=1e-4, engine="sgd"), grace=FAR)
    run.want("a", FAR)
    run.work(0.01)
    count = run.published.count
    answer = wire.encode(run, count)
    assert wire.encode(run, count) is answer
    assert decode(wire.encode(run, count, "a note"))[0]["note"] == "a note"
    run.work(0.01)
    later = wire.encode(run, count)
    assert decode(later)[0]["step"] > decode(answer)[0]["step"]
    run.leave("a")
    assert decode(wire.encode(run, count))[0]["state"] == "paused"
    for start in range(100):
        wire.encode(run, start % (count + 1), f"note {start}")
    assert len(run.told[1]) <= wire.MOST_TOLD


def test_a_viewer_ahead_of_a_restarted_server_starts_over(run: Run) -> None:
    header, _ = decode(wire.encode(run, 10_000))
    assert header["from"] == 0


def test_the_tip_is_the_present_moment() -> None:
    run = Run(Experiment(d=64, c=1e-3, engine="sgd"))
    run.want("a", FAR)
    while run.published.tip is None:
        run.work(0.003)
    header, rows = decode(wire.encode(run, 0))
    assert header["tip"]
    end = make_plan(run.experiment).end / run.experiment.eta
    assert len(rows) == header["rows"] + 1
    assert len(header["steps"]) == len(rows)
    assert header["steps"][-1] == header["step"]
    np.testing.assert_allclose(rows[:, 0], np.array(header["steps"]) / end, rtol=1e-6)
    assert rows[-1, 0] > rows[-2, 0]
    assert all(value is None or value >= 0 for value in header["crossing"])


def test_what_was_measured_comes_with_the_end(run: Run) -> None:
    published = run.published
    header, _ = decode(wire.encode(run, 0))
    assert published.outcome is not None
    assert header["outcome"] == {"text": published.outcome.text, "after": published.outcome.after}
    assert decode(wire.encode(Run(Experiment()), 0))[0]["outcome"] is None
