"""How fast the page is in a real Chromium: first picture, slider, tab, paintings, main thread.

`python -m tests.benchmarks.page [--against CHECKOUT] [--repeats 5]` starts the app of this checkout
(and of another, with the same interpreter, in turn) and prints medians; run it on a quiet machine.

| figure | how |
|---|---|
| shell | from a cold profile to Streamlit's first element on the screen |
| first picture | the same to the Live Lab's first painting |
| slider | from a key on a slider to the first painting of the changed experiment |
| tab | from a click on a lesson's tab to its picture drawn anew, median of four |
| paintings a second | of a run that plays, over 4 s, and the main thread's share in them |
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS, ROOT, free_port

SMALL = "d=64&P=8&m=32&c=0.002&seed=3&engine=sgd"
LARGE = "d=128&P=32&m=128&c=0.02&seed=3&engine=sgd"
HUGE = "d=128&P=64&m=512&c=0.05&seed=3&engine=sgd"
SIZES = {"m = 32, P = 8": SMALL, "m = 128, P = 32": LARGE, "m = 512, P = 64": HUGE}
PAINTED = "Number(document.querySelector('.lab')?.dataset.painted) > 0"
SECONDS = 4.0
AS_ALONE = "--js-flags=--no-enable-lazy-source-positions"
"""Where somebody watches, as Playwright does, V8 looks up where each error was made: Plotly makes a
few for itself while it starts, which would take half of its time. No reader's browser does that."""


@contextmanager
def serving(checkout: Path) -> Iterator[str]:
    """The address of a checkout's app, ready."""
    port = free_port()
    with tempfile.TemporaryDirectory() as results:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port),
             "--server.headless", "true"],
            cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"EMERGENCE_RESULTS": results, "PYTHONPATH": str(checkout)},
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            ready = f"curl -fs {address}/readyz"
            while subprocess.run(ready.split(), capture_output=True, check=False).returncode:
                assert process.poll() is None, f"the server of {checkout} has stopped"
                time.sleep(0.5)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def first_picture(browser: Browser, address: str) -> dict[str, float]:
    """Milliseconds to the shell and to the first painting, nothing cached."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(f"{address}/?{SMALL}", wait_until="commit")
    page.wait_for_function("document.querySelector('.stMain, .stAppHeader')", polling=10)
    shell = time.perf_counter()
    page.wait_for_function(PAINTED, polling=10)
    painted = time.perf_counter()
    context.close()
    return {
        "shell (ms)": 1000 * (shell - started),
        "first picture (ms)": 1000 * (painted - started),
    }


def slider(page: Page) -> float:
    """Milliseconds from a key on a slider to a painting of another experiment."""
    page.get_by_role("slider", name="Decay of strengths").focus()
    page.wait_for_timeout(1000)
    page.evaluate("""() => {
        const host = document.querySelector('.lab');
        const before = host.lab.data.query;
        window.answered = new Promise((done) => {
            const started = performance.now();
            const look = () => {
                const { data, store, ready } = host.lab;
                if (data.query !== before && store.count && ready && !host.lab.dirty)
                    done(performance.now() - started);
                else requestAnimationFrame(look);
            };
            const begin = () => requestAnimationFrame(look); // the slider keeps the key to itself
            document.addEventListener('keydown', begin, { once: true, capture: true });
        });
    }""")
    page.keyboard.press("ArrowRight")
    return float(page.evaluate("window.answered"))


def tab(page: Page) -> float:
    """Milliseconds from a click on a lesson's tab to its picture drawn anew: median of four tabs,
    the first of which this page has never shown."""
    return statistics.median(_tab(page) for _ in range(4))


def _tab(page: Page) -> float:
    choice = page.get_by_role("radio").all()
    other = next(each for each in choice if each.get_attribute("aria-checked") != "true")
    page.evaluate("""() => {
        const before = document.querySelector('.picture');
        const { drawn } = before.dataset;
        const anew = (each) => each.dataset.drawn
            && (each !== before || each.dataset.drawn !== drawn);
        window.answered = new Promise((done) => {
            document.addEventListener('click', () => {
                const started = performance.now();
                const look = () => {
                    if ([...document.querySelectorAll('.picture')].some(anew))
                        done(performance.now() - started);
                    else requestAnimationFrame(look);
                };
                requestAnimationFrame(look);
            }, { once: true, capture: true });
        });
    }""")
    other.click()
    answered = float(page.evaluate("window.answered"))
    page.wait_for_timeout(1000)
    return answered


def paintings(page: Page, address: str, query: str) -> tuple[float, float]:
    """Paintings a second of a playing run, and the main thread's share of the time."""
    page.goto(f"{address}/?{query}")
    page.wait_for_function(PAINTED)
    page.wait_for_timeout(1500)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def read() -> tuple[float, float, float]:
        metrics = session.send("Performance.getMetrics")["metrics"]
        busy = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
        count = page.evaluate("Number(document.querySelector('.lab').dataset.painted)")
        return time.perf_counter(), float(count), float(busy)

    before = read()
    page.wait_for_timeout(1000 * SECONDS)
    after = read()
    elapsed, painted, busy = (b - a for a, b in zip(before, after, strict=True))
    return painted / elapsed, busy / elapsed


def measure(browser: Browser, address: str) -> dict[str, float]:
    """All figures of a server, once."""
    figures = first_picture(browser, address)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{address}/?{SMALL}")
    page.wait_for_function(PAINTED)
    figures["slider (ms)"] = slider(page)
    for name, query in SIZES.items():
        figures[f"paintings/s, {name}"], share = paintings(page, address, query)
        figures[f"main thread (%), {name}"] = 100 * share
    page.goto(f"{address}/link_functions")
    page.wait_for_function("document.querySelector('.picture')?.dataset.drawn")
    page.wait_for_timeout(1000)
    figures["tab (ms)"] = tab(page)
    page.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--against", type=Path, help="another checkout, measured in turn")
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    checkouts = {"here": ROOT} | ({"against": chosen.against} if chosen.against else {})
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in checkouts}
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, AS_ALONE])
        for name, checkout in checkouts.items():
            with serving(checkout) as address:
                measure(browser, address)  # the first warms the server's caches
                runs[name] = [measure(browser, address) for _ in range(chosen.repeats)]
        browser.close()
    print(f"| figure | {' | '.join(checkouts)} |\n|---|{'---|' * len(checkouts)}")
    for figure in runs["here"][0]:
        worst = min if "paintings" in figure else max
        values = ([run[figure] for run in runs[name]] for name in checkouts)
        cells = (f"{statistics.median(each):.0f} (worst {worst(each):.0f})" for each in values)
        print(f"| {figure} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
