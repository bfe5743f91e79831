"""A run that is taken away: its file, its tables, its pictures, and what is refused as a file."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

import emergence
from emergence import Experiment, ExperimentError, Result, load, simulate, simulate_many
from emergence.figures.lab.record import PICTURES
from emergence.results import npz, tables
from emergence.results.npz import RunFileError
from emergence.runs.plan import Plan
from emergence.runs.result import result_of
from emergence.runs.simulation import Simulation
from emergence.runs.titles import titles_of
from emergence.theory.hermite import LinkFunction
from tests.saved import of_csv

EXPERIMENTS = {
    "flow": Experiment(d=32, P=4, m=8, engine="flow", seed=3),
    "sgd": Experiment(d=16, P=2, m=8, J=3, c=0.05, engine="sgd"),
    "auto": Experiment(d=2000, P=1, m=4),
    "mixture": Experiment.of({"d": 32, "P": 3, "m": 6, "mixture": "1:1,2:0.1", "engine": "flow"}),
    "few neurons": Experiment(d=64, P=4, m=2, engine="flow"),
    "diverged": Experiment(d=16, P=2, m=8, J=4, c=20.0, s0=0.5, seed=1, engine="sgd"),
    "with a slope": Experiment(d=64, P=16, m=64, engine="decoupled", horizon=3.0, beta=0.8),
}


@pytest.fixture(scope="module")
def run() -> Result:
    """A run of four directions."""
    return simulate(EXPERIMENTS["flow"])


def equal(a: Any, b: Any) -> bool:
    """Whether two values are the same, NaN as well, of the same kind."""
    if isinstance(a, LinkFunction):
        return bool(np.array_equal(a.c, b.c))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=True))
    if isinstance(a, float):
        return bool(a == b or (np.isnan(a) and np.isnan(b)))
    return bool(a == b)


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_what_is_saved_is_loaded(experiment: Experiment, tmp_path: Path) -> None:
    result = simulate(experiment)
    place = tmp_path / "a run.npz"
    result.save(place)
    found = load(str(place))
    assert isinstance(found, Result)
    for field in fields(result):
        if field.name != "record":
            assert equal(getattr(result, field.name), getattr(found, field.name)), field.name
    record, again = result.record, found.record
    assert np.array_equal(again.rows[: again.count], record.rows[: record.count], equal_nan=True)
    for field in fields(Plan):
        assert equal(getattr(record.plan, field.name), getattr(again.plan, field.name)), field.name
    for predicted in ("staircase", "decoupled", "finite"):
        at = [getattr(each.plan, predicted)(result.tau) for each in (record, again)]
        assert equal(*at), predicted
    assert found.as_dict() == result.as_dict()
    assert npz.to_bytes(found) == place.read_bytes()


def test_a_file_is_numpy_s_and_json_s_own_without_a_pickle(run: Result, tmp_path: Path) -> None:
    run.save(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz", allow_pickle=False) as archive:
        said = json.loads(archive["run.json"])
        assert np.array_equal(archive["record/u"], run.record.get("u").astype("f4"))
        assert np.array_equal(archive["crossing"], run.crossing, equal_nan=True)
    assert Experiment.of(said["experiment"]) == run.experiment
    assert (said["format"], said["version"]) == ("emergence-lab run", 1)
    assert said["software"] == f"emergence-lab {emergence.__version__}"
    text = (Path(npz.__file__).parent / "RESULTS.md").read_text()
    for name, _, _ in npz._layout(run.experiment):
        assert f"`{name}`" in text, f"RESULTS.md does not describe {name}"


def test_a_run_is_kept_as_it_was_predicted_whatever_the_software_becomes(
    run: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The random start of a seed may be another one in a later version."""
    content = npz.to_bytes(run)
    monkeypatch.setattr("emergence.runs.plan.initial_directions", lambda _: 1 / 0)
    found = Result(**vars(npz.from_bytes(content)))
    assert found.plot("matching").to_json() == run.plot("matching").to_json()


