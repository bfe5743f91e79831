"""How long after *Show me* the answer to every first guess stands.

    python -m tests.benchmarks.first_answers              # alone
    python -m tests.benchmarks.first_answers --readers 20 # beside readers of lessons

In a real Chromium, on a server started for it, whose disk and memory hold no answer. The readers
are pages of the same Chromium that look at studies of other lessons, each at other settings, so
that nothing is shared; they begin together, a few seconds before the first question.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, free_port, serving, settle

QUESTIONS = (
    "puzzle", "link_functions", "link_functions?step=Correlation+landscape",
    "one_neuron", "one_neuron?guess_search=none", "one_neuron?view=Search+and+rest",
    "one_neuron?view=Signal+and+noise", "one_neuron?view=How+small+is+%CE%B7%3F",
    "idealised_dynamics", "many_neurons", "why_not_exp_kappa", "theorem", "theorem?view=constant",
    "scaling_law", "scaling_law?view=holes", "scaling_law?view=budget",
    "scaling_law?view=step+size", "sharp_transitions", "sharp_transitions?step=Escape+time",
    "sharp_transitions?step=Depth%3A+open+questions",
)  # fmt: skip
SETTINGS = (
    "many_neurons?start={}&guess=none",
    "theorem?P=16&m=64&d=1024&J=6&c=0.0{}&guess=none",
    "one_neuron?J=4&d=96&view=Signal+and+noise&guess_search=none&guess_noise=none",
    "why_not_exp_kappa?P=32&beta=0.{}&guess=none",
    "scaling_law?level=gradient+flow&beta=1.{}&guess=none",
)
"""Addresses of readers, with a number each."""


def answer_seconds(page: Page, address: str) -> float:
    """Seconds from the press to the verdict, of the last question that is open."""
    page.goto(f"/{address}")
    settle(page)
    skip = page.get_by_role("button", name="I do not know").last
    expect(skip).to_be_visible(timeout=60_000)
    verdicts = page.locator("[class*=st-key-guess_]").get_by_text("It is ", exact=False)
    before = verdicts.count()
    begun = time.monotonic()
    skip.click()
    expect(verdicts).to_have_count(before + 1, timeout=120_000)
    return time.monotonic() - begun


def readers(browser: Browser, server: str, count: int) -> None:
    """So many pages on which studies are computed."""
    for number in range(count):
        address = SETTINGS[number % len(SETTINGS)].format(number // len(SETTINGS) + 2)
        browser.new_context(base_url=server).new_page().goto(f"/{address}", wait_until="commit")


def main() -> None:
    """Print a table of seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=0)
    count = parser.parse_args().readers
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(port, Path(folder)),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        server = f"http://127.0.0.1:{port}"
        readers(browser, server, count)
        page = browser.new_context(base_url=server).new_page()
        for address in QUESTIONS:
            print(f"{answer_seconds(page, address):6.2f} s  {address}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
