"""Trainings over processes and a Dask cluster are those of one process, bit for bit."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from emergence.cli.main import main
from emergence.engines.sparse_parity import ParitySettings
from emergence.runs.sparse_parity import trained
from emergence.sweeps.cluster import Cluster
from emergence.sweeps.local import Local
from emergence.sweeps.parity import Trainings, grouped, sweep
from emergence.sweeps.points import take
from tests.unit.sweeps import dask_cluster

# Dask's own processes and sockets are closed in the background.
pytestmark = pytest.mark.filterwarnings("ignore")

STEPS = 300
SETTINGS = [ParitySettings(alpha, 8, seed) for alpha in (0.4, 1.0) for seed in (1, 2)]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with dask_cluster(1) as found:
        yield found


@pytest.mark.parametrize("place", ["processes", "cluster"])
def test_trainings_are_the_same_wherever_they_are_computed(
    place: str, request: pytest.FixtureRequest
) -> None:
    on_cluster = place == "cluster"
    where = Cluster(request.getfixturevalue("address")) if on_cluster else Local(1)
    found = sweep(SETTINGS, STEPS, where)
    assert list(found) == SETTINGS
    for settings, training in found.items():
        here = trained(settings, STEPS)
        np.testing.assert_array_equal(training.loss, here.loss)
        np.testing.assert_array_equal(training.strength, here.strength)
    groups = grouped(found)
    assert list(groups) == [(0.4, 8), (1.0, 8)]
    assert all(len(each.learned) == 2 for each in groups.values())


def test_a_worker_of_other_code_is_refused() -> None:
    with pytest.raises(RuntimeError, match="another version of the code"):
        take(SETTINGS[0], json.dumps({"code": "other", "training": {}}), Trainings())


def test_the_command_prints_every_group_with_its_failures(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--alpha", "0.4,1", "--width", "8", "--seeds", "2", "--steps", str(STEPS)]
    assert main(["parity", *options, "--json", "--scheduler", address]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [group["alpha"] for group in told["groups"]] == [0.4, 1.0]
    for group in told["groups"]:
        assert group["learned"] == [0, 0]
        assert group["delay"]["measured"] is None
        assert group["delay"]["model"] == group["alpha"] + 1


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        ("--alpha", "x", "alpha: x is not 1 to 20 numbers from 0.05 to 5.0"),
        ("--width", "0", "width: 0 is not 1 to 20 whole numbers from 1 to 2,048"),
        ("--steps", "5", "steps: 5 is not a whole number from 100 to 100,000,000"),
        ("--seeds", "0", "seeds"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_a_line(
    option: str, text: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parity", option, text]) == 2
    said = capsys.readouterr().err
    assert said.startswith("refused: ")
    assert sentence in said
    assert said.count("\n") == 1