def changed(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A file with other members."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return packed.getvalue()


def said(**changes: object) -> Callable[[dict[str, bytes]], None]:
    """Changes what `run.json` says."""

    def change(members: dict[str, bytes]) -> None:
        members["run.json"] = json.dumps(json.loads(members["run.json"]) | changes).encode()

    return change


def array(name: str, values: Any, **how: Any) -> Callable[[dict[str, bytes]], None]:
    """Puts another array in."""

    def change(members: dict[str, bytes]) -> None:
        written = io.BytesIO()
        np.lib.format.write_array(written, values, **how)
        members[f"{name}.npy"] = written.getvalue()

    return change


def put(name: str, member: bytes | None) -> Callable[[dict[str, bytes]], None]:
    """Puts other bytes in, or takes a member out."""

    def change(members: dict[str, bytes]) -> None:
        del members[name]
        if member is not None:
            members[name] = member

    return change


HUGE = b"\x93NUMPY\x01\x00v\x00" + (
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }".ljust(117) + b"\n"
)
BAD: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "a newer layout": (said(version=2), "has layout 2"),
    "another format": (said(format="something"), "is not a run of Emergence Lab"),
    "no version": (said(version="1"), "names no version"),
    "a JSON that is none": (put("run.json", b"{"), "is not JSON"),
    "a JSON too deep": (put("run.json", b"[" * 90_000), "is not JSON"),
    "a JSON of a list": (put("run.json", b"[]"), "is not a run"),
    "no JSON": (put("run.json", None), "is not a run of Emergence Lab"),
    "an experiment that is none": (said(experiment=None), "lacks what a run has"),
    "an experiment out of range": (said(experiment={"d": -1}), "d = -1"),
    "another experiment": (said(experiment={"d": 64, "P": 5, "m": 8}), "does not fit together"),
    "no result": (said(result={}), "lacks what a run has"),
    "no engine": (said(engine="auto"), "lacks what a run has"),
    "an array too few": (put("mse.npy", None), "has no array mse"),
    "no array": (put("mse.npy", b"hello"), "mse is no array"),
    "a row too few": (array("mse", np.zeros(3)), "mse has shape (3,)"),
    "another kind": (array("T", np.zeros(4, "f4")), "T has shape (4,) of float32"),
    "a pickle": (array("T", np.array([{}] * 4), allow_pickle=True), "T has shape (4,) of object"),
    "a direction too many": (array("iota", np.array([0, 1, 2, 8])), "what iota refers to"),
    "a header that promises": (put("tau.npy", HUGE), "tau"),
    "a zip bomb": (put("mse.npy", bytes(10**9)), "mse.npy is too large"),
    "more rows than are planned": (array("plan/snapshots", np.zeros(3)), "does not fit"),
}


@pytest.mark.parametrize(("change", "why"), BAD.values(), ids=BAD)
def test_what_is_no_run_is_refused_in_a_sentence(
    run: Result, change: Callable[[dict[str, bytes]], None], why: str, tmp_path: Path
) -> None:
    (tmp_path / "mine.npz").write_bytes(changed(npz.to_bytes(run), change))
    with pytest.raises(RunFileError) as error:
        load(tmp_path / "mine.npz")
    assert str(error.value).startswith("mine.npz ")
    assert why in str(error.value)
    assert "\n" not in str(error.value)
    assert isinstance(error.value, ValueError)


