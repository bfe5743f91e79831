"""Titles and introduction claim what follows from the experiment and the outcome, and no more."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from emergence import Experiment, ExperimentError
from emergence.figures.lab.record import lab_figures
from emergence.runs import facts
from emergence.runs.facts import Ending, Promise, rise_share
from emergence.runs.plan import Plan, make_plan
from emergence.runs.record import Record
from emergence.runs.simulation import Simulation
from emergence.runs.titles import introduction, titles, titles_of
from emergence.theory.times import half_times

LINKS: tuple[dict[str, object], ...] = (
         {"J": 1}, {"J": 2}, {"J": 3}, {"J": 4}, {"mixture": "2:0.01,4:1"},
         {"mixture": "1:0.5,3:0.8"}, {"mixture": "3:0.6,4:0.8"})  # fmt: skip
NO_LAW = "no power law"
MISCOUNTED = r"\b1 (neurons|directions|skills)|\b[2-9] (neuron|direction|skill)\b"


def grid() -> Iterator[Plan]:
    """Plans over the kinds of everything that a claim could depend on."""
    for link, (P, m), beta, engine, steps, d in itertools.product(
        LINKS, ((1, 1), (1, 8), (4, 2), (20, 60)), (0.5, 1.0),
        ("sgd", "flow", "decoupled", "correlation"), (0, 3), (20, 4096),
    ):  # fmt: skip
        try:
            yield make_plan(
                Experiment(P=P, m=m, beta=beta, engine=engine, steps=steps, d=d).changed(link)
            )
        except ExperimentError:
            continue


PLANS = tuple(grid())


def endings(P: int, m: int) -> Iterator[Ending]:
    """Every way in which a run of P directions may end, and some that none will."""
    most = min(P, m)
    for diverged, found, kept, sharp, left, slope, grown in itertools.product(
        (False, True), {0, 1, most, P}, (False, True), (False, True), (1e19, 1.0, 0.4, 1e-5),
        (None, -1.02, -0.2), (0, most),
    ):  # fmt: skip
        counts = (most, 0, m - most)
        learned, sharp_of, strayed = found * kept, found * sharp, (found - 1) * (grown == 0)
        yield Ending(
            diverged, found, learned, sharp_of, left, slope, grown, most, counts, max(strayed, 0)
        )


def test_the_grid_has_every_kind() -> None:
    assert len(PLANS) > 500
    assert {Promise.of(plan).jumps for plan in PLANS} == {True, False}


def test_what_is_said_before_a_run_follows_from_its_experiment() -> None:
    for plan in PLANS:
        check_before(plan)


def check_before(plan: Plan) -> None:
    e, promise = plan.experiment, Promise.of(plan)
    said = titles(promise)
    text = " ".join([*said.values(), introduction(promise)])
    correlation = e.engine == "correlation"
    if re.search(r"(?<!no )(?<!no \*\*)\bsharp jump|predicts (a )?jump", text.replace("**", "")):
        assert e.J > 2
        assert promise.jumps
        assert promise.marked
        assert not correlation
    if "no sharp jump" in text.replace("**", ""):
        assert e.J <= 2
        assert not e.mixture
    if "▼" in text or "triangles" in text:
        assert any(plan.snapshots[1] <= T <= plan.end for T in plan.T[:64])
    if "none is" in text or "is not learned within" in text:
        assert plan.T.min() > plan.end
    if re.search("follow a \\*\\*power law|make a power law|predicts slope", text):
        assert e.beta > 0.5
        assert e.P > 1
        assert e.J > 1
        assert e.m >= e.P
    check_introduction(plan)
    if "sees one direction" in text or "sees only the sum" in text:
        assert e.coefficients == ((1, 1.0),)
    assert ("plateau" in text) <= (e.m < e.P and e.coefficients != ((1, 1.0),))
    assert ("others" in said["norms"]) <= (e.m > e.P)
    drawn = re.search(r"\((.*) drawn\)", said["map"])
    parts = [f"64 of {e.P:,} directions"] * (e.P > 64) + [f"512 of {e.m:,} neurons"] * (e.m > 512)
    assert (drawn[1] if drawn else "") == ", ".join(parts)
    assert all(("drawn" in said[name]) == bool(parts) for name in ("overlaps", "heatmap"))
    assert ("online SGD" in text) <= (e.is_sgd and not correlation)
    assert ("all stay s₀" in said["norms"]) == correlation
    assert ("grow" in said["norms"]) == (not correlation)
    assert not re.search(
        r"\b1 (neurons|directions|skills)|\b[2-9] (neuron|direction|skill)\b", text
    )
    assert all(len(title) <= 54 for title in said.values()), "wider than its picture"


def triangles(plan: Plan) -> int:
    """How many predicted times the picture of the overlaps shows within the run."""
    traces = lab_figures(plan, Record(plan))["overlaps"].data
    x = next(trace.x for trace in traces if (trace.meta or {}).get("role") == "predicted")
    return int(np.sum(np.array(x[::3]) <= plan.end / plan.experiment.eta * (1 + 1e-12)))


def check_introduction(plan: Plan) -> None:
    """It stands above the run whatever the run shows: it says what theory expects, and no more."""
    e, text = plan.experiment, introduction(Promise.of(plan))
    assert not re.search(r"\b(follows|are one thing|is learned \(|top|left|right|bottom)\b", text)
    if "power law" in text.replace(NO_LAW, ""):
        assert re.search("should follow a|takes many skills|do not sum", text)
    if "emergence" in text:
        assert e.P >= 16
        assert (plan.iota >= 0).all()
    if "a neuron for each" in text:
        assert (plan.iota >= 0).all()


@pytest.mark.parametrize(
    ("query", "present", "absent"),
    [
        ("d=64&P=4&m=16&c=10000&J=4&seed=2", "should follow", "one thing"),
        ("d=64&P=64&m=1&engine=flow", "should stay on a plateau", "power law"),
        ("d=64&P=8&m=4&engine=correlation&steps=5000", "", "triangles"),
        ("d=64&P=4&m=8&J=1&c=100&seed=1&horizon=5&engine=sgd", "", "triangles"),
        ("d=64&P=4&m=16&mixture=1:0.5,4:0.866", "no power law", "sees"),
        ("d=64&P=8&m=3&engine=decoupled", "a neuron for 3 of them", "for each"),
        ("d=64&P=1&m=3&engine=decoupled", "one direction and one neuron", "each"),
        ("d=1024&P=32&m=160&engine=flow", "should follow a **power law**", "follows"),
    ],
)  # fmt: skip
def test_introductions(query: str, present: str, absent: str) -> None:
    plan = make_plan(Experiment.from_query(query))
    text = introduction(Promise.of(plan))
    assert present in text
    assert absent not in text
    assert (triangles(plan) > 0) == (Promise.of(plan).marked > 0)
    check_before(plan)


def test_what_is_said_after_a_run_follows_from_its_outcome() -> None:
    for plan in PLANS[::5]:
        check_after(plan)


def check_after(plan: Plan) -> None:
    e, promise = plan.experiment, Promise.of(plan)
    for ending in endings(e.P, e.m):
        said = titles(promise, ending)
        text = " ".join(said.values())
        assert ("diverged" in text) == ending.diverged
        if "jump" in text:
            assert not ending.diverged
            assert promise.jumps
            assert ending.jumped == ending.found > 0
        if re.search("add up to a power law", text):
            assert ending.slope == -1.02
            assert e.beta == 1.0
            assert e.P == 20
            assert ending.learned == e.P
            assert e.engine != "correlation"
        assert not re.search("power law", text.replace(NO_LAW, "").replace("add up to a", "")) or (
            ending.slope == -1.02
        )
        check_counts(e, ending, said)
        if "sees one direction" in text or "at J = 1" in text:
            assert e.coefficients == ((1, 1.0),)
        if " left" in said["loss"] or "add up" in said["loss"]:
            assert ending.left < 1
        assert "predict" not in said["overlaps"]
        assert not re.search(MISCOUNTED, text)


def check_counts(e: Experiment, ending: Ending, said: dict[str, str]) -> None:
    """No two titles contradict each other: each word has one meaning, and one number."""
    text = "; ".join(said.values())
    for count, word in re.findall(r"([\d,]+)(?: of [\d,]+)? skills? (learned|found)", text):
        assert int(count) == (ending.learned if word == "learned" else ending.found)
    assert {int(count) for count in re.findall(r", (\d+) learned", text)} <= {ending.learned}
    assert {int(count) for count in re.findall(r"(\d+) not by ι", text)} <= {ending.strayed}
    assert {int(count) for count in re.findall(r"Norms: (\d+) of", text)} <= {ending.grown}
    assert "taken" not in text
    assert "reached" not in text
    if "found" in said["overlaps"] and re.search(r"[1-9]\d* learned", said["overlaps"]):
        assert "found (u > 1/2)" in said["overlaps"]
        assert "learned (Rₚ > 1/2)" in said["overlaps"]
    if "all " in said["overlaps"] or "both " in said["overlaps"]:
        assert ending.found == e.P
    if "the skill is learned" in text:
        assert ending.learned == 1
    if not ending.diverged and ending.strayed and e.P > 1:
        assert "not by ι's neuron" in said["overlaps"], "thick lines stay at 0"


def test_titles_of_a_run_whose_neurons_change_places_agree() -> None:
    """Neurons other than iota's find skills: thick lines stay below 1/2, and the title says so."""
    simulation, said = run("d=64&P=8&m=128&engine=flow&s0=0.3&horizon=1.2&seed=2")
    plan, record = simulation.plan, simulation.record
    end = Ending.of(plan, record, simulation.crossing, diverged=False)
    u = record.get("u")[-1]
    place = plan.neurons.tolist()
    thick = np.array([u[place.index(k), p] for p, k in enumerate(plan.iota)])
    found = np.isfinite(simulation.crossing)
    assert end.strayed == int((found & (thick <= 0.5)).sum()) > 0
    assert end.found == int(found.sum())
    check_counts(plan.experiment, end, said)


