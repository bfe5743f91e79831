"""Whose a sweep is: a browser's, by a secret that no address and no page has."""

from __future__ import annotations

import secrets

import streamlit as st

from emergence.ui.server.browsers import SECRET, secret_of

KEY = "sweep_secret"


def owner() -> str:
    """The browser's secret, which lasts over a reload and a restart of the server; the session's
    where the browser keeps no cookies."""
    said = secret_of(str(st.context.cookies.get(SECRET, "")))
    return said or str(st.session_state.setdefault(KEY, secrets.token_urlsafe()))
