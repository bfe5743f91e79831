"""Who asks: the name that a browser gives itself, and the address that it asks from.

Nothing is known of who looks at it. A name costs nothing, so what is bounded is bounded by address;
behind one address there may be a whole lecture hall.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection

VIEWER = re.compile(r"[0-9a-z]{8,40}")


def viewer_name(text: str) -> str:
    """The name, as it was sent. Raises ValueError where it has another form."""
    if not VIEWER.fullmatch(text):
        raise ValueError("viewer must be 8 to 40 of the characters 0-9 and a-z")
    return text


def client_of(request: HTTPConnection) -> str:
    """The address that a request comes from (see `client`)."""
    return client(request.client.host if request.client else None)


@lru_cache(maxsize=4096)
def client(address: str | None) -> str:
    """An address as one that computing time is charged to.

    Of version 6 a household has a network of 64 bits: that is the client. A proxy on this machine
    says whom it asks for; one elsewhere has to be named in FORWARDED_ALLOW_IPS (Uvicorn's own).
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return "here"
    if found.is_loopback:
        return "here"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))