def test_a_file_that_is_cut_or_another_s_is_refused(run: Result, tmp_path: Path) -> None:
    whole = npz.to_bytes(run)
    for length in (0, 1, 10, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        with pytest.raises(RunFileError, match="no NPZ file, or a part of one"):
            npz.from_bytes(whole[:length])
    for place in range(40, len(whole), len(whole) // 60):
        damaged = whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :]
        try:
            found = npz.from_bytes(damaged)
        except RunFileError:
            continue
        assert npz.to_bytes(found) == whole, "a damage that is not seen changes nothing"
    np.savez(tmp_path / "theirs.npz", x=np.zeros(3))
    with pytest.raises(RunFileError, match=r"theirs\.npz is not a run of Emergence Lab"):
        load(tmp_path / "theirs.npz")
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


@pytest.mark.parametrize("name", ["flow", "diverged"])
def test_pictures_are_the_lab_s(name: str) -> None:
    simulation = Simulation(EXPERIMENTS[name])
    while not simulation.finished:
        simulation.work(1.0)
    result = Result(**vars(result_of(simulation)))
    said = titles_of(simulation)
    for picture in PICTURES:
        drawn = result.plot(picture)
        assert drawn.layout.title.text == said[picture]
        assert len(drawn.data) > 0
    assert result.plot().to_json() == result.plot("overlaps").to_json()
    with pytest.raises(ValueError, match="the pictures are overlaps, loss, map, heatmap, norms, m"):
        result.plot("losses")


def test_a_run_may_be_taken_as_far_as_it_got() -> None:
    simulation = Simulation(EXPERIMENTS["sgd"])
    simulation.work(10.0, until=float(simulation.plan.snapshots[30]))
    assert not simulation.finished
    result = Result(**vars(result_of(simulation)))
    assert result.state == "unfinished"
    found = npz.from_bytes(npz.to_bytes(result))
    assert found.state == "unfinished"
    assert len(found.steps) == len(result.steps) < len(simulation.plan.snapshots)
    assert result.plot("loss").layout.title.text
    kept, count = simulation.record.until(5), simulation.record.count
    assert (kept.count, simulation.record.count) == (5, count)


def test_tables_are_tidy_and_say_what_was_measured(run: Result) -> None:
    loss, directions = run.to_pandas(), run.to_pandas("directions")
    assert loss["mse"].tolist() == run.mse.tolist()
    assert loss["step"].is_monotonic_increasing
    assert (loss.filter(like="neurons_").sum(axis=1) == run.experiment.m).all()
    assert directions["direction"].tolist() == [1, 2, 3, 4]
    found = directions["crossing"].notna()
    ratio = directions["crossing_over_T"] * directions["T"]
    assert ratio[found].tolist() == pytest.approx(run.crossing[found].tolist())
    neurons = run.to_pandas("neurons")
    for p, k in enumerate(run.iota, start=1):
        assert neurons.loc[k, "matched_to"] == p
    assert (neurons["serves"].isin([-1, 1, 2, 3, 4])).all()
    overlaps, u = run.to_pandas("overlaps"), run.record.get("u")
    place = run.record.plan.neurons.tolist().index(5)
    one = overlaps[(overlaps["neuron"] == 5) & (overlaps["direction"] == 3)]
    assert one["u"].tolist() == u[:, place, 2].tolist()
    assert one["squared_norm"].tolist() == run.record.get("n2")[:, 5].tolist()
    assert loss.attrs["query"] == run.experiment.to_query()
    with pytest.raises(ValueError, match="the tables are loss, directions, neurons, overlaps"):
        run.to_pandas("skills")


def test_tables_are_described(run: Result) -> None:
    text = (Path(npz.__file__).parent / "RESULTS.md").read_text()
    for name in tables.TABLES:
        assert f"`{name}`" in text
        for column in tables.table(run, name):
            assert f"`{column}`" in text, f"RESULTS.md does not describe {name}'s {column}"


def test_tables_as_files(run: Result) -> None:
    columns = tables.table(run, "directions")
    text = tables.csv_text(columns, tables.about(run))
    said, rows = of_csv(text)
    assert said["emergence-lab"] == emergence.__version__
    assert Experiment.from_query(said["query"]) == run.experiment
    assert json.loads(said["experiment"]) == run.experiment.as_dict()
    read = pd.read_csv(io.StringIO(text), comment="#")
    assert read.columns.tolist() == list(columns)
    assert read["T"].to_numpy() == pytest.approx(run.T)
    assert list(rows[0]) == list(columns)
    assert [float(row["T"]) for row in rows] == run.T.tolist()
    assert [row["crossing"] == "" for row in rows] == np.isnan(run.crossing).tolist()
    packed = parquet.read_table(io.BytesIO(tables.parquet_bytes(columns, tables.about(run))))
    assert packed.column_names == list(columns)
    assert packed["capture"].to_pylist() == run.capture.tolist()
    about = json.loads(packed.schema.metadata[b"emergence-lab"])
    assert about["query"] == run.experiment.to_query()
    assert about["version"] == emergence.__version__


def test_a_data_set_has_names_for_its_axes(run: Result) -> None:
    data = run.to_xarray()
    assert dict(data.sizes) == {"step": len(run.steps), "neuron": 8, "direction": 4}
    k, place = 5, run.record.plan.neurons.tolist().index(5)
    one = data.u.sel(neuron=k, direction=3)
    assert np.array_equal(one, run.record.get("u")[:, place, 2])
    assert np.array_equal(data.squared_norm.sel(neuron=k), run.record.get("n2")[:, k])
    assert data.mse.sel(step=run.steps[7]) == run.mse[7]
    assert json.loads(data.attrs["experiment"])["d"] == 32


def test_a_data_set_of_more_than_is_kept_has_axes_of_its_own() -> None:
    data = simulate(Experiment(d=128, P=66, m=80, engine="flow", steps=1)).to_xarray()
    assert data.sizes["direction"] == 66
    assert data.u.dims == ("step", "kept_neuron", "kept_direction")
    assert data.sizes["kept_direction"] == 64


@pytest.mark.parametrize("library", ["pandas", "xarray"])
def test_a_library_that_is_missing_is_named(
    run: Result, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf"pip install 'emergence-lab\[{library}\]'"):
        getattr(run, f"to_{library}")()


def test_many_runs_are_saved_as_they_are_done(tmp_path: Path) -> None:
    asked = [Experiment(d=16, P=2, m=4, engine="flow", seed=seed) for seed in (1, 2)]

    def keep(result: Result) -> str:
        name = f"{result.experiment.seed}.npz"
        result.save(tmp_path / name)
        return name

    for experiment, name in zip(asked, simulate_many(asked, keep, threads=2), strict=True):
        assert not isinstance(name, ExperimentError)
        assert load(tmp_path / name).experiment == experiment
