"""The command line: exit statuses, complete JSON, refusals without a traceback."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import emergence
from emergence import load
from emergence.cli import bar
from emergence.cli.main import main
from emergence.parameters import PARAMETERS
from tests.saved import of_csv
from tests.unit.conftest import HOSTILE

SIZES = "d=16&P=2&m=8&J=3&c=0.05"
SMALL = f"{SIZES}&engine=sgd"
KEYS = {
    "experiment", "engine_used", "state", "message", "steps", "tau", "mse", "mse_staircase",
    "mse_decoupled", "T", "unpredicted", "iota", "crossing", "capture", "unused_norm_max", "slope",
    "slope_reason",
    "theory_slope", "seconds", "ns_per_step", "compile_seconds",
}  # fmt: skip


def run(*arguments: str) -> tuple[int, dict[str, Any], str]:
    """(exit status, JSON on stdout, stderr) of `emergence run ...` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["run", *arguments])
    return status, json.loads(out.getvalue(), parse_constant=pytest.fail), err.getvalue()


@pytest.mark.parametrize("engine", ["sgd", "flow", "decoupled", "correlation"])
def test_a_finished_run(engine: str) -> None:
    status, found, err = run(f"{SIZES}&engine={engine}", "--json")
    assert status == 0
    assert err == ""
    assert set(found) == KEYS
    assert found["state"] == "finished"
    lengths = {len(found[k]) for k in ("steps", "tau", "mse", "mse_staircase", "mse_decoupled")}
    assert len(lengths) == 1
    assert {len(found[k]) for k in ("T", "iota", "crossing", "capture")} == {2}
    assert found["experiment"]["d"] == 16
    assert found["experiment"]["eta"] == pytest.approx(0.05 * 16**-1.5)
    assert found["mse"][0] == pytest.approx(1, abs=0.05)


def test_slope_has_value_interval_and_window() -> None:
    _, found, _ = run("d=64&P=16&m=64&engine=decoupled&horizon=3&beta=0.8", "--json")
    slope = found["slope"]
    assert set(slope) == {"value", "ci", "window", "points", "ci_reason"}
    assert slope["ci"][0] < slope["value"] < slope["ci"][1]
    assert slope["window"][0] < slope["window"][1] < found["steps"][-1]
    assert found["theory_slope"] == pytest.approx(-0.75)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("d=64&P=4&m=8&J=1&beta=0.5&engine=flow", "only the sum Σ aₚ wₚ is learned"),
        ("d=64&P=4&m=8&J=1&engine=flow", "so 3 of 4 never do"),
        ("d=64&P=4&m=8&mixture=1:1,2:0.1&engine=flow", "not predicted"),
        ("d=64&P=4&m=2&engine=flow", "2 of 4 directions have no neuron of their own: m = 2"),
        ("d=64&P=4&m=4&J=3&engine=flow", "no neuron is left that starts on the right side"),
    ],
)
def test_what_is_not_predicted_is_null_with_a_reason(query: str, why: str) -> None:
    status, found, _ = run(query, "--json")
    assert status == 0
    assert None in found["T"]
    assert [T is None for T in found["T"]] == [k is None for k in found["iota"]]
    assert why in found["unpredicted"]


def test_what_never_happens_is_null() -> None:
    _, found, _ = run("d=32&P=4&m=2&engine=flow&beta=0.4", "--json")
    unmatched = [p for p, k in enumerate(found["iota"]) if k is None]
    assert len(unmatched) == 2
    assert all(found["T"][p] is None and found["crossing"][p] is None for p in unmatched)
    assert found["unused_norm_max"] is None
    assert found["slope"] is None
    assert found["theory_slope"] is None


@pytest.mark.parametrize("steps", ["1", "1000", "1001"])
def test_exact_number_of_steps(steps: str) -> None:
    for d in (11, 13, 16):
        status, found, _ = run(f"d={d}&P=1&m=2", "--json", "--steps", steps)
        assert status == 0
        assert found["steps"][-1] == int(steps)
        assert found["experiment"]["steps"] == int(steps)


