"""The progress of a command, on stderr: a bar on a terminal, a line now and then in a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from emergence.runs.speed import seconds_left, time_left

LAYOUT = "{l_bar}{bar}| {elapsed}{postfix}"
EVERY, SECONDS, LEAST = 0.1, 30.0, 1.0
"""Share of the work, and seconds, after one of which a file gets its next line; and the least time
between two."""

Told = Callable[[float, str], None]
"""To be told the share that is done and what to say beside it."""


@contextmanager
def bar(quiet: bool = False) -> Iterator[Told]:
    """What is to be told how far it is, as often as one likes."""
    if quiet:
        yield lambda share, words: None
    elif sys.stderr.isatty():
        with tqdm(total=100, unit="%", bar_format=LAYOUT) as drawn:

            def draw(share: float, words: str) -> None:
                drawn.set_postfix_str(words, refresh=False)
                drawn.n = 100 * share  # added up, shares would come to more than all
                drawn.update(0)

            yield draw
    else:
        yield _Lines().tell


@contextmanager
def shown(quiet: bool = False) -> Iterator[Callable[[float], None]]:
    """What is to be told the share that is done, 0 when the kernels are compiled."""
    with bar(quiet) as tell:
        started: float | None = None

        def progress(share: float) -> None:
            nonlocal started
            now = time.monotonic()
            started = now if started is None else started
            tell(share, time_left(seconds_left(share, now - started)))

        yield progress


class _Lines:
    """Whole lines: what is redrawn many times a second would fill a log."""

    def __init__(self) -> None:
        self._began = self._said = time.monotonic()
        self._share = 0.0

    def tell(self, share: float, words: str) -> None:
        now = time.monotonic()
        waited = now - self._said
        due = waited >= LEAST and (share >= self._share + EVERY or waited >= SECONDS)
        if self._share >= 1 or not (due or share >= 1):
            return
        self._said, self._share = now, max(self._share, share)
        print(f"{share:.0%} after {now - self._began:.0f} s, {words}", file=sys.stderr, flush=True)
