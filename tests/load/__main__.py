"""A server of its own, with a whole lecture, with crowds, or under attack, measured.

`python -m tests.load [--followers N] [--browsers N] [--sessions N] [--json FILE]`

Opens a room; browsers and followers join over 20 s; a lecturer goes through the ten lessons and
three times watches a run; the class votes in two rounds, in the second of which 50 connections are
killed and restored. Printed are a table and, with --json, the same as JSON.

The delay of a *state* is from the lecturer's request until a follower hears of it: what a follower
needs to play, point and highlight along. The delay of a *page* is until all of it has come, be it
what another follower was sent (see `turns.py`).

`python -m tests.load SCENARIO… [--attacks [ATTACK…]] [--size SHARE] [--json FILE]`

Plays crowds without browsers one after the other (followers of one run, readers of lessons, runs
all different, opens of pages, newcomers with a new run each; `all` of them), alone and then while
attacks go on (without names, all of them), and waits until memory has been given back.

`python -m tests.load soak [--seconds N] [--json FILE]`

Uses the server at random for so long; memory, threads and descriptors have to stay flat.

Clients and server share this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from tests.browser.conftest import free_port, serving
from tests.load.attacks import ATTACKS
from tests.load.lecture import Size, hold
from tests.load.measure import lines, play
from tests.load.report import table
from tests.load.scenarios import SCENARIOS
from tests.load.soak import soak

SOAK = 3600.0


def main() -> None:
    usual = Size()
    parser = argparse.ArgumentParser(
        prog="python -m tests.load", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("what", nargs="*", metavar="SCENARIO", default=["lecture"],
                        help=f"lecture, soak, all, or of {', '.join(SCENARIOS)}")  # fmt: skip
    parser.add_argument("--followers", type=int, default=usual.followers)
    parser.add_argument("--browsers", type=int, default=usual.browsers)
    parser.add_argument("--sessions", type=int, default=usual.sessions,
                        help="followers without a browser that keep a page too")  # fmt: skip
    parser.add_argument("--attacks", nargs="*", choices=list(ATTACKS), default=None)
    parser.add_argument("--size", type=float, default=1.0, help="of the usual crowds")
    parser.add_argument("--seconds", type=float, default=SOAK, help="of the soak")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    unknown = sorted({*given.what} - {*SCENARIOS, "lecture", "soak", "all"})
    if unknown:
        parser.error(f"there is no scenario {unknown[0]!r}")
    port = free_port()
    with tempfile.TemporaryDirectory() as results, serving(port, Path(results)) as process:
        measured, said = asyncio.run(_measured(f"http://127.0.0.1:{port}", process.pid, given))
    print(said)
    if given.json:
        given.json.write_text(json.dumps(measured, indent=2) + "\n")


async def _measured(
    address: str, pid: int, given: argparse.Namespace
) -> tuple[dict[str, Any], str]:
    if given.what == ["lecture"]:
        size = Size(given.followers, given.browsers, given.sessions)
        held = await hold(address, pid, size)
        return held, table(held)
    if given.what == ["soak"]:
        soaked = await soak(address, pid, given.seconds)
        return soaked, json.dumps(soaked, indent=2)
    names = list(SCENARIOS) if "all" in given.what else given.what
    attacks = [] if given.attacks is None else given.attacks or list(ATTACKS)
    played = await play(address, pid, names, attacks, given.size)
    return played, lines(played)


if __name__ == "__main__":
    main()
