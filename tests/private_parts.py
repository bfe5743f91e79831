"""The names of Streamlit's and Plotly's own that `emergence/ui` uses, read from its files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

UI = Path(__file__).parents[1] / "emergence" / "ui"
PUBLIC = {"streamlit.delta_generator"}
"""Modules of Streamlit that its documentation tells one to import from."""
OURS = re.compile(
    r"(lab|room|picture|ballot|votes|marker|guide)(-.*)?|data-(room|stands|votes|act|rounds?|veiled)"
    r"|learned|lit|st-key-.*|_(show|skip|again)|_blank"
)
"""Classes that are our own, or that Streamlit gives to a container by the key we gave it."""

ALONE = {"desk", "join", "status", "summary"}
"""Scripts and styles of pages of our own, on which nothing is Streamlit's."""


def in_styles() -> set[str]:
    """Classes, test ids and attributes that the styles select."""
    found: set[str] = set()
    for path in (UI / "browser").glob("*.css"):
        if path.stem in ALONE:
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        found |= set(re.findall(r"\.([A-Za-z][\w-]*)", text))
        found |= set(re.findall(r'data-testid="(\w+)"', text))
        found |= set(re.findall(r"\[(data-(?!testid|figure)\w+)", text))
    return {name for name in found if not OURS.fullmatch(name)}


def in_scripts() -> set[str]:
    """Members that begin with an underscore, members of private objects, classes selected."""
    found: set[str] = set()
    for path in (UI / "browser").glob("*.js"):
        if path.stem in ALONE:
            continue
        text = re.sub(r"//.*", "", path.read_text())
        found |= set(re.findall(r"\b(_[A-Za-z]\w*|c2p)\b", text))
        for selector in re.findall(r"(?:querySelector(?:All)?|closest|part)\((.*)\)", text):
            for quoted in re.findall(r"([\"`])(.*?)\1", selector):
                found |= set(re.findall(r"(?<![\w}])\.([A-Za-z][\w-]*)", quoted[1]))
    return {name for name in found if not OURS.fullmatch(name)}


def in_python() -> set[str]:
    """What comes from inner modules and their members, members with an underscore, names in the
    script of a page's head."""
    found: set[str] = set()
    for path in UI.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        inner = {
            alias.name
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module not in PUBLIC
            if (node.module or "").startswith("streamlit.")
            for alias in node.names
        }
        found |= inner
        for node in nodes:
            if isinstance(node, ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                private = re.match("_[a-z]", node.attr) and owner not in ("self", "cls")
                if owner in inner or private:
                    found.add(node.attr)
            elif isinstance(node, ast.Constant) and "window." in str(node.value):
                found |= set(re.findall(r"(?<=window\.)\w+|\b[A-Z]+_[A-Z_]+\b", str(node.value)))
    return found - {"emergenceRoot"}  # ours


def used() -> set[str]:
    """All of them."""
    return in_styles() | in_scripts() | in_python()