def test_horizon() -> None:
    _, found, _ = run(SMALL, "--json", "--horizon", "0.5")
    assert found["steps"][-1] == pytest.approx(0.5 * max(found["T"]), abs=1)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["d=1"], "d = 1"), (["d=64&nonsense=3"], "nonsense"), (["d=64&d=32"], "more than once"),
        ([SMALL, "--steps", "many"], "steps = many"), ([SMALL, "--steps", "-1"], "steps = -1"),
        ([SMALL, "--horizon", "nan"], "horizon = nan"), (["d=4&P=8"], "lower P"),
        (["d=1000000&m=4096&engine=sgd-full"], "lower d"),
        ([SMALL, "--steps", str(2**40)], "lower steps"),
        (["mixture=3:x"], "mixture"), (["eta=1&c=1"], "contradicts"),
    ],
)  # fmt: skip
def test_refused(arguments: list[str], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMERGENCE_RUN_MEMORY", "1")
    monkeypatch.setenv("EMERGENCE_RUN_HOURS", "4")
    status, found, err = run(*arguments, "--json")
    assert status == 2
    assert set(found) == KEYS
    assert found["state"] == "refused"
    assert name in found["message"]
    assert err.startswith("refused: ")
    assert name in err
    assert "Traceback" not in err
    assert found["mse"] is None


def test_without_an_engine_it_says_which_was_taken() -> None:
    for query, used in ((SIZES, "sgd-full"), ("d=2000&P=1&m=4", "flow")):
        status, found, _ = run(query, "--json")
        assert status == 0
        assert found["experiment"]["engine"] == "auto"
        assert found["engine_used"] == used


def test_diverged_keeps_its_history() -> None:
    status, found, err = run("d=16&P=2&m=8&J=4&c=20&s0=0.5&seed=1&engine=sgd", "--json")
    assert status == 3
    assert set(found) == KEYS
    assert found["state"] == "diverged"
    assert "Try c = " in found["message"]
    assert found["message"] in err
    assert len(found["mse"]) == len(found["steps"]) > 1


def test_without_json_a_person_can_read_it() -> None:
    status, found, err = run(SMALL)
    assert status == 0
    assert set(found) == KEYS
    assert "100" in err


ENSEMBLE_KEYS = {
    "experiment", "engine_used", "state", "message", "seeds", "threads", "runs", "crossing_ratio",
    "learned_share", "learned", "mse_final", "slope", "slope_reasons",
    "theory_slope", "seconds", "compile_seconds",
}  # fmt: skip


def without_timings(found: dict[str, Any]) -> dict[str, Any]:
    timings = {"seconds", "compile_seconds", "ns_per_step", "threads"}
    return {name: value for name, value in found.items() if name not in timings}


def test_an_ensemble_of_seeds() -> None:
    query = f"{SMALL}&seed=5"
    status, found, err = run(query, "--json", "--seeds", "3", "--threads", "2")
    assert (status, err) == (0, "")
    assert set(found) == ENSEMBLE_KEYS
    assert found["seeds"] == [r["experiment"]["seed"] for r in found["runs"]] == [5, 6, 7]
    assert found["threads"] == 2
    assert len(found["crossing_ratio"]) == len(found["learned_share"]) == 2
    _, single, _ = run(f"{SMALL}&seed=6", "--json")
    assert without_timings(found["runs"][1]) == without_timings(single)


def test_an_ensemble_does_not_depend_on_its_threads() -> None:
    one, two = (run(SMALL, "--json", "--seeds", "4", "--threads", n)[1] for n in ("1", "2"))
    for a, b in zip(one.pop("runs"), two.pop("runs"), strict=True):
        assert without_timings(a) == without_timings(b)
    assert without_timings(one) == without_timings(two)


def test_an_ensemble_that_diverges_keeps_its_history() -> None:
    status, found, err = run(
        "d=16&P=2&m=8&J=4&c=20&s0=0.5&seed=1&engine=sgd", "--json", "--seeds", "2"
    )
    assert status == 3
    assert "2 of 2 seeds diverged" in err
    assert all(len(r["mse"]) > 1 for r in found["runs"])
    assert found["mse_final"] == {
        "median": None, "quartiles": [None, None], "count": 2, "failed": 2
    }  # fmt: skip


def test_progress_in_a_file_is_a_few_whole_lines() -> None:
    status, found, err = run(SMALL, "--seeds", "2")
    assert status == 0
    assert set(found) == ENSEMBLE_KEYS
    assert "\r" not in err
    assert re.search(r"^100% after \d+ s, done$", err, re.M)


def test_a_file_gets_a_line_each_tenth_or_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now, said = 0.0, io.StringIO()
    monkeypatch.setattr("emergence.cli.bar.time.monotonic", lambda: now)
    with contextlib.redirect_stderr(said), bar.bar() as tell:
        for step in range(2001):  # ten times a second, 200 s
            now = step / 10
            tell(min(step / 4000, 0.3), "going")  # it stands still from 120 s on
        tell(1.0, "done")
        tell(1.0, "done")
    lines = said.getvalue().splitlines()
    times = [float(line.split(" after ")[1].split(" s")[0]) for line in lines]
    assert times == [30, 60, 90, 120, 150, 180, 200]
    assert lines[-1] == "100% after 200 s, done"
    assert lines[0] == "8% after 30 s, going"


def test_people_are_told_what_a_run_has_come_to() -> None:
    """On stderr, in a few lines; programs, who ask for --json, are not."""
    query = "d=256&P=16&m=64&beta=1&engine=flow&s0=0.01"
    status, found, err = run(query)
    assert status == 0
    learned = sum(share > 0.5 for share in found["capture"])
    assert f"learned {learned} of 16 directions" in err
    assert f"slope of the loss in time {found['slope']['value']:.3f} (95 % of such" in err
    assert "theory -1.000" in err
    assert re.search(r"^took \d+ seconds?, .* in the engine's steps, at most [\d,]+ MB", err, re.M)
    assert run(query, "--json")[2] == ""
    _, seeds, said = run(SMALL, "--seeds", "3")
    assert f"{seeds['learned']['median']:g} of 2 directions in the median of 3 seeds" in said
    assert "no slope of any seed" in said


def test_threads_of_a_single_run_change_nothing() -> None:
    status, found, _ = run(SMALL, "--json", "--threads", "2")
    assert status == 0
    assert set(found) == KEYS


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--seeds", "0"], "seeds = 0 is out of range: a whole number from 1 to 1,000"),
        (["--seeds", "1001"], "seeds = 1001 is out of range"),
        (["--seeds", "x"], "seeds = x is not a whole number"),
        (["--seeds", "2.5"], "seeds = 2.5 is not a whole number"),
        (["--seeds=-1"], "seeds = -1 is out of range"),
        (["--seeds", "2", "--threads", "0"], "threads = 0 is out of range"),
        (["--threads", "many"], "threads = many is not a whole number"),
        (["--seeds", "2", "--steps", str(2**40)], "lower steps"),
    ],
)
def test_a_refused_ensemble(
    options: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMERGENCE_RUN_HOURS", "4")
    status, found, err = run(SMALL, "--json", *options)
    assert status == 2
    assert found["state"] == "refused"
    assert sentence in found["message"]
    assert sentence in err


def test_the_last_seed_must_exist() -> None:
    status, _, err = run(f"{SMALL}&seed={2**32 - 2}", "--json", "--seeds", "3")
    assert status == 2
    assert "seed = 4294967296 is out of range" in err


TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=15)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*PARAMETERS, "eta", "x"]), TEXTS), max_size=5), TEXTS)
def test_hostile_queries_are_refused_in_words(pairs: list[tuple[str, str]], steps: str) -> None:
    """Small sizes come first; what a hostile value replaces is refused, or is just another run."""
    given = {"d": "8", "P": "1", "m": "2"} | dict(pairs)
    if steps.isdecimal() or steps.startswith("-"):
        steps = "5"
    query = "&".join(f"{name}={text}" for name, text in given.items())
    status, found, err = run(query, "--json", f"--steps={steps}" if steps.strip() else "--steps=5")
    assert status in (0, 2, 3)
    assert set(found) == KEYS
    assert (status == 2) == (found["state"] == "refused") == err.startswith("refused: ")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [([SMALL, "--json", "--steps", "3"], 0), (["d=1", "--json"], 2), (["d=\ud800", "--json"], 2)],
)
def test_in_a_process_of_its_own(arguments: list[str], status: int) -> None:
    given = [argument.encode("utf-8", "surrogatepass") for argument in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "emergence", "run", *given],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == status
    assert done.stdout.count("\n") == 1
    assert set(json.loads(done.stdout)) == KEYS
    assert "Traceback" not in done.stderr
    assert (done.stderr == "") == (status == 0)


