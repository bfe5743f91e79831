"""A question that a class is asked: what may be said, and how it is called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

LONGEST_TEXT, LONGEST_OPTION, MOST_OPTIONS = 1_000, 200, 200
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
KINDS = ("number", "choice")
NO_GUESS = "none"
"""What a page's address says where the answer is shown to somebody who made no guess."""


@dataclass(frozen=True)
class Question:
    """What a page asks first.

    page : its address below the server's; "" for the Live Lab
    name : which question of the page, as the page's address calls a guess
    text : in Markdown
    options : what may be said, as it is shown, in the order in which it is drawn
    values : the same as the page's address says it
    kind : one of KINDS: the options of a number lie along an axis
    unit : of a number, with the space before it
    run : of the Live Lab: its experiment, as the address says it
    """

    page: str
    name: str
    text: str
    options: tuple[str, ...]
    values: tuple[str, ...]
    kind: str
    unit: str = ""
    run: str = ""

    @cached_property
    def digest(self) -> str:
        """Another one for each other question."""
        asked = [self.page, self.run, self.name, self.text, self.kind, self.unit, *self.options]
        said = "\x1f".join(asked)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def to_json(self) -> dict[str, Any]:
        """As `read_question` takes it, and the digest."""
        lists = {"options": list(self.options), "values": list(self.values)}
        return asdict(self) | lists | {"digest": self.digest}


def read_question(given: object, pages: Collection[str]) -> Question:
    """A question that somebody sent. Raises ValueError with a sentence where it is none."""
    if not isinstance(given, dict):
        raise ValueError("a question must be an object")
    if given.get("page") not in list(pages):
        raise ValueError("the question's page is not one of this app's")
    name, kind = given.get("name"), given.get("kind")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError("the question's name must be 1 to 40 of a-z, 0-9 and _")
    if kind not in KINDS:
        raise ValueError(f"the question's kind must be one of {', '.join(KINDS)}")
    options, values = given.get("options"), given.get("values")
    if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
        raise ValueError(f"a question has 2 to {MOST_OPTIONS} options")
    if not isinstance(values, list) or len(values) != len(options):
        raise ValueError("each option has one value")
    text = _text(given.get("text"), "the question", LONGEST_TEXT)
    unit = _text(given.get("unit", ""), "the unit", LONGEST_OPTION)
    run = _text(given.get("run", ""), "the run", LONGEST_TEXT)
    shown, said = (
        tuple(_text(each, what, LONGEST_OPTION) for each in list_)
        for list_, what in ((options, "an option"), (values, "a value"))
    )
    if len(set(shown)) < len(shown):
        raise ValueError("no two options are the same")
    return Question(str(given["page"]), name, text, shown, said, str(kind), unit, run)


def _text(given: object, what: str, most: int) -> str:
    if not isinstance(given, str) or len(given) > most or not given.isprintable():
        raise ValueError(f"{what} must be one line of at most {most:,} characters")
    return given
