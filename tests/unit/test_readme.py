"""The README's commands are what CI runs, and its script works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import emergence
from emergence import Experiment, simulate
from emergence.parameters import PARAMETERS, WordChoice

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block(marker: str) -> str:
    match = re.search(rf"<!-- {marker} -->\n```sh\n(.+)\n```", README)
    assert match, f"no {marker} command"
    return match[1]


def test_ci_takes_its_command_from_the_readme() -> None:
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text()
    assert block("test").endswith(
        "&& .venv/bin/pytest && .venv/bin/pytest --dist worksteal -m browser"
        " && .venv/bin/pytest -n 0 -m soak"
    )
    for marker, lock in (("run", "requirements.txt"), ("test", "requirements-dev.txt")):
        assert f"pip install -q --require-hashes -r {lock} &&" in block(marker)
        assert "pip install -q --no-deps --no-build-isolation -e . &&" in block(marker)
    assert block("run").endswith("streamlit run app.py")


def test_pre_commit_runs_the_checks_of_ci() -> None:
    entries = re.findall(r"entry: ([^,]+),", (ROOT / ".pre-commit-config.yaml").read_text())
    assert len(entries) >= 4
    assert set(entries) <= set(block("test").split(" && "))


def test_the_version_has_its_place_in_the_changelog() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    assert changes.index("## Unreleased") < changes.index(f"## {emergence.__version__}")


def test_the_workflow_calls_what_ci_calls() -> None:
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_the_lines_of_python_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    match = re.search(r"```python\n(.+?)```", README, re.DOTALL)
    assert match
    exec(compile(match[1].replace("d=64", "d=16"), "README.md", "exec"), {})
    assert capsys.readouterr().out.count("direction") == 8


DOCUMENTS = [
    ROOT / name
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "emergence/cli/COMMANDS.md",
                 "emergence/sweeps/SWEEPS.md", "emergence/engines/ENGINES.md",
                 "emergence/theory/MODEL.md", "emergence/ui/server/SERVER.md",
                 "emergence/ui/server/HOSTING.md", "emergence/results/RESULTS.md")
]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_a_document_links_to_exists(document: Path) -> None:
    for name in re.findall(r"\]\(([\w./-]+)\)", document.read_text()):
        assert (document.parent / name).exists(), name


def test_the_readme_keeps_to_what_a_newcomer_needs() -> None:
    assert len(README.splitlines()) <= 130


def test_the_documented_sweeps_are_the_example_files() -> None:
    text = (ROOT / "emergence" / "sweeps" / "SWEEPS.md").read_text()
    shown = re.findall(r"`(emergence/sweeps/examples/\w+\.json)`:\n\n```json\n(.+?)```", text, re.S)
    assert {name for name, _ in shown} == {
        str(path.relative_to(ROOT)) for path in ROOT.glob("emergence/sweeps/examples/*.json")
    }
    for name, text in shown:
        assert (ROOT / name).read_text() == text


def test_the_documented_keys_are_those_of_a_result() -> None:
    text = (ROOT / "emergence" / "cli" / "COMMANDS.md").read_text()
    keys = set(simulate(Experiment(d=16, P=1, m=2, steps=20, engine="sgd")).as_dict())
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_the_documented_engines_are_those_there_are() -> None:
    text = (ROOT / "emergence" / "engines" / "ENGINES.md").read_text()
    rows = set(re.findall(r"^\| `([\w-]+)` \|", text.split("Time of a step")[0], re.M))
    parameter = PARAMETERS["engine"]
    assert isinstance(parameter, WordChoice)
    assert rows - {"engine"} == set(parameter.choices)
