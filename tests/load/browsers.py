"""Real browsers among the followers: they join by the link, and say when they show what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, async_playwright

from tests.browser.conftest import FLAGS, executable

WATCH = """
window.shown = {};
setInterval(() => {
  const number = document.querySelector("h2")?.textContent.match(/^(\\d+) \\/ \\d+/)?.[1];
  const now = number ?? (document.querySelector(".lab")?.lab?.ready ? "lab" : "");
  if (now && now !== window.showing) (window.shown[now] ??= []).push(Date.now() / 1000);
  if (now) window.showing = now;
}, 20);
"""
"""Notes the moments at which the page began to show another lesson, or the Live Lab."""
SHOWN = "since => window.shown[window.showing]?.at(-1) >= since"
"""Whether another lesson is shown since a moment."""
VOTE = """([round, option]) => {
  const ballot = document.querySelector(".ballot");
  const input = ballot?.querySelector("input[type=range]");
  const second = ballot?.querySelector(".ballot-count")?.textContent.startsWith("Second");
  if (!input || Boolean(second) !== (round === 2)) return false;
  input.value = option;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const button = ballot.querySelector(".ballot-form button");
  if (button.disabled) return false;
  button.click();
  return true;
}"""
"""Says an option in a round, once the ballot is there."""
SENT = "() => document.querySelector('.ballot-says')?.textContent.startsWith('Sent')"
QUESTION = "JSON.parse(document.querySelector('.ballot').dataset.question)"


@asynccontextmanager
async def browsers(link: str, count: int) -> AsyncIterator[list[Page]]:
    """So many phones that have joined by the link."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        pages = []
        for _ in range(count):
            context = await browser.new_context(viewport={"width": 390, "height": 844})
            await context.add_init_script(WATCH)
            page = await context.new_page()
            page.set_default_timeout(180_000)
            await page.goto(link)
            await page.wait_for_selector(".room-bar:not([hidden])")
            pages.append(page)
        yield pages
        await browser.close()


async def question(page: Page) -> dict[str, Any]:
    """What the page asks first, as a lecturer's browser would have the class vote on it."""
    await page.wait_for_selector(".ballot[data-question]", state="attached")
    asked: dict[str, Any] = await page.evaluate(QUESTION)
    return asked