@pytest.mark.parametrize("steps", ["0", "-1", "abc", "1e30"])
def test_an_impossible_number_of_steps_is_refused(steps: str) -> None:
    status, found, err = run(SMALL, "--json", "--steps", steps)
    assert status == 2
    assert found["state"] == "refused"
    assert "steps = " in err


def test_steps_and_horizon_exclude_each_other() -> None:
    with pytest.raises(SystemExit) as stop, contextlib.redirect_stderr(io.StringIO()) as err:
        main(["run", SMALL, "--steps", "10", "--horizon", "1"])
    assert stop.value.code == 2
    assert "not allowed with" in err.getvalue()


def test_an_interrupt_is_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("emergence.cli.run.simulate", interrupt)
    with contextlib.redirect_stderr(io.StringIO()) as err:
        assert main(["run", SMALL, "--json"]) == 130
    assert err.getvalue() == "interrupted\n"


def test_a_closed_pipe_is_no_traceback() -> None:
    command = f"{sys.executable} -m emergence run '{SMALL}' --json | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_the_files_of_a_run(tmp_path: Path) -> None:
    names = {"save": "run.npz", "csv": "a.csv", "parquet": "a.parquet", "html": "a.html"}
    options = [text for name, file in names.items() for text in (f"--{name}", str(tmp_path / file))]
    status, found, err = run(f"{SMALL}&seed=7", "--json", "--table", "directions", *options)
    assert (status, err) == (0, "")
    result = load(tmp_path / "run.npz")
    assert without_timings(result.as_dict()) == without_timings(found)
    said, rows = of_csv((tmp_path / "a.csv").read_text())
    assert [float(row["T"]) for row in rows] == found["T"]
    assert said["query"] == result.experiment.to_query()
    read = parquet.read_table(tmp_path / "a.parquet")
    assert read["T"].to_pylist() == found["T"]
    assert json.loads(read.schema.metadata[b"emergence-lab"])["table"] == "directions"
    page = (tmp_path / "a.html").read_text()
    assert page.count('class="plotly-graph-div"') == 6
    assert "seed = 7" in page
    assert f"emergence-lab {emergence.__version__}" in page
    assert not re.search(r"<(?:script|link|img)[^>]* (?:src|href)=", page)


