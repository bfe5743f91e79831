"""The parts of Streamlit's browser code that our pages need, and that it loads late.

It asks for them when the first message has come that needs them, one after what imports it. Named
in the page's head they are there by then, and the first picture comes earlier.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import streamlit as st

MANIFEST = Path(st.__file__).parent / "static" / "manifest.json"
"""What Streamlit's builder, Vite, says of its files: each has a name and what it imports."""
ENTRY = "index.html"
NEEDED = (
    "BidiComponent", "Slider", "Selectbox", "Button", "NumberInput", "TextInput", "Html",
    "rehype-katex", "Progress",
)  # fmt: skip
"""What our pages are made of, by Vite's names; and what a page shows only later, when a server that
is just being restarted could not give it, and would never be asked again."""


@cache
def chunks() -> tuple[str, ...]:
    """Their files and what they import, below the server's address; none that is loaded anyway."""
    files = json.loads(MANIFEST.read_text())
    there = _with_imports([ENTRY], files)
    asked = [key for name in NEEDED for key, file in files.items() if file.get("name") == name]
    return tuple(files[key]["file"] for key in _with_imports(asked, files) if key not in there)


def _with_imports(keys: list[str], files: dict[str, dict[str, list[str]]]) -> dict[str, None]:
    """These and all that they import, in that order."""
    found: dict[str, None] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop(0)
        if key not in found:
            found[key] = None
            waiting += files[key].get("imports", [])
    return found
