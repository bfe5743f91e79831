"""How to cite the lab, in the Citation File Format."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

import emergence
from tests.unit.source import ROOT


@pytest.fixture
def citation() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return found


def test_it_has_what_the_format_asks_for(citation: dict[str, Any]) -> None:
    assert citation["cff-version"] == "1.2.0"
    assert {"authors", "message", "title"} <= set(citation), "the required keys"
    assert set(citation) <= {"abstract", "authors", "cff-version", "keywords", "license", "message",
                             "references", "title", "type", "version"}  # fmt: skip
    for reference in citation["references"]:
        assert {"authors", "title", "type"} <= set(reference), "the required keys of a reference"
        for author in reference["authors"]:
            assert set(author) == {"family-names", "given-names"}


def test_it_is_of_this_version_under_this_licence(citation: dict[str, Any]) -> None:
    assert citation["version"] == emergence.__version__
    assert (ROOT / "LICENSE").read_text().startswith(f"{citation['license']} License")


def test_it_cites_the_paper(citation: dict[str, Any]) -> None:
    [paper] = citation["references"]
    names = [author["family-names"] for author in paper["authors"]]
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"{', '.join(names[:-1])} and {names[-1]}, *{paper['title']}*" in readme
    assert f"({paper['year']}, arXiv {paper['url'].rpartition('/')[2]})" in readme