def test_the_files_of_seeds(tmp_path: Path) -> None:
    options = ["--save", str(tmp_path / "run.npz"), "--csv", str(tmp_path / "a.csv")]
    options += ["--parquet", str(tmp_path / "a.parquet")]
    status, found, _ = run(f"{SMALL}&seed=5", "--json", "--seeds", "2", *options)
    assert status == 0
    for seed, of in zip((5, 6), found["runs"], strict=True):
        result = load(tmp_path / f"run-seed{seed}.npz")
        assert result.experiment.seed == seed
        assert result.mse.tolist() == of["mse"]
    text = (tmp_path / "a.csv").read_text()
    of_all = [json.loads(line[8:]) for line in text.splitlines() if line.startswith("# runs: ")]
    packed = parquet.read_table(tmp_path / "a.parquet")
    assert json.loads(packed.schema.metadata[b"emergence-lab"])["runs"] == of_all
    assert [each["experiment"]["seed"] for each in of_all] == [5, 6]
    _, rows = of_csv(text)
    assert [row["seed"] for row in rows] == ["5"] * len(found["runs"][0]["mse"]) + ["6"] * len(
        found["runs"][1]["mse"]
    )


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--save", "/nowhere/run.npz"], "save: /nowhere/run.npz is not a file"),
        (["--csv", "/"], "csv: / is not a file"),
        (["--csv", "a.csv", "--table", "skills"], "the tables are loss, directions, neurons"),
        (["--table", "loss"], "table: it needs --csv FILE or --parquet FILE"),
        (["--html", "a.html", "--seeds", "2"], "leave out --seeds"),
    ],
)
def test_files_that_cannot_be_written_are_refused_before_anything_is_computed(
    options: list[str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emergence.cli.run.simulate", lambda *_: pytest.fail("it has begun"))
    status, found, err = run(SMALL, "--json", *options)
    assert status == 2
    assert why in err
    assert found["state"] == "refused"
    assert not Path("a.csv").exists()


def test_a_file_that_cannot_be_written_after_all_is_said() -> None:
    status, found, err = run(SMALL, "--json", "--csv", "/dev/full")
    assert (status, found["state"]) == (4, "finished")
    assert "csv: /dev/full: No space left on device" in err
