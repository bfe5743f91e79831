"""A step in a browser: our WebAssembly in a worker of Chromium beside a loop in JavaScript.

`python -m tests.benchmarks.browser [--steps N]`

At d = 64, m = 32, P = 8, J = 4. In one page the worker takes turns: a round of our kernels, a round
of the same steps as a reader would write them with typed arrays (plain online SGD, its normals by
Box and Muller of Math.random); the native engine takes its rounds between. Medians of ns a step.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Route, sync_playwright

from emergence.browser.build import WASM
from emergence.engines.online_sgd import OnlineSGD
from emergence.experiment import Experiment
from emergence.theory.teacher import strengths
from tests.browser.conftest import FLAGS, executable

HOME = "http://engine.test"
ROUNDS = 5
ENGINE = Path(__file__).parents[2] / "emergence" / "ui" / "browser" / "alone" / "engine.js"
PLAIN = Path(__file__).parent / "plain_loop.js"
WORKER = """
import { Kernels, OnlineSGD } from "/engine.js";
import { PlainLoop } from "/plain_loop.js";
const wasm = await (await fetch("/kernels.wasm")).arrayBuffer();
const kernels = await Kernels.load(new Uint8Array(wasm));
let both;
onmessage = ({ data: { e, a, eta, which, steps } }) => {
  both ??= [new OnlineSGD(kernels, e, { a, eta }), new PlainLoop(e, a, eta)];
  const run = both[which];
  const started = performance.now();
  run.advance(run.step + steps, Infinity);
  postMessage((performance.now() - started) / steps * 1e6);
};
postMessage("ready");
"""
ASK = """(given) => new Promise((resolve, reject) => {
  const ask = () => {
    window.worker.onmessage = ({ data }) => resolve(data);
    window.worker.postMessage(given);
  };
  if (window.worker) return ask();
  window.worker = new Worker("/worker.js", { type: "module" });
  window.worker.onerror = (event) => reject(new Error(event.message));
  window.worker.onmessage = ask;
})"""


def answer(route: Route) -> None:
    """The files of a page without a server."""
    bodies = {
        "/worker.js": (WORKER.encode(), "text/javascript"),
        "/engine.js": (ENGINE.read_bytes(), "text/javascript"),
        "/plain_loop.js": (PLAIN.read_bytes(), "text/javascript"),
        "/kernels.wasm": (WASM.read_bytes(), "application/wasm"),
    }
    body, kind = bodies.get(
        route.request.url.removeprefix(HOME), (b"<title>page</title>", "text/html")
    )
    route.fulfill(body=body, content_type=kind)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.browser")
    parser.add_argument("--steps", type=int, default=200_000, help="of ours in a round")
    steps = parser.parse_args().steps
    e = Experiment(d=64, m=32, P=8, J=4, steps=2**40, engine="sgd")
    native = OnlineSGD(e)
    names = ("d", "P", "m", "J", "B", "s0", "seed", "engine")
    given = {
        "e": {name: getattr(e, name) for name in names},
        "a": strengths(e).tolist(),
        "eta": e.eta,
    }
    spent: dict[str, list[float]] = {"native": [], "WebAssembly": [], "JavaScript": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        page = browser.new_page()
        page.route(f"{HOME}/**", answer)
        page.goto(HOME)
        for turn in range(ROUNDS + 1):
            started = time.perf_counter()
            native.advance((native.step + steps) * e.eta, 1e9)
            round_ = {
                "native": (time.perf_counter() - started) / steps * 1e9,
                "WebAssembly": page.evaluate(ASK, given | {"which": 0, "steps": steps}),
                "JavaScript": page.evaluate(ASK, given | {"which": 1, "steps": steps // 20}),
            }
            if turn:  # the first warms up
                for name, ns in round_.items():
                    spent[name].append(ns)
        browser.close()
    ours = median(spent["WebAssembly"])
    for name, each in spent.items():
        print(f"{name:12} {median(each):9,.0f} ns a step  {median(each) / ours:6.2f} x")


if __name__ == "__main__":
    main()
