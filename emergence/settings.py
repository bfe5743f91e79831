"""What the environment says: every variable, read and validated here and nowhere else.

One line of `Settings` is one variable: its name, how its text is read, what holds without it. The
table in CONTRIBUTING is made of the same lines (`table`). What is wrong is said in one line, before
anything begins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

OURS = "EMERGENCE_"
"""What our own variables begin with; one that is not known is refused, for it would do nothing."""
NAME = "emergence-lab"
SHORTEST = 16
"""Characters of a secret."""
SWITCH = {"on": True, "yes": True, "true": True, "1": True,
          "off": False, "no": False, "false": False, "0": False}  # fmt: skip

CORES = max(1, (os.cpu_count() or 2) - 1)
"""All but one, which answers."""


N = TypeVar("N", int, float)


class SettingsError(ValueError):
    """A variable that cannot be what it says; the message is one line and begins with its name."""


def text(given: str) -> str:
    """The text itself, without spaces around it."""
    return given.strip()


def folder(given: str) -> Path:
    """A folder: absolute, with ~ for the user's home. It need not be there."""
    try:
        path = Path(given).expanduser()
    except RuntimeError:
        raise ValueError("begins with a home folder, and there is none: give it whole") from None
    if not path.is_absolute():
        raise ValueError("is not a whole path like /var/lib/emergence or ~/emergence")
    return path


def switch(given: str) -> bool:
    """On or off, in the words of `SWITCH`."""
    if given.strip().lower() not in SWITCH:
        raise ValueError("is neither on nor off")
    return SWITCH[given.strip().lower()]


def origins(given: str) -> tuple[str, ...]:
    """Addresses of servers, with spaces between them, or `none`."""
    if given.strip().lower() == "none":
        return ()
    for each in given.split():
        if not re.fullmatch(r"https?://(\*\.)?[A-Za-z0-9.\[\]:-]{1,200}", each):
            raise ValueError("is neither none nor addresses like https://a.example")
    return tuple(given.split())


def secret(given: str) -> str:
    """A text that cannot be guessed. It is not said where it is refused."""
    if len(given.strip()) < SHORTEST:
        raise ValueError(f"is too short to be a secret: {SHORTEST} characters or more")
    return given.strip()


def number(low: float, high: float) -> Callable[[str], float]:
    """Reads a number from `low` to `high`, both allowed."""
    return _between(low, high, float, "a number")


