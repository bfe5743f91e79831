"""kernels.wasm is what its sources give, and measures what the server measures."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import grimp
import numpy as np
import pytest

from emergence.arrays import Array, Float32
from emergence.browser import build
from emergence.engines import online_sgd, paced
from emergence.engines.kernels import start
from emergence.engines.kernels.measure import (
    fill_link,
    measure_students,
    present_overlaps,
    write_students,
)
from emergence.experiment import Experiment
from emergence.parameters import DEGREES, MAX_DEGREE
from emergence.theory.hermite import LinkFunction
from emergence.theory.teacher import strengths
from tests import naive
from tests.unit.source import ROOT

ENGINE = ROOT / "emergence" / "ui" / "browser" / "alone" / "engine.js"
MADE = json.loads(build.DIGESTS.read_text(encoding="utf-8"))


def test_it_was_made_of_the_present_sources_and_by_these_versions() -> None:
    """Otherwise: `python -m emergence.browser.build`."""
    assert MADE["sources"] == build.sources()
    assert MADE["versions"] == build.versions()
    assert MADE["wasm"] == hashlib.sha256(build.WASM.read_bytes()).hexdigest()


def test_a_changed_source_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KERNELS", "HERE"):
        folder = tmp_path / getattr(build, name).relative_to(build.HERE.parent)
        folder.mkdir(parents=True)
        for file in getattr(build, name).glob("*.*"):
            (folder / file.name).write_bytes(file.read_bytes())
        monkeypatch.setattr(build, name, folder)
    assert build.sources() == MADE["sources"]
    for name in MADE["sources"]:
        file = tmp_path / name
        before = file.read_bytes()
        file.write_bytes(before + b"\n")
        assert build.sources() != MADE["sources"], name
        file.write_bytes(before)


def test_every_kernel_that_it_calls_is_among_its_sources() -> None:
    graph = grimp.build_graph("emergence", cache_dir=None)
    kernels = "emergence.engines.kernels."
    called = graph.find_modules_directly_imported_by("emergence.browser.exports")
    for module in list(called):
        called |= graph.find_upstream_modules(module)
    # (The package keeps compiled code of the host's: `cache`, `checked`.)
    names = {module.removeprefix(kernels) for module in called if module.startswith(kernels)}
    assert {f"{name}.py" for name in names - {"cache", "checked"}} == set(build.MODULES)


def test_a_build_gives_the_same_bytes() -> None:
    assert build.build() == build.WASM.read_bytes()


def test_without_its_linker_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "find_spec", lambda name: None if name == "ziglang" else name)
    assert build.main(["--check"]) == 2
    assert capsys.readouterr().err == "ziglang is missing: pip install -e '.[dev]'\n"


def test_it_needs_nothing_of_its_host_and_names_no_file_of_it() -> None:
    """No import section (id 2); Numba's messages, which have paths, are not in it."""
    wasm = build.WASM.read_bytes()
    assert wasm[:8] == b"\0asm\x01\0\0\0"
    assert len(wasm) < 100_000
    at, sections = 8, []
    while at < len(wasm):
        kind, size, shift = wasm[at], 0, 0
        at += 1
        while True:
            byte = wasm[at]
            size |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                break
        sections.append(kind)
        at += size
    assert at == len(wasm)
    assert 2 not in sections
    assert not re.search(rb"\.py|site-packages|/home/|/work/", wasm)


def test_javascript_has_the_engine_s_numbers() -> None:
    said = re.search(r"NUMBERS = \{(.*?)\}", ENGINE.read_text(encoding="utf-8"), re.S)
    assert said
    numbers = {
        name: eval_shift(value)
        for name, value in (
            pair.split(": ") for pair in re.split(r",\s+", said[1].strip().strip(","))
        )
    }
    from emergence.engines.kernels import blocks, reduced

    assert numbers == {
        "DIVERGENCE_FACTOR": online_sgd.DIVERGENCE_FACTOR,
        "FIRST_CALL": paced.FIRST_CALL,
        "NEURON_LANES": online_sgd.NEURON_LANES,
        "LANES": online_sgd.LANES,
        "BLOCK_SAMPLES": online_sgd.BLOCK_SAMPLES,
        "BLOCK_NUMBERS": online_sgd.BLOCK_NUMBERS,
        "ONE_THREAD": blocks.ONE_THREAD,
        "SAMPLES": start.SAMPLES,
        "DEGREES": MAX_DEGREE + 1,
        "MOST_NEURONS": reduced.AT_ONCE,
    }


def eval_shift(text: str) -> int:
    """A number as JavaScript has it: 16, or 1 << 17."""
    number, _, by = text.partition(" << ")
    return int(number) << int(by or 0)


@pytest.mark.parametrize("degree", [*DEGREES, 0])
def test_the_link_function_s_monomials_and_squares(degree: int) -> None:
    """Of every degree alone, and of all together."""
    c = np.zeros(MAX_DEGREE + 1)
    c[degree or slice(1, None)] = 0.3 if degree else np.arange(1.0, MAX_DEGREE + 1)
    sigma, squares = np.zeros(len(c), dtype=np.float32), np.zeros(len(c))
    fill_link(c, sigma, squares)
    link = LinkFunction((i, value) for i, value in enumerate(c) if value)
    expected = np.zeros(len(c))
    expected[: len(link.polynomial)] = link.polynomial
    np.testing.assert_allclose(sigma, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())
    np.testing.assert_array_equal(squares, c**2)


def test_the_measurement_is_the_loss_s_closed_form() -> None:
    """Against the twin, which sums over all pairs."""
    rng = np.random.default_rng(4)
    m, P, D = 5, 3, 7
    V, a = rng.standard_normal((m, D)), np.array([1.0, 0.6, 0.2])
    c = np.array([0, 0.2, 0, 0.5, 0.8, 0, 0, 0, 0.1])
    overlaps, n2 = np.zeros((m, P)), np.zeros(m)
    mse = measure_students(V, a, c**2, overlaps, n2)
    assert mse == pytest.approx(naive.population_mse(V, np.eye(P, D), a, c), rel=1e-10)
    np.testing.assert_allclose(n2, np.sum(V**2, axis=1))
    np.testing.assert_allclose(overlaps, V[:, :P] / np.linalg.norm(V, axis=1)[:, None])


@pytest.mark.parametrize("B", [1, 4])
def test_a_state_is_measured_as_the_engine_measures_it(B: int) -> None:
    """In the midst of a block of samples, and after batches."""
    e = Experiment(d=20, P=3, m=5, J=3, c=0.1, s0=0.4, B=B, engine="sgd-full")
    engine = online_sgd.OnlineSGD(e)
    engine.advance(203 * e.eta, np.inf)
    expected = engine.measure()
    block: tuple[Float32, ...] = engine._block
    students, overlaps, n2 = np.zeros((5, 20)), np.zeros((5, 3)), np.zeros(5)
    write_students(block, B > 1, students)
    squares = np.zeros(MAX_DEGREE + 1)
    squares[3] = 1.0
    a: Array = strengths(e)
    mse = measure_students(students, a, squares, overlaps, n2)
    assert mse == pytest.approx(expected.mse, rel=1e-9)
    np.testing.assert_allclose(overlaps, expected.overlaps, rtol=1e-9)
    np.testing.assert_allclose(n2, expected.n2, rtol=1e-9)
    present_overlaps(block, B > 1, overlaps)
    np.testing.assert_allclose(overlaps, engine.overlaps(), rtol=1e-6)
