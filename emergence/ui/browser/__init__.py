"""All JavaScript and CSS: what the browser runs and wears."""

from functools import cache
from importlib import resources


@cache
def text(name: str) -> str:
    """The text of one of this folder's files."""
    return (resources.files(__name__) / name).read_text(encoding="utf-8")


@cache
def style(name: str) -> str:
    """HTML of one of this folder's styles."""
    return f"<style>{text(name)}</style>"
