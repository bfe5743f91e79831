"""What was asked of our routes, without what was said: the path of a route, how often, how long.

Queries, bodies, codes of rooms and addresses of readers are in no line. A class asks some hundred
times a second, so that a line a minute for each route and status is the most that is readable.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import cache
from time import monotonic

from emergence.settings import settings

EVERY = 60.0
"""Seconds between two lines of a route and status."""


class AccessLog:
    """Counts requests and writes them down: a line for each, or a line for those of a while."""

    def __init__(
        self, each: bool = False, write: Callable[..., None] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:  # fmt: skip
        self._each = each
        self._write = write or logging.getLogger("emergence.access").info
        self._clock = clock
        self._lock = threading.Lock()
        self._since = clock()
        self._asked: dict[tuple[str, str, int], tuple[int, float, float]] = {}
        self.total: dict[tuple[str, str, int], tuple[int, float]] = {}

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has been answered after so many seconds."""
        key = (method, route, status)
        with self._lock:
            count, spent = self.total.get(key, (0, 0.0))
            self.total[key] = (count + 1, spent + seconds)
            count, spent, longest = self._asked.get(key, (0, 0.0, 0.0))
            self._asked[key] = (count + 1, spent + seconds, max(longest, seconds))
            due = self._each or self._clock() - self._since >= EVERY
        if due:
            self.flush()

    def flush(self) -> None:
        """Write down what has not been."""
        with self._lock:
            asked, self._asked, self._since = self._asked, {}, self._clock()
        for (method, route, status), (count, spent, longest) in sorted(asked.items()):
            self._write(
                "%s %s %s: %s times, %.0f ms, at most %.0f",
                method, route, status, count, 1000 * spent / count, 1000 * longest,
                extra={"fields": {
                    "method": method, "route": route, "status": status, "count": count,
                    "mean_seconds": round(spent / count, 6), "longest_seconds": round(longest, 6),
                }},
            )  # fmt: skip


@cache
def log() -> AccessLog:
    """The log of this server."""
    return AccessLog(settings().log_each)
