"""Who is one client."""

from __future__ import annotations

import pytest

from emergence.ui.server.viewers import client


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # a household's network
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("127.0.0.1", "::1", True),
        ("127.0.0.1", None, True),  # what Streamlit says of this machine
        ("testclient", None, True),
    ],
)
def test_a_client_is_an_address(one: str, other: str | None, same: bool) -> None:
    assert (client(one) == client(other)) is same
