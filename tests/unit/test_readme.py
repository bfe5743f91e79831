"""The README's commands are what CI runs, and its script works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import emergence

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def block(marker: str) -> str:
    match = re.search(rf"<!-- {marker} -->\n```sh\n(.+)\n```", README)
    assert match, f"no {marker} command"
    return match[1]


def test_ci_takes_its_command_from_the_readme() -> None:
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text()
    assert ".venv/bin/pytest -n 2 " in block("test")
    assert block("test").endswith("&& .venv/bin/pytest -m browser")
    assert "constraints.txt" in block("test")
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


def test_the_five_lines_of_python_run(capsys: pytest.CaptureFixture[str]) -> None:
    match = re.search(r"```python\n(.+?)```", README, re.DOTALL)
    assert match
    exec(compile(match[1].replace("d=64", "d=16"), "README.md", "exec"), {})
    assert capsys.readouterr().out.count("direction") == 8


def test_every_file_the_readme_names_exists() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).exists(), name


def test_the_readmes_sweeps_are_the_example_files() -> None:
    shown = re.findall(
        r"`(emergence/sweeps/examples/\w+\.json)`:\n\n```json\n(.+?)```", README, re.S
    )
    assert {name for name, _ in shown} == {
        str(path.relative_to(ROOT)) for path in ROOT.glob("emergence/sweeps/examples/*.json")
    }
    for name, text in shown:
        assert (ROOT / name).read_text() == text
