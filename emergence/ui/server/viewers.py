"""The name that a browser gives itself: nothing is known of who looks at it."""

from __future__ import annotations

import re

VIEWER = re.compile(r"[0-9a-z]{8,40}")


def viewer_name(text: str) -> str:
    """The name, as it was sent. Raises ValueError where it has another form."""
    if not VIEWER.fullmatch(text):
        raise ValueError("viewer must be 8 to 40 of the characters 0-9 and a-z")
    return text
