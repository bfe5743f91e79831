"""Our modules as one script: a page that is opened from disk may not load one file from another.

Each module becomes a function that is called once, after those that it imports, and returns what
it exports. Only what our modules have is understood: `import {…} from "./…";` at the beginning of a
line, `export` before a declaration. Anything else is refused, rather than misread.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from emergence.ui.browser import text

IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.M)
EXPORT = re.compile(r"^export ((?:async )?function\*?|class|const) ([\w$]+)", re.M)
NOTHING = re.compile(r"^export \{\};\n", re.M)
"""What a module of types ends with."""
NAMED = re.compile(r"([\w$]+)(?:\s+as\s+([\w$]+))?")
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/)\n", re.M)
"""One that has its lines for itself."""


class BundleError(ValueError):
    """A module has what this does not understand."""


def bundle(entry: str, read: Callable[[str], str] = text) -> str:
    """The script of a module and of all that it imports. `read` gives the text of a module."""
    done: dict[str, str] = {}
    _add(entry, read, done, ())
    return "".join(done.values())


def _add(
    name: str, read: Callable[[str], str], done: dict[str, str], above: tuple[str, ...]
) -> None:
    if name in done:
        return
    if name in above:
        raise BundleError(f"{' imports '.join((*above, name))}")
    source = COMMENT.sub("", read(name))
    taken = []
    for names, path in IMPORT.findall(source):
        other = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        _add(other, read, done, (*above, name))
        pairs = ", ".join(f"{a}: {b}" if b else a for a, b in NAMED.findall(names))
        taken.append(f"const {{ {pairs} }} = {_constant(other)};\n")
    body = NOTHING.sub("", IMPORT.sub("", source))
    given = ", ".join(each for _, each in EXPORT.findall(body))
    body = EXPORT.sub(r"\1 \2", body)
    left = re.search(r"^(?:import|export)\b.*", body, re.M)
    if left:
        raise BundleError(f"{name}: {left[0]}")
    body = f"{''.join(taken)}{body}return {{ {given} }};\n"
    done[name] = f"const {_constant(name)} = (() => {{\n{body}}})();\n"


def _constant(name: str) -> str:
    return "of_" + re.sub(r"\W", "_", name.removesuffix(".js"))
