"""The kernels as WebAssembly in a worker of a real Chromium, against the native engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from emergence.browser.build import WASM
from tests.javascript.engine_cases import CASES, check, given

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
HOME = "http://engine.test"
FILES = {
    "/kernels.wasm": WASM,
    "/engine.js": ROOT / "emergence" / "ui" / "browser" / "alone" / "engine.js",
    "/engine_run.js": ROOT / "tests" / "javascript" / "engine_run.js",
}
TYPES = {".wasm": "application/wasm", ".js": "text/javascript"}
WORKER = """
import * as engine from "/engine.js";
import { runAll } from "/engine_run.js";
const bytes = new Uint8Array(await (await fetch("/kernels.wasm")).arrayBuffer());
onmessage = async ({ data }) => postMessage(await runAll(engine, bytes, data));
postMessage("ready");
"""
ASK = """(cases) => new Promise((resolve, reject) => {
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onerror = (event) => reject(new Error(event.message));
  worker.onmessage = ({ data }) => data === "ready" ? worker.postMessage(cases) : resolve(data);
})"""


def answer(route: Route) -> None:
    """The files of a page without a server."""
    path = route.request.url.removeprefix(HOME)
    if path == "/worker.js":
        route.fulfill(body=WORKER, content_type="text/javascript")
    elif path in FILES:
        file = FILES[path]
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        route.fulfill(body="<title>engine</title>", content_type="text/html")


def test_every_case_in_a_worker_is_the_native_run(browser: Browser) -> None:
    page = browser.new_page()
    page.route(f"{HOME}/**", answer)
    page.goto(HOME)
    made = page.evaluate(ASK, [given(e) for e in CASES.values()])
    page.close()
    assert len(made) == len(CASES) > 10
    for name, run in zip(CASES, made, strict=True):
        check(name, run)
