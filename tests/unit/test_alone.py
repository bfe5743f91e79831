"""The file that opens without a server: what it carries, what it forbids itself, its size."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emergence.browser import kernels
from emergence.cli.main import main
from emergence.experiment import Experiment
from emergence.parameters import PARAMETERS
from emergence.serving import wire
from emergence.serving.run import Run
from emergence.ui.alone import page as alone_page
from emergence.ui.alone.controls import MOST, SLIDERS, controls
from emergence.ui.alone.page import MOST_BYTES, live, replay
from emergence.ui.alone.recorded import TooLargeError, compute, record
from emergence.ui.server.payload import payload

SMALL = Experiment(d=32, P=4, m=8, engine="flow", seed=3)


@pytest.fixture(scope="module")
def finished() -> Run:
    return compute(SMALL)


@pytest.fixture(scope="module")
def page(finished: Run) -> str:
    return replay(finished).decode()


def block(page: str, name: str) -> bytes:
    """What a block of a page has, unpacked."""
    found = re.search(f'<script type="[^"]+" id="{name}">([^<]*)</script>', page)
    assert found, name
    return zlib.decompress(base64.b64decode(found[1]))


def carried(page: str) -> dict[str, Any]:
    found = re.search('<script type="application/json" id="carried">([^<]*)</script>', page)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def rows_of(packed: bytes, width: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """What a browser makes of rows."""
    planes = np.frombuffer(packed, np.uint8).reshape(4, width, -1)
    return np.ascontiguousarray(planes.transpose(2, 1, 0)).view("<f4")[:, :, 0]


def test_a_file_carries_the_run_as_it_was_computed(finished: Run, page: str) -> None:
    header, rows = wire.whole(finished)
    told = carried(page)
    assert told["query"] == SMALL.to_query()
    assert told["header"] == json.loads(json.dumps(header | {"mends": []}))
    assert rows_of(block(page, "rows"), header["width"]).tobytes() == rows.tobytes()
    assert json.loads(block(page, "payload")) == json.loads(payload(SMALL))


def test_a_file_says_what_it_is(page: str) -> None:
    size = (
        len(zlib.compress(block(page, "rows"), 9)) + len(zlib.compress(block(page, "payload"), 9))
    ) / 1000
    about = carried(page)["about"]
    assert about.startswith(f"Recorded: {size:.0f} kB, by version ")
    assert about.endswith(", ".join(SMALL.to_query().split("&")))


def test_a_file_can_ask_nobody_and_runs_only_its_own_scripts(page: str) -> None:
    found = re.search('<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert found
    policy = dict(each.split(" ", 1) for each in found[1].split("; "))
    assert policy["default-src"] == policy["connect-src"] == "'none'"
    assert "unsafe-eval'" not in policy["script-src"].replace("'wasm-unsafe-eval'", "")
    assert "unsafe-inline" not in policy["script-src"]
    assert page.index(found[0]) < page.index("<style>"), "before anything that it is about"
    start = re.findall("<script>(.*?)</script>", page, re.S)
    scripts = [*(each.encode() for each in start), block(page, "plotly"), block(page, "lab")]
    hashes = {base64.b64encode(hashlib.sha256(each).digest()).decode() for each in scripts}
    assert set(re.findall("sha256-([^']*)", policy["script-src"])) == hashes
    for text in ('http-equiv="refresh', '<link rel="stylesheet', 'src="http', "@import"):
        assert text not in page


def test_the_largest_runs_fit_by_rounding_and_fewer_snapshots_and_say_so(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a megabyte for the numbers is to this run what all there is would be to a larger one."""
    rows = compute(Experiment(d=500, P=32, m=100, engine="flow", horizon=0.3))
    most = len(page) + 500_000
    monkeypatch.setattr(alone_page, "MOST_BYTES", most)
    written = replay(rows)
    assert len(written) <= most < MOST_BYTES
    text = written.decode()
    header, exact = wire.whole(rows)
    kept = rows_of(block(text, "rows"), header["width"])
    assert len(kept) < len(exact), "this one is large"
    told = carried(text)
    assert f"rounded to four digits and {len(kept)} of {len(exact)} snapshots" in told["about"]
    steps = told["header"]["steps"]
    assert (steps[0], steps[-1]) == (header["steps"][0], header["steps"][-1])
    assert json.loads(block(text, "payload"))["snapshots"] == steps
    which = [header["steps"].index(step) for step in steps]
    np.testing.assert_allclose(kept, exact[which], rtol=3.1e-5)
    owners = slice(*(np.array([0, 100]) + record_field(text, "owner")))
    np.testing.assert_array_equal(kept[:, owners], exact[which][:, owners])


