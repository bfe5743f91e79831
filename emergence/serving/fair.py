"""Computing time shared fairly: by time used over weight, never by turns.

Three levels share in the same way: the clients (addresses), of each what is young and what is not,
and of these the computations. So neither many addresses' worth of new runs nor one long turn keeps
those waiting who have had less; and what somebody has used before counts when they come again.

Start-time fair queueing (Goyal, Vin, Cheng, *Start-time fair queueing*, IEEE/ACM ToN 5 (1997)),
taken by the least deadline: who is here for the first time begins at the others' clock, and waits
the longer the less it weighs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

TURN = 0.03
"""Seconds that a worker computes for one run before it looks for the next."""
YOUNG = 1.0
"""Seconds of computing up to which a run is young. All young ones have half of the time, beside
however many others: a first answer comes soon."""
LEAST, MOST = 0.25, 4.0
"""Weight of a client, 1 being that of one viewer alone; it grows as the root of what all its runs
weigh together."""
KEPT = 256
"""Clients whose use is remembered, besides those that are here."""


class Shared(Protocol):
    """What is computed."""

    worked: float

    @property
    def weight(self) -> float: ...

    def clients(self) -> frozenset[str]: ...


R = TypeVar("R", bound=Shared)
A = TypeVar("A", bound="Account")


@dataclass(eq=False)
class Account:
    """Seconds over weight that somebody has used, on the clock of those it shares with."""

    used: float = 0.0
    here: bool = False
    weight: float = 1.0


class Shares:
    """Some who share. `clock` is where the one taken last stood: it never goes back."""

    def __init__(self) -> None:
        self.clock = 0.0
        self._here: set[Account] = set()

    def take(self, waiting: Iterable[A], busy: Iterable[Account]) -> A:
        """Whose turn it is; `busy` are those that have one already."""
        waiting = list(waiting)
        here: set[Account] = {*waiting, *busy}
        for account in self._here - here:
            account.here = False
        for account in here:
            if not account.here:
                account.used, account.here = max(account.used, self.clock), True
        self._here = here
        taken = min(waiting, key=lambda account: account.used + TURN / account.weight)
        self.clock = max(self.clock, taken.used)
        return taken


@dataclass(eq=False)
class _Group(Account):
    """A client, or a run that several clients watch: its two classes, with their runs."""

    young: Account = field(default_factory=Account)
    old: Account = field(default_factory=Account)
    between: Shares = field(default_factory=Shares)
    runs: tuple[Shares, Shares] = field(default_factory=lambda: (Shares(), Shares()))


@dataclass(eq=False)
class Turn(Generic[R]):
    """A run's time with a worker; who is charged for it, and up to when they have been."""

    run: R
    accounts: tuple[Account, ...]
    begun: float
    charged: float

    def charge(self, now: float) -> None:
        """Count the time up to now as used."""
        for account in self.accounts:
            account.used += (now - self.charged) / account.weight
        self.charged = now


class Fair(Generic[R]):
    """Says whose turn it is. Not thread-safe; the caller's lock covers it."""

    def __init__(self) -> None:
        self._between = Shares()
        self._groups: dict[str, _Group] = {}
        self._own: WeakKeyDictionary[R, tuple[bool, Account]] = WeakKeyDictionary()

    def next(self, waiting: Sequence[R], busy: Iterable[Turn[R]], now: float) -> Turn[R] | None:
        """The turn of one of those that wait, beside the turns that go on."""
        turns = list(busy)
        for turn in turns:
            turn.charge(now)
        if not waiting:
            return None
        taken = {account for turn in turns for account in turn.accounts}
        members: dict[_Group, list[R]] = {}
        for run in waiting:
            members.setdefault(self._group(run), []).append(run)
        for group, runs in members.items():
            group.weight = min(MOST, max(LEAST, sqrt(sum(run.weight for run in runs))))
        group = self._between.take(members, taken & set(self._groups.values()))
        by_age: dict[bool, dict[Account, R]] = {}
        for run in members[group]:
            young = run.worked < YOUNG
            by_age.setdefault(young, {})[self._account(run, young)] = run
        classes = {group.young if young else group.old: young for young in by_age}
        of = group.between.take(classes, taken & {group.young, group.old})
        among = by_age[classes[of]]
        own = group.runs[classes[of]].take(among, ())
        self._forget()
        return Turn(among[own], (group, of, own), now, now)

    def _group(self, run: R) -> _Group:
        clients = run.clients()
        name = next(iter(clients)) if len(clients) == 1 else f"run {id(run)}"
        return self._groups.setdefault(name, _Group())

    def _account(self, run: R, young: bool) -> Account:
        kept = self._own.get(run)
        if kept is None or kept[0] is not young:  # another class has another clock
            kept = self._own[run] = young, Account()
        kept[1].weight = run.weight
        return kept[1]

    def _forget(self) -> None:
        """Clients that are not here and owe nothing."""
        if len(self._groups) > KEPT:
            clock = self._between.clock
            self._groups = {name: group for name, group in self._groups.items()
                            if group.here or group.used > clock}  # fmt: skip
