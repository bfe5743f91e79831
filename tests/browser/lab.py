"""The Live Lab as browser tests open and ask it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

QUICK = "/?d=32&P=4&m=16&engine=flow&seed=3"
OWN = """const L = document.querySelector('.lab').lab;
    const div = (name) => L.painter.sheets[name].div;
    const roles = (name, role) => div(name).data.flatMap(
        ({ meta }, i) => (meta?.role === role ? [[i, meta]] : []));"""
STATE = ".lab[data-state={}]"


def open_lab(page: Page, query: str) -> None:
    page.goto(query)
    page.wait_for_function("Number(document.querySelector('.lab')?.dataset.painted) > 3")


def lab(page: Page, expression: str) -> Any:
    """Evaluate an expression of the component's own object `L`.

    `div(name)` is a figure's element, `roles(name, role)` its traces of a role: [number, meta].
    """
    return page.evaluate(f"() => {{ {OWN} return {expression}; }}")


def finish(page: Page) -> None:
    """Have the run shown to its end at once, and wait until it is painted."""
    page.get_by_role("button", name="Run to the end").click()
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=60_000)
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
