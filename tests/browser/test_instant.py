"""A moved control of the Live Lab is answered by the browser itself, and by Python as ever."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.lab import open_lab
from tests.payloads import same, unpacked

pytestmark = pytest.mark.browser

READY = "document.querySelector('.lab').instant"
OVERHEAR = """() => {
    const { instant: { stage } } = document.querySelector('.lab');
    const { show } = stage;
    const plain = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
    window.made = [];
    stage.show = (data, start, moving) => {
        window.made.push(JSON.stringify({ data, start }, plain));
        show(data, start, moving);
    };
}"""
"""Keep what the browser makes: pictures fill in what they are given."""
ASKED = "performance.getEntriesByType('resource').map(({ name }) => name)"
QUERY = "document.querySelector('.lab').lab.data.query"
SETTLED = f"""([name, value]) => {{
    const said = new URLSearchParams(location.search).get(name);
    return said === value && {READY}.moves.size === 0;
}}"""
"""Python has answered."""


def at_once(page: Page, query: str) -> list[str]:
    """Open an experiment whose controls are answered at once: the figures asked for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/lab/figures" in request.url:
            asked.append(request.url)

    open_lab(page, query)
    assert not any("instant.js" in name for name in page.evaluate(ASKED))
    page.mouse.move(20, 20)
    page.wait_for_function(READY)
    page.evaluate(OVERHEAR)
    page.on("request", note)
    return asked


def rows(packed: bytes) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Those of an answer of `serving.wire`."""
    length = int.from_bytes(packed[:4], "little")
    width = orjson.loads(packed[4 : 4 + length])["width"]
    return np.frombuffer(packed[4 + length :], dtype="<f4").reshape(-1, width)


def test_each_kind_of_control_is_answered_as_by_the_server(page: Page) -> None:
    asked = at_once(page, "/?d=64&P=8&m=32&c=0.02&seed=3")
    engine = page.get_by_role("combobox", name="Engine")
    seed = page.locator(".st-key-seed")

    def choose() -> None:
        engine.click()
        page.get_by_role("option", name="flow", exact=True).click()

    def enter() -> None:
        seed.get_by_role("spinbutton").fill("17")
        seed.get_by_role("spinbutton").press("Enter")

    def press(name: str) -> None:
        page.get_by_role("slider", name=name).press("ArrowRight")

    moves: list[tuple[Callable[[], None], str, str]] = [
        (lambda: press("Decay of strengths"), "beta", "1.05"),
        (lambda: press("Step size"), "c", "0.025"),
        (lambda: press("Dimension"), "d", "91"),
        (lambda: press("Student neurons"), "m", "45"),
        (lambda: press("Information exponent"), "J", "6"),
        (lambda: seed.get_by_role("button", name="Increment").click(), "seed", "4"),
        (enter, "seed", "17"),
        (choose, "engine", "flow"),
    ]
    for number, (move, name, value) in enumerate(moves, 1):
        move()
        page.wait_for_function(SETTLED, arg=[name, value])
        assert page.evaluate("window.made.length") == number, name
        made = orjson.loads(page.evaluate(f"window.made[{number - 1}]"))
        query = made["data"].pop("query")
        assert page.evaluate(QUERY) == query
        expected = page.request.get("/lab/figures", params={"query": query}).json()
        expected["figures"] = unpacked(expected["figures"])
        for question in (*expected["questions"], *made["data"]["questions"]):
            question["values"] = [float(each) for each in question["values"]]
        same(made["data"], expected, query)
        viewer = {"viewer": f"onlooker{number}", "query": query, "from": "0", "until": "0"}
        page.wait_for_function(f"{READY} && document.querySelector('.lab').lab.store.rows.length")
        first = rows(page.request.get("/lab/run", params=viewer).body())[0]
        start = np.array([np.nan if each is None else each for each in made["start"]])
        np.testing.assert_allclose(start, first, rtol=2e-6, atol=1e-9, err_msg=query)
    assert "engine=sgd" not in page.evaluate(QUERY)
    assert not asked


def test_many_moves_end_at_the_last_and_python_has_the_last_word(page: Page) -> None:
    asked = at_once(page, "/?d=64&P=8&m=32&c=0.02&seed=3&engine=sgd")
    slider = page.get_by_role("slider", name="Decay of strengths")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(SETTLED, arg=["beta", "1.3"])
    assert "beta=1.3&" in page.evaluate(QUERY)
    assert not asked
    # A word about an earlier move is overtaken, that about the last holds, whatever it says.
    told = page.evaluate("""async () => {
        const host = document.querySelector('.lab');
        const module = new URL(host.given.module, window.emergenceRoot).href;
        const { live: { show } } = await import(module);
        host.instant.moves.set('beta', 1.35);
        const word = { ...host.given, query: host.given.query.replace('beta=1.3', 'beta=2.0') };
        await show(host, word);
        const before = host.lab.data.query;
        await show(host, { ...word, controls: { ...word.controls, beta: 1.35 } });
        return [before, host.lab.data.query];
    }""")
    assert "beta=1.3&" in told[0]
    assert "beta=2.0&" in told[1]


def test_what_cannot_run_is_refused_and_the_former_run_stays(page: Page) -> None:
    at_once(page, "/?d=64&P=8&m=32&c=0.02&seed=3&engine=sgd")
    page.get_by_role("slider", name="Decay of strengths").press("ArrowRight")
    page.wait_for_function(SETTLED, arg=["beta", "1.05"])
    former = page.evaluate(QUERY)
    page.get_by_text("More parameters").click()
    steps = page.locator(".st-key-steps").get_by_role("spinbutton")
    steps.fill("1000000000000")
    steps.press("Enter")
    expect(page.locator(".st-key-refusal")).to_contain_text("This cannot run: this run needs about")
    assert page.evaluate(QUERY) == former
    steps.fill("4000")
    steps.press("Enter")
    page.wait_for_function(SETTLED, arg=["steps", "4000"])
    assert re.search(r"steps=4000", page.evaluate(QUERY))
    assert page.evaluate("JSON.parse(window.made.at(-1)).data.end") == pytest.approx(4000)
