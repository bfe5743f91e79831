"""Answering a lesson's question in a browser."""

from __future__ import annotations

from playwright.sync_api import Locator, expect


def guess(question: Locator) -> None:
    """Make a guess in the box of a question, whatever it asks for, so that it can be shown."""
    show = question.get_by_role("button", name="Show me")
    if show.is_disabled():
        choice = question.get_by_role("radiogroup").locator("label")
        if choice.count():
            choice.first.click()
        else:
            question.get_by_role("slider").press("ArrowRight")
    expect(show).to_be_enabled()
