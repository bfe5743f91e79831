"""The progress bar of a command that runs one thing for a while."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from emergence.runs.speed import seconds_left, time_left


@contextmanager
def shown(quiet: bool = False) -> Iterator[Callable[[float], None]]:
    """What is to be told the share that is done, 0 when the kernels are compiled; on stderr."""
    layout = "{l_bar}{bar}| {elapsed}{postfix}"
    with tqdm(total=100, unit="%", disable=quiet, bar_format=layout) as bar:
        started: float | None = None

        def progress(share: float) -> None:
            nonlocal started
            now = time.monotonic()
            started = now if started is None else started
            bar.set_postfix_str(time_left(seconds_left(share, now - started)), refresh=False)
            bar.n = 100 * share  # added up, shares would come to more than all
            bar.update(0)

        yield progress
