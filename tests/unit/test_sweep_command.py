"""`python -m emergence sweep`: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emergence import Experiment
from emergence.cli.main import main
from emergence.runs.plan import WrongSideError, make_plan
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.execute import scheduler_address
from emergence.sweeps.points import ExecutionError
from tests.saved import of_csv
from tests.unit.sweeps import SMALL


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small sweep's definition."""
    file = tmp_path / "sweep.json"
    file.write_text(json.dumps(SMALL))
    return file


def refusal(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> str:
    """The line on stderr with which a sweep is refused."""
    assert main(["sweep", str(file), *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith("refused: ")
    assert said.count("\n") == 1
    return said


def test_the_command_line(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--results", str(tmp_path / "results"), "--csv", str(tmp_path / "x.csv")]
    options += ["--html", str(tmp_path / "x.html"), "--parquet", str(tmp_path / "x.parquet")]
    assert main(["sweep", str(file), "--json", *options]) == 0
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 1
    found = json.loads(lines[0])
    assert found["state"] == "finished"
    assert len(found["points"]) == 6
    for point in found["points"]:
        assert {"experiment", "slope", "ci", "seconds"} <= set(point)
        assert Experiment.from_json(json.dumps(point["experiment"]))
    assert [each["of"] for each in found["exponents"]] == [{"d": 64}, {"d": 1024}]
    for each in found["exponents"]:
        assert each["theory"] == 1.0
        assert each["ci"][0] <= each["measured"] <= each["ci"][1]
        assert each["measured"] == pytest.approx(1.0, abs=0.2)
    assert "</html>" in (tmp_path / "x.html").read_text()
    said, rows = of_csv((tmp_path / "x.csv").read_text())
    assert json.loads(said["definition"]) == found["sweep"]
    assert len(rows) == 6
    again = found["sweep"]
    file.write_text(json.dumps(again))
    assert main(["sweep", str(file), "--json", *options[:2]]) == 0
    repeated = json.loads(capsys.readouterr().out)
    assert repeated["exponents"] == found["exponents"], "the definition reproduces the sweep"
    assert main(["sweep", str(file), *options[:2]]) == 0
    assert "theory 1.000" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"grid": {"bita": [1]}}', "grid.bita"),
        ('{"base": {"d": "many"}}', "base.d"),
        ('{"grid": {"d": []}}', "grid.d"),
        ("nonsense", "file"),
        ('{"base": {"engine": "flow", "m": 4096, "P": 1024, "d": 1000000}}', "lower m"),
    ],
)
def test_the_command_line_refuses_in_one_line(
    text: str, word: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(text)
    assert word in refusal(capsys, file, "--json")


@pytest.mark.parametrize("option", ["results", "csv", "parquet", "html"])
def test_what_cannot_be_written_is_refused_before_the_start(
    option: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = tmp_path / "block"
    block.touch()
    options = ["--results", str(tmp_path / "results"), f"--{option}", str(block / "x" / "y")]
    assert refusal(capsys, file, *options).startswith(f"refused: {option}: ")


def test_what_cannot_be_written_in_the_end_is_one_line(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The disk is full by then: the results are still told, and kept."""
    options = ["--json", "--results", str(tmp_path / "results"), "--csv", "/dev/full"]
    assert main(["sweep", str(file), *options]) == 4
    said = capsys.readouterr()
    assert len(json.loads(said.out)["points"]) == 6
    assert said.err == "csv: /dev/full: No space left on device\n"


@pytest.mark.parametrize("threads", ["0", "x", "1.5", "-1"])
def test_threads_are_validated(
    threads: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "threads" in refusal(capsys, file, "--threads", threads)


def test_an_unreachable_scheduler_is_a_readable_message(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emergence.sweeps.cluster.PATIENCE", 0.3)
    with pytest.raises(ExecutionError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        Cluster("tcp://127.0.0.1:1").workers()
    said = refusal(capsys, file, "--scheduler", "tcp://127.0.0.1:1")
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in said


@pytest.mark.parametrize("address", ["nonsense", "zz://1:2", "tcp://127.0.0.1:port", "tcp://host"])
def test_a_scheduler_address_is_validated(
    address: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(capsys, file, "--scheduler", address)
    assert said.startswith(f"refused: scheduler: {address} is not an address like tcp://")


def test_the_scheduler_is_an_option_or_dasks_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import dask

    assert scheduler_address("tcp://a:1") == "tcp://a:1"
    assert scheduler_address() is None
    with dask.config.set({"scheduler-address": "tcp://b:2"}):
        assert scheduler_address() == "tcp://b:2"
        assert scheduler_address("tcp://a:1") == "tcp://a:1"


WILD = {"d": 16, "P": 2, "m": 8, "J": 4, "s0": 0.5, "c": 500, "engine": "sgd"}


def told(
    capsys: pytest.CaptureFixture[str], file: Path, definition: dict[str, object], *options: str
) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a sweep."""
    file.write_text(json.dumps(definition))
    status = main(["sweep", str(file), "--results", str(file.parent / "results"), *options])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_sweep_in_which_everything_diverges(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    definition = {"analysis": "time", "base": WILD, "seeds": 3}
    status, out, err = told(capsys, file, definition)
    assert status == 3
    assert "no exponent: every computed point diverged (3 points)" in out
    assert "points: 3 diverged" in out
    assert "β above 1/2" not in out, "that is not the cause"
    assert err.count("all 3 points diverged, the first (") == 1
    status, out, _ = told(capsys, file, definition, "--json")
    found = json.loads(out)
    assert status == 3
    assert found["state"] == "diverged"
    assert found["counts"] == {
        "finished": 0, "diverged": 3, "refused": 0, "failed": 0, "wrong side": 0,
    }  # fmt: skip
    assert "all 3 points diverged" in found["message"]
    assert all(p["slope"] is None and p["slope_reason"] == "the run diverged"
               for p in found["points"])  # fmt: skip


def test_a_sweep_in_which_some_diverge_says_how_many(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tame = {"d": 64, "P": 8, "m": 32, "engine": "decoupled", "horizon": 3.0}
    definition = {"analysis": "time", "list": [WILD, tame], "seeds": 2}
    status, out, _ = told(capsys, file, definition, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["state"] == "finished"
    assert (found["counts"]["finished"], found["counts"]["diverged"]) == (2, 2)
    assert len(found["exponents"]) == 1
    assert "2 of 4 points diverged" in found["message"]
    _, out, _ = told(capsys, file, definition)
    assert "points: 2 finished, 2 diverged" in out


@pytest.mark.parametrize(
    ("base", "cause"),
    [
        ({"beta": 0.4}, "the power law needs β above 1/2"),
        ({"horizon": 0.01}, "the run is too short"),
        ({"engine": "correlation", "d": 16, "J": 3, "steps": 100}, "the loss cannot fall"),
    ],
)
def test_no_exponent_names_its_cause(
    base: dict[str, object], cause: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"d": 64, "P": 8, "m": 16, "engine": "decoupled"} | base
    status, out, _ = told(capsys, file, {"analysis": "time", "base": given, "seeds": 2})
    assert status == 0
    assert "no exponent: no point has a slope (2 points: " in out
    assert cause in out
    assert ("β above 1/2" in out) == ("beta" in base)


def test_a_sweep_of_starts_on_the_wrong_side_alone_is_refused(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base: dict[str, object] = {"J": 3, "P": 1, "m": 1, "d": 64, "engine": "decoupled"}
    lost = [seed for seed in range(1, 20) if _wrong_side(Experiment.of(base | {"seed": seed}))]
    assert 0 < len(lost) < 19
    for seeds, expected in ((lost[:2], 2), (range(1, 20), 0)):
        definition: dict[str, object] = {"analysis": "recovery", "base": base, "seeds": list(seeds)}
        status, out, _ = told(capsys, file, definition)
        assert status == expected
        assert f"{len(lost[: len(seeds)])} wrong side" in out
        assert ("no point was computed" in out) == (expected == 2)


def _wrong_side(experiment: Experiment) -> bool:
    try:
        make_plan(experiment)
    except WrongSideError:
        return True
    return False
