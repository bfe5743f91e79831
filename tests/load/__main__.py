"""A whole lecture with a class of real clients, measured against a server that this starts.

`python -m tests.load [--followers N] [--browsers N] [--sessions N] [--json FILE]`

Opens a room; browsers and followers join over 20 s; a lecturer goes through the ten lessons and
three times watches a run; the class votes in two rounds, in the second of which 50 connections are
killed and restored. Printed are a table and, with --json, the same as JSON.

The delay of a *state* is from the lecturer's request until a follower hears of it: what a follower
needs to play, point and highlight along. The delay of a *page* is until all of it has come, be it
what another follower was sent (see `turns.py`). Clients and server share this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from tests.browser.conftest import free_port, serving
from tests.load.lecture import Size, hold
from tests.load.report import table


def main() -> None:
    usual = Size()
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--followers", type=int, default=usual.followers)
    parser.add_argument("--browsers", type=int, default=usual.browsers)
    parser.add_argument("--sessions", type=int, default=usual.sessions,
                        help="followers without a browser that keep a page too")  # fmt: skip
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    size = Size(given.followers, given.browsers, given.sessions)
    port = free_port()
    with tempfile.TemporaryDirectory() as results, serving(port, Path(results)) as process:
        measured = asyncio.run(hold(f"http://127.0.0.1:{port}", process.pid, size))
    print(table(measured))
    if given.json:
        given.json.write_text(json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