def record_field(page: str, name: str) -> int:
    offset: int = json.loads(block(page, "payload"))["fields"][name]["offset"]
    return offset


def test_what_cannot_fit_is_refused_in_a_sentence(finished: Run) -> None:
    with pytest.raises(TooLargeError, match="fewer neurons m"):
        record(finished, 1_000)


def test_a_run_that_goes_on_is_no_file() -> None:
    run = Run(SMALL, grace=float("inf"))
    with pytest.raises(ValueError, match="has not come to its end"):
        replay(run)


@pytest.mark.parametrize(
    ("experiment", "how"),
    [
        (SMALL, "replays a recorded run"),
        (Experiment(d=32, P=4, m=8, engine="sgd"), "computes live"),
        (Experiment(d=300, P=4, m=8, J=2, engine="sgd", steps=100), "replays a recorded run"),
    ],
)
def test_the_command_writes_a_file(
    experiment: Experiment, how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "site" / "index.html"
    assert main(["page", experiment.to_query(), "-o", str(file)]) == 0
    assert file.read_bytes().startswith(b"<!doctype html>")
    out, err = capsys.readouterr()
    assert out == f"{file}: {file.stat().st_size / 1e6:.2f} MB, {how}\n"
    assert ("100%" in err) == how.startswith("replays"), "what is computed first has a bar"
    assert carried(file.read_text())["query"] == experiment.to_query()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("d=0", "d = 0 is out of range"),
        ("d=64&colour=red", "there is no parameter colour"),
        ("P=8&d=4", "do not fit into d = 4"),
        ("d=1000000&engine=sgd&J=8", "refused: "),
    ],
)
def test_a_wrong_query_is_refused_in_a_sentence(
    query: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lab.html"
    assert main(["page", query, "-o", str(file)]) == 2
    assert said in capsys.readouterr().err
    assert not file.exists()


def test_a_file_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path, tmp_path / "file" / "lab.html"):
        assert main(["page", SMALL.to_query(), "-o", str(place)]) == 2
        said = capsys.readouterr().err
        assert "cannot be written" in said
        assert "%" not in said, "nothing is computed before"


def test_the_sliders_have_the_table_s_words_and_what_a_browser_can_compute() -> None:
    table = {each["name"]: each for each in controls()}
    assert [name for name, each in table.items() if each["shown"]] == list(SLIDERS)
    assert {name: table[name]["high"] for name in MOST} == {"d": 256, "P": 32, "m": 128}
    mixture = table.pop("mixture")
    for size in (mixture["low"], mixture["high"]):
        assert PARAMETERS["mixture"].parse(f"3:{size},4:-{size}")
    for size in (mixture["low"] / 2, mixture["high"] * 2):
        with pytest.raises(ValueError, match="is not degree:coefficient pairs"):
            PARAMETERS["mixture"].parse(f"3:{size}")
    for name, each in table.items():
        assert each["default"] == PARAMETERS[name].default
        for stop in each["stops"]:
            assert PARAMETERS[name].parse(stop) == stop
            assert each["low"] <= stop <= each["high"]
        if each["shown"]:
            assert each["default"] in each["stops"], "Reset leads to a stop"


def test_a_file_that_computes_carries_the_kernels_and_begins_with_its_query() -> None:
    page = live("d=32&P=4").decode()
    assert len(page) <= MOST_BYTES
    assert carried(page)["query"] == "d=32&P=4"
    assert block(page, "kernels") == kernels()
    assert block(page, "kernels").startswith(b"\0asm")
    assert b"Simulation" in block(page, "worker")
    assert "live in this browser" in carried(page)["about"]
