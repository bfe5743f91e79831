"""Our modules as one script: a browser asks once, not once for each of ninety, and a page that is
opened from disk may not load one file from another.

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


def bundle(*entries: str, read: Callable[[str], str] = text) -> str:
    """The script of some modules and of all that they import. `read` gives the text of a module."""
    done: dict[str, str] = {}
    for entry in entries:
        _add(entry, read, done, ())
    return "".join(done.values())


def exports(*entries: str) -> str:
    """What a bundle that is itself a module ends with: each entry's exports under its name."""
    given = ", ".join(f"{constant(each)} as {each.removesuffix('.js')}" for each in entries)
    return f"export {{ {given} }};\n"


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
        taken.append(f"const {{ {pairs} }} = {constant(other)};\n")
    body = NOTHING.sub("", IMPORT.sub("", source))
    given = ", ".join(each for _, each in EXPORT.findall(body))
    body = EXPORT.sub(r"\1 \2", body)
    left = re.search(r"^(?:import|export)\b.*", body, re.M)
    if left:
        raise BundleError(f"{name}: {left[0]}")
    body = f"{''.join(taken)}{body}return {{ {given} }};\n"
    done[name] = f"const {constant(name)} = (() => {{\n{body}}})();\n"


def constant(name: str) -> str:
    """What a module is called in a bundle."""
    return "of_" + re.sub(r"\W", "_", name.removesuffix(".js"))
