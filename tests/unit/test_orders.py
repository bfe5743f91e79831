"""What is made once for many, in which order, and what is refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from emergence.serving.orders import BYTES, QUEUED, SHARE, Orders
from emergence.serving.places import ServerFullError


class Kitchen:
    """Makes nothing until it is let; keys are "name seconds"."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.go = threading.Event()
        self.begun = threading.Event()

    def make(self, key: str) -> bytes:
        self.begun.set()
        assert self.go.wait(30)
        self.made.append(key.split()[0])
        if key.startswith("wrong"):
            raise ValueError("no")
        if key.startswith("short"):
            raise MemoryError
        return b"x" * int(BYTES / 2) if key.startswith("big") else key.encode()


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


@pytest.fixture
def orders(kitchen: Kitchen) -> Iterator[Orders[str]]:
    orders = Orders(kitchen.make, lambda key: float(key.split()[1]))
    yield orders
    kitchen.go.set()
    orders.close()


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def test_many_who_ask_for_the_same_are_one_order(kitchen: Kitchen, orders: Orders[str]) -> None:
    asked = {orders.ask("a 1", f"client {i}") for i in range(30)}
    kitchen.go.set()
    assert {each.result(30) for each in asked} == {b"a 1"}
    assert orders.ask("a 1").result(30) == b"a 1"
    assert kitchen.made == ["a"]


def test_the_quick_come_first_and_clients_take_turns(kitchen: Kitchen, orders: Orders[str]) -> None:
    orders.ask("first 0.1", "greedy")
    assert kitchen.begun.wait(30)
    last = [orders.ask(f"slow{i} 5", "greedy") for i in range(4)]
    last.append(orders.ask("quick 0.1", "greedy"))
    last.append(orders.ask("other 5", "other"))
    kitchen.go.set()
    for each in last:
        each.result(30)
    assert kitchen.made[0] == "first"
    assert set(kitchen.made[1:3]) == {"quick", "other"}


def test_what_waits_is_bounded_for_all_and_for_each(kitchen: Kitchen, orders: Orders[str]) -> None:
    orders.ask("first 0.1", "greedy")
    for i in range(int(SHARE * QUEUED / 5) - 1):
        orders.ask(f"slow{i} 5", "greedy")
    with pytest.raises(ServerFullError, match="at once"):
        orders.ask("more 5", "greedy")
    assert not orders.ask("one 5", "other").done()
    for i in range(100):
        try:
            orders.ask(f"many{i} 5", f"client {i}")
        except ServerFullError:
            break
    assert i < QUEUED / 5


def test_what_nobody_waits_for_is_not_made(kitchen: Kitchen, orders: Orders[str]) -> None:
    orders.ask("first 0.1", "a")
    assert kitchen.begun.wait(30)
    orders.ask("left 1", "a")
    shared = orders.ask("shared 1", "a")
    assert orders.ask("shared 1", "b") is shared
    assert not shared.cancel(), "one who leaves ends it for nobody else"
    orders.leave("left 1", "a")
    orders.leave("shared 1", "a")
    orders.leave("first 0.1", "a")
    kitchen.go.set()
    assert shared.result(30) == b"shared 1"
    assert kitchen.made == ["first", "shared"]


def test_refusals_are_kept_and_want_of_memory_is_not(kitchen: Kitchen, orders: Orders[str]) -> None:
    kitchen.go.set()
    for key in ("wrong 1", "short 1"):
        for _ in range(2):
            assert orders.ask(key).exception(30) is not None
            wait_for(lambda: not orders._waiting)
    assert kitchen.made == ["wrong", "short", "short"]


def test_what_is_kept_is_bounded_in_bytes(kitchen: Kitchen, orders: Orders[str]) -> None:
    kitchen.go.set()
    for i in range(4):
        orders.ask(f"big{i} 1").result(30)
    wait_for(lambda: not orders._waiting)
    with orders._wake:  # whoever made the last one may be in the middle of clearing up
        assert list(orders._kept) == ["big2 1", "big3 1"]