def run(query: str) -> tuple[Simulation, dict[str, str]]:
    simulation = Simulation(Experiment.from_query(query))
    while not simulation.finished:
        simulation.work(1.0)
    return simulation, titles_of(simulation)


@pytest.mark.parametrize(
    ("query", "overlaps", "loss"),
    [
        ("d=64&P=1&m=8&J=1&engine=flow", "the skill is found", "a single skill; "),
        ("d=64&P=4&m=16&J=2&engine=flow&seed=1", "skills found", "is left"),
        ("d=64&P=64&m=1&engine=flow", "1 of 64 skills found, in a jump", "it has not fallen"),
        ("d=64&P=2&m=8&J=2&engine=flow&horizon=3&seed=3", "both skills found", "is left"),
        ("d=64&P=4&m=8&J=4&engine=flow&horizon=3&seed=2", "all 4 skills learned, each in a jump",
         "left"),
        ("d=2&P=1&m=4&engine=flow&horizon=3", "the skill is found", "a single skill"),
        ("c=10000&J=2&steps=300&engine=sgd", "until the run diverged", "until the run diverged"),
        ("d=32&P=4&m=16&steps=50", "none of 4 skills is learned", "not fallen"),
        ("d=32&P=4&m=16&engine=correlation", "found", "norms stay s₀"),
        ("d=64&P=4&m=16&beta=0.4&engine=flow&horizon=3", "in a jump", "no power law at β ≤ 1/2"),
        ("d=256&P=8&m=2&engine=flow&horizon=3", "2 of 8 skills learned, each in a jump",
         "2 neurons for 8 skills"),
        ("d=1024&P=32&m=160&engine=flow&s0=0.01&horizon=1.3&seed=1", "each in a jump",
         "the jumps add up to a power law"),
    ],
)  # fmt: skip
def test_titles_of_real_runs(query: str, overlaps: str, loss: str) -> None:
    _, said = run(query)
    assert overlaps in said["overlaps"]
    assert loss in said["loss"]
    assert ("jump" in overlaps) == ("jump" in said["overlaps"])


