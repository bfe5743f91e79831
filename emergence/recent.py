"""What has been computed lately, kept for whoever computes the same next."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Generic, ParamSpec, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Given = ParamSpec("Given")


class Recent(Generic[Key, Value]):
    """The values asked for last, at most `most` of them. Read and written by any thread.

    size, room : bytes of a value, and what those that are kept may have together
    """

    def __init__(
        self, most: int, size: Callable[[Value], float] = lambda _: 0.0, room: float = math.inf
    ) -> None:
        self._most, self._size, self._room = most, size, room
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """The value of a key, None where there is none, or none any more."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Keep a value, however large; the ones that were asked for longest ago make room."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > 1 and not self._fits():
                self._values.popitem(last=False)

    def clear(self) -> None:
        """Keep none of them."""
        with self._lock:
            self._values.clear()

    def _fits(self) -> bool:
        held = sum(map(self._size, self._values.values()))
        return len(self._values) <= self._most and held <= self._room


def remembering(
    recent: Recent[object, Value], by: Callable[Given, object] | None = None
) -> Callable[[Callable[Given, Value]], Callable[Given, Value]]:
    """A function's values are kept there: as `lru_cache` keeps them, but bounded in bytes. None is
    not kept.

    by : of the arguments, the key; without it they are keys themselves
    """

    def of(function: Callable[Given, Value]) -> Callable[Given, Value]:
        @wraps(function)
        def kept(*given: Given.args, **named: Given.kwargs) -> Value:
            key = by(*given, **named) if by else (given, tuple(sorted(named.items())))
            value = recent.get(key)
            if value is None:
                value = function(*given, **named)
                recent.put(key, value)
            return value

        return kept

    return of