def whole(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number from `low` to `high`, both allowed."""
    return _between(low, high, int, "a whole number")


def _between(low: N, high: N, kind: Callable[[str], N], called: str) -> Callable[[str], N]:
    def read(given: str) -> N:
        try:
            value = kind(given)
        except ValueError:
            raise ValueError(f"is not {called}") from None
        if not low <= value <= high:
            raise ValueError(f"is out of range: {low:,g} to {high:,g}")
        return value

    return read


def variable(name: str, read: Callable[[str], Any], without: str, says: str) -> dict[str, Any]:
    """What a field knows of its variable: its name, how its text is read (a ValueError ends the
    sentence "NAME: 'text' …"), and for the table what holds where it is missing or empty, and
    what it is for."""
    return {"name": name, "read": read, "without": without, "says": says}


def _user_cache() -> Path | None:
    """The user's own cache folder for us; None where there is no home."""
    try:
        path = platformdirs.user_cache_path(NAME, appauthor=False)
    except RuntimeError:
        return None
    return path if path.is_absolute() else None


@dataclass(frozen=True)
class Settings:
    """What the environment says.

    Attributes
    ----------
    cache : the user's own cache folder for us, of `platformdirs` (XDG_CACHE_HOME); None where
        there is no home
    """

    results: Path | None = field(default=None, metadata=variable(
        "EMERGENCE_RESULTS", folder, "in the user's cache folder",
        "folder where the finished points of sweeps are kept",
    ))  # fmt: skip
    sweeps: bool = field(default=True, metadata=variable(
        "EMERGENCE_SWEEPS", switch, "on",
        "`off`: the Scaling Lab shows what is on disk, and computes nothing",
    ))  # fmt: skip
    sweep_hours: float = field(default=4.0, metadata=variable(
        "EMERGENCE_SWEEP_HOURS", number(0.01, 1e6), "4",
        "hours of computing, of one core, that all sweeps of a server may take together",
    ))  # fmt: skip
    scheduler: str | None = field(default=None, metadata=variable(
        "DASK_SCHEDULER_ADDRESS", text, "this machine computes",
        "the Dask cluster that computes sweeps, like `tcp://host:8786`",
    ))  # fmt: skip
    runs: int = field(default=64, metadata=variable(
        "EMERGENCE_RUNS", whole(4, 1024), "64",
        "runs and studies that a server holds at a time",
    ))  # fmt: skip
    pages: int = field(default=3000, metadata=variable(
        "EMERGENCE_PAGES", whole(4, 1_000_000), "3,000",
        "pages that may be open at a time, about 1 MB each; half of them from one address",
    ))  # fmt: skip
    memory: float = field(default=4.0, metadata=variable(
        "EMERGENCE_MEMORY", number(0.5, 1024.0), "4",
        "GB of memory that they may hold together; large ones have half of it",
    ))  # fmt: skip
    workers: int = field(default=CORES, metadata=variable(
        "EMERGENCE_WORKERS", whole(1, 256), "all cores but one",
        "threads that compute them",
    ))  # fmt: skip
    run_memory: float | None = field(default=None, metadata=variable(
        "EMERGENCE_RUN_MEMORY", number(0.1, 10_000.0),
        "1 on a server; of a command, 70 % of the memory that is free",
        "GB of memory that one run may take, by estimate",
    ))  # fmt: skip
    run_hours: float | None = field(default=None, metadata=variable(
        "EMERGENCE_RUN_HOURS", number(0.01, 1e6),
        "4 on a server; of a command, 200 for each core",
        "hours of one core that one run may take, by estimate",
    ))  # fmt: skip
    frames: tuple[str, ...] | None = field(default=None, metadata=variable(
        "EMERGENCE_FRAMES", origins, "our own pages; for `embed=true` everybody's",
        "whose pages may show ours in a frame: `https://a.example https://b.example`, or `none`",
    ))  # fmt: skip
    status_token: str | None = field(default=None, metadata=variable(
        "EMERGENCE_STATUS_TOKEN", secret, "there is no such page",
        "what opens the operator's page /lab/status, and /lab/metrics for Prometheus",
    ))  # fmt: skip
    log_each: bool = field(default=False, metadata=variable(
        "EMERGENCE_LOG_EACH", switch, "off: a line a minute for each kind",
        "a line in the log for each request",
    ))  # fmt: skip
    log_json: bool = field(default=False, metadata=variable(
        "EMERGENCE_LOG_JSON", switch, "off: lines of text",
        "the log as JSON, an object a line",
    ))  # fmt: skip
    cache: Path | None = field(default_factory=_user_cache)


def lend_home(folder: Callable[[], Path]) -> None:
    """Have a home where the user has none, as a service without an entry in the list of users:
    Streamlit asks for one."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = str(folder())


VARIABLES = {each.metadata["name"]: each for each in fields(Settings) if "name" in each.metadata}


def without(begins: str) -> dict[str, str]:
    """The environment for a process that must not hear of variables that begin so."""
    return {name: value for name, value in os.environ.items() if not name.startswith(begins)}


def settings() -> Settings:
    """What the environment says now. Raises SettingsError."""
    unknown = sorted(key for key in os.environ if key.startswith(OURS) and key not in VARIABLES)
    if unknown:
        known = ", ".join(name for name in VARIABLES if name.startswith(OURS))
        raise SettingsError(f"{unknown[0]}: there is no such setting: known are {known}")
    values = {}
    for name, each in VARIABLES.items():
        given = os.environ.get(name, "")
        if not given.strip():
            continue
        try:
            values[each.name] = each.metadata["read"](given)
        except ValueError as error:
            said = "what is given" if each.metadata["read"] is secret else repr(given)
            raise SettingsError(f"{name}: {said} {error}") from None
    return Settings(**values)


def table() -> str:
    """The table in CONTRIBUTING: a line for each variable."""
    rows = [(f"`{name}`", each.metadata["says"], each.metadata["without"])
            for name, each in VARIABLES.items()]  # fmt: skip
    head = ("variable", "what it is for", "without it")
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * 3, *rows))