def test_a_pair_of_the_equations_rises_as_its_solution_says() -> None:
    # J = 4: 1/u = 1/u0 - 8 a tau while u is small, so that half of the rise from u0 = 0.02 to
    # 1/2 (0.26) comes after (1/0.02 - 1/0.26) / (1/0.02 - 1/0.5) of the wait; J = 2: u grows
    # like e^(4 tau).
    tau = np.linspace(0, 48, 4801)
    sharp = 1 / (1 / 0.02 - tau)
    soft = 0.02 * np.exp(np.log(25) * tau / 48)
    shares = rise_share(tau, np.stack([sharp, soft], axis=1), np.array([48.0, 48.0]))
    expected = [(50 - 1 / 0.26) / 48, np.log(13) / np.log(25)]
    np.testing.assert_allclose(shares, expected, atol=1e-3)


def test_what_never_rises_has_no_share() -> None:
    peak = np.array([[0.1, 0.7, 0.1], [0.2, 0.8, 0.6]])
    shares = rise_share(np.array([0.0, 1.0]), peak, np.array([np.nan, 0.0, 0.9]))
    assert np.isnan(shares[:2]).all()
    assert 0 < shares[2] < 1


def test_the_figures_bear_the_titles_of_before_the_run() -> None:
    plan = make_plan(Experiment(d=32, P=1, m=4, J=1))
    said = titles(Promise.of(plan))
    figures = lab_figures(plan, Record(plan))
    assert {name: figure.layout.title.text for name, figure in figures.items()} == {
        name: said[name] for name in figures
    }


@pytest.mark.parametrize(
    ("query", "law"),
    [("P=1", False), ("J=1", False), ("beta=0.5", False), ("mixture=1:0.5,3:0.8", False),
     ("P=2", True), ("J=2", True)],
)  # fmt: skip
def test_a_power_law_is_drawn_where_there_is_one(query: str, law: bool) -> None:
    plan = make_plan(Experiment.from_query(f"d=32&m=8&{query}"))
    figure = lab_figures(plan, Record(plan))["loss"]
    assert any("power law" in (trace.name or "") for trace in figure.data) == law
    assert bool(figure.layout.shapes) == law, "the law's slope, dotted"


def test_a_class_that_looks_at_one_plan_has_its_dynamics_computed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    real = half_times

    def counted(start: Any, link: Any) -> Any:
        asked.append(len(start))
        return real(start, link)

    monkeypatch.setattr(facts, "half_times", counted)
    plan = make_plan(Experiment(P=3, m=8, d=32, seed=77))
    promises = [Promise.of(plan) for _ in range(5)]
    assert len(asked) == 1
    assert len(set(map(repr, promises))) == 1
