"""The secret of whoever leads a room, and the short code of the room, which follows from it.

A lecturer's browser can therefore open its room again under the same code after the server was
restarted, and nobody else can: the code is a slow hash of the secret.
"""

from __future__ import annotations

import hashlib
import re

ALPHABET = "BCDFGHJKMNPQRSTVWXYZ34679"
"""No two that look alike from the back row, and no vowels: no code is a word."""
LENGTH = 6
SECRET = re.compile(r"[0-9a-f]{32}")
"""128 random bits."""


class SecretError(ValueError):
    """A secret that is none, or not this room's."""


def check(secret: str) -> str:
    """The secret. Raises SecretError where it has another form."""
    if not SECRET.fullmatch(secret):
        raise SecretError("the secret of a lead link is 32 of the characters 0-9 and a-f")
    return secret


def code_of(secret: str) -> str:
    """The code of the room that this secret leads. Takes about 0.1 s and 32 MB.

    Raises SecretError.
    """
    slow = hashlib.scrypt(
        check(secret).encode(), salt=b"emergence classroom", n=2**15, r=8, p=1, maxmem=2**26,
        dklen=16,
    )  # fmt: skip
    number, code = int.from_bytes(slow, "big"), ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        code += ALPHABET[letter]
    return code


def spelled(text: str) -> str:
    """A code as somebody has typed it: capitals, no spaces or dashes. Raises ValueError."""
    code = re.sub(r"[\s-]", "", text[:100]).upper()
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise ValueError(f"a room's code is {LENGTH} of the characters {ALPHABET}")
    return code


def digest(secret: str) -> bytes:
    """What the server keeps of a secret. Raises SecretError."""
    return hashlib.sha256(check(secret).encode()).digest()
