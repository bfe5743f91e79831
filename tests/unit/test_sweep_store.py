"""Finished points on disk: whole, found again, and never taken for what they are not."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from emergence import Experiment, simulate
from emergence.sweeps import store as store_module
from emergence.sweeps.definition import Sweep
from emergence.sweeps.local import Local
from emergence.sweeps.outcome import Outcome
from emergence.sweeps.progress import SweepRun, SweepState
from emergence.sweeps.store import Store

SMALL = Experiment(d=64, P=3, m=8, engine="decoupled", s0=0.01, horizon=6.0)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return Outcome.of(simulate(SMALL))


def test_an_outcome_survives_json(outcome: Outcome) -> None:
    assert Outcome.from_json(json.dumps(outcome.as_dict())) == outcome
    assert outcome.learned == 3
    assert len(outcome.steps) == len(outcome.mse) <= 160
    assert outcome.steps[0] > 0


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"experiment": {"d": -1}}', "\x00"])
def test_what_is_not_an_outcome_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Outcome.from_json(text)


def test_what_is_put_is_found(tmp_path: Path, outcome: Outcome) -> None:
    store = Store(tmp_path)
    assert store.get(SMALL) is None
    store.put(outcome)
    assert store.get(SMALL) == outcome
    assert store.get(SMALL.replace(seed=9)) is None


def test_another_code_version_is_computed_again(
    tmp_path: Path, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    store.put(outcome)
    monkeypatch.setattr(store_module, "code_version", lambda: "another")
    assert store.get(SMALL) is None


def test_a_damaged_file_is_computed_again(tmp_path: Path, outcome: Outcome) -> None:
    store = Store(tmp_path)
    store.put(outcome)
    [file] = tmp_path.rglob("*.json")
    text = file.read_text()
    digit = text.index("0.", text.index('"mse"')) + 3
    other = "1" if text[digit] != "1" else "2"
    for damaged in (text[: len(text) // 2], "", text.replace('"d": 64', '"d": 65'), "[" * 200_000,
                    text[:digit] + other + text[digit + 1 :], f"[{text}]", "3", " " * 5_000_000,
                    '"' + "x" * 10_000, text.replace('"sha256"', '"sha"')):  # fmt: skip
        file.write_text(damaged)
        assert store.get(SMALL) is None
    file.write_bytes(b"\xff\xfe" * 100)
    assert store.get(SMALL) is None
    store.put(outcome)
    assert store.get(SMALL) == outcome


def test_what_is_no_file_is_computed_again(
    tmp_path: Path, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe, which a reader would wait at for ever, a link to itself, a folder; none stops `put`,
    but for the folder, which is said."""
    store = Store(tmp_path)
    store.put(outcome)
    [file] = tmp_path.rglob("*.json")
    file.unlink()
    for make in (os.mkfifo, lambda path: path.symlink_to(path)):
        make(file)
        assert store.get(SMALL) is None
        assert store.missing([SMALL]) == [SMALL]
        store.put(outcome)
        assert store.get(SMALL) == outcome
        file.unlink()
    file.mkdir()
    assert store.get(SMALL) is None
    with pytest.raises(OSError, match=file.name):
        store.put(outcome)
    assert list(tmp_path.rglob("*.part")) == []


def test_a_folder_that_cannot_be_read_is_one_line(tmp_path: Path, outcome: Outcome) -> None:
    """As another user, whom permissions concern (a test's may be root)."""
    store = Store(tmp_path / "results")
    store.put(outcome)
    [file] = tmp_path.rglob("*.json")
    file.parent.rename(tmp_path / "aside")
    file.parent.symlink_to(file.parent)  # stat() fails with ELOOP, no FileNotFoundError
    assert store.get(SMALL) is None
    assert store.missing([SMALL]) == [SMALL]
    base = {name: value for name, value in SMALL.as_dict().items() if name != "seed"}
    run = SweepRun(Sweep.of({"base": base, "seeds": [SMALL.seed]}), store, Local(1))
    run.run()
    assert run.state is SweepState.FAILED
    assert run.message.startswith("a result could not be kept: ")
    assert "\n" not in run.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("slope", "abc"),
        ("T", 3),
        ("mse", ["x"]),
        ("ci", [1.0]),
        ("loss", None),
        ("state", 1),
        ("crossing", []),
        ("T", [1.0]),
        ("capture", [1.0] * 4),
        ("mse", [1.0]),
        ("mse", [True] * 160),
        ("state", "running"),
        ("loss", float("nan")),
        ("loss", 10**400),
        ("seconds", True),
    ],
)
def test_a_field_of_another_type_is_no_outcome(outcome: Outcome, name: str, value: object) -> None:
    given = json.loads(json.dumps(outcome.as_dict()))
    assert Outcome.from_json(json.dumps(given)) == outcome
    with pytest.raises(ValueError, match=f"not an outcome: {name}"):
        Outcome.from_json(json.dumps(given | {name: value}))


def test_a_time_that_goes_back_is_no_outcome(outcome: Outcome) -> None:
    given = json.loads(json.dumps(outcome.as_dict()))
    for steps in (given["steps"][::-1], [0.0, *given["steps"][1:]]):
        with pytest.raises(ValueError, match="not an outcome: steps"):
            Outcome.from_json(json.dumps(given | {"steps": steps}))
    with pytest.raises(ValueError, match="not an outcome: steps"):
        Outcome.from_json(json.dumps(given | {"steps": [], "mse": []}))


def test_a_crash_while_writing_leaves_nothing(
    tmp_path: Path, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(json, "dump", broken)
    with pytest.raises(OSError, match="disk full"):
        Store(tmp_path).put(outcome)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_readers_never_see_half_a_file(tmp_path: Path, outcome: Outcome) -> None:
    store = Store(tmp_path)
    store.put(outcome)
    other = replace(outcome, message="x" * 100_000)
    done = threading.Event()

    def write() -> None:
        for turn in range(40):
            store.put((outcome, other)[turn % 2])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        assert store.get(SMALL) in (outcome, other)
    writer.join()
