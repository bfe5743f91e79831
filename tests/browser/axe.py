"""What axe-core finds."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def violations(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe-core holds against a page, serious or critical, and headings out of order.

    `colours_only` where the rest has been looked at under another theme.
    """
    options = {"runOnly": ["color-contrast"]} if colours_only else None
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical") or each["id"] == "heading-order"
        for node in each["nodes"]
    ]
