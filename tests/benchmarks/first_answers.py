"""How long after *Show me* the answer to every first guess stands.

    python -m tests.benchmarks.first_answers              # alone
    python -m tests.benchmarks.first_answers --readers 20 # beside readers of lessons

In a real Chromium, on a server started for it, whose disk and memory hold no answer. The readers
(`readers.py`) look at studies of lessons, each at other settings, so that nothing is shared; they
begin together, just before the first question, and a new one takes the place of each that has seen
all of its page.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.benchmarks.readers import reading
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
    said = page.locator("[class*=st-key-guess_] p").filter(has=page.locator("strong"))
    verdicts = said.filter(has_text=re.compile(r"^It is "))
    before = verdicts.count()
    begun = time.monotonic()
    skip.click()
    expect(verdicts).to_have_count(before + 1, timeout=120_000)
    return time.monotonic() - begun


def addresses() -> Iterator[str]:
    """Addresses of readers, each another."""
    for number in itertools.count(2):
        yield from (setting.format(number) for setting in SETTINGS)


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
        page = browser.new_context(base_url=server).new_page()
        with reading(server, count, addresses()):
            for address in QUESTIONS:
                print(f"{answer_seconds(page, address):6.2f} s  {address}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
