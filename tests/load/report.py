"""What a lecture has measured: delays, votes that went astray, what the server took."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import psutil

Quantiles = dict[str, float | int | None]


def quantiles(delays: Sequence[float], wanted: int) -> Quantiles:
    """50 %, 95 % and 99 % of delays in seconds; those of `wanted` that never came are the longest.

    None where so many are missing that the quantile is one of them.
    """
    found: Quantiles = {"wanted": wanted, "missing": wanted - len(delays)}
    ordered = sorted(delays) + [math.inf] * (wanted - len(delays))
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        if not ordered:
            found[name] = None
            continue
        value = ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
        found[name] = round(value, 4) if math.isfinite(value) else None
    return found


def astray(expected: Sequence[int], counted: Sequence[int]) -> tuple[int, int]:
    """Votes that were lost, and votes that nobody gave, by option."""
    pairs = list(zip(expected, counted, strict=True))
    return (
        sum(max(0, wanted - found) for wanted, found in pairs),
        sum(max(0, found - wanted) for wanted, found in pairs),
    )


class Server:
    """Processor time and memory of a process with all that it has started."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)

    @property
    def cpu(self) -> float:
        """Seconds of processor time until now."""
        return float(sum(sum(each.cpu_times()[:2]) for each in self._all()))

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return int(sum(each.memory_info().rss for each in self._all()))

    @property
    def threads(self) -> int:
        """Threads."""
        return int(sum(each.num_threads() for each in self._all()))

    @property
    def descriptors(self) -> int:
        """Open files and sockets."""
        return int(sum(each.num_fds() for each in self._all()))

    def _all(self) -> list[Any]:
        return [self._process, *self._process.children(recursive=True)]


def table(measured: dict[str, Any]) -> str:
    """The measurements as lines that align."""

    def delay(each: Quantiles) -> str:
        if not each["wanted"]:
            return "not measured"
        said = [
            f"{name} {'never' if each[name] is None else f'{each[name]:.3f} s'}"
            for name in ("p50", "p95", "p99")
        ]
        return "  ".join(said) + f"  ({each['wanted']} wanted, {each['missing']} missing)"

    votes, server, machine = measured["votes"], measured["server"], measured["machine"]
    rows = [
        ("machine", f"{machine['cores']} cores for clients and server; load {machine['load']:.1f} "
                    "before it began"),
        ("followers", f"{measured['followers']}, of them {measured['browsers']} browsers and "
                      f"{measured['sessions']} pages without one"),
        ("all had joined after", f"{measured['join_seconds']:.1f} s"),
        *((f"lecturer to follower: {name}", delay(each))
          for name, each in measured["delays"].items()),
        ("updates of a run, per follower", f"{measured['updates']:.2f} a second"),
        ("back after a lost connection", delay(measured["restored"])),
        ("votes", f"{votes['given']} given, {votes['lost']} lost, {votes['duplicate']} duplicate, "
                  f"{votes['untaken']} not taken"),
        ("server, memory per follower", f"{server['kilobytes']:.0f} kB"),
        ("server, processor per follower", f"{server['core_percent']:.3f} % of a core"),
    ]  # fmt: skip
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {said}" for name, said in rows)
