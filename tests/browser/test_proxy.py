"""The app behind a proxy of which it knows nothing: another path, HTTPS, two servers."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import free_port, serving
from tests.browser.proxy import COOKIE, proxying
from tests.browser.room import follows, heading, plays, slider, teach, visitors, vote

pytestmark = pytest.mark.browser
PREFIX = "/user/jo/proxy/8501"


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that nobody trusts."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-subj", "/CN=hall", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_a_class_behind_a_proxy_that_ends_tls_under_a_path_before_two_servers(
    browser: Browser, server: str, tmp_path: Path, tls: ssl.SSLContext
) -> None:
    port, other = free_port(), free_port()
    home = f"https://127.0.0.1:{port}{PREFIX}/"
    servers = (urlsplit(server).port or 0, other)
    with (
        serving(other, tmp_path / "results"),
        proxying(port, servers, PREFIX, tls) as asked,
        visitors(browser, home) as visit,
    ):
        lecturer, student, stranger = visit(1280, 720), visit(), visit()
        path = teach(lecturer, "puzzle")
        assert path.startswith(f"{PREFIX}/c/")
        lecturer.get_by_role("button", name="Show code").click()
        lecturer.get_by_role("button", name="Copy join link").click()
        link = lecturer.evaluate("navigator.clipboard.readText()")
        assert link == f"https://127.0.0.1:{port}{path}"
        lecturer.get_by_role("button", name="Back to the page").click()
        for page in ("desk", "summary"):
            href = lecturer.locator(f"a.room-{page}").get_attribute("href")
            assert href == f"{PREFIX}/class/{page}"
        lab = lecturer.get_by_role("link", name="in the Live Lab").first
        lab.hover()
        assert str(lab.evaluate("link => link.href")).startswith(f"{home}?d=")
        # A room is on one server: a class is to be sent to it.
        student.context.add_cookies([{"name": COOKIE, "value": "0", "url": home}])
        student.goto(link)
        heading(student, 1)
        follows(student)
        slider(student).press("ArrowRight")
        vote(student)
        lecturer.get_by_role("link", name="Next").click()
        heading(student, 2)
        assert urlsplit(student.url).path == f"{PREFIX}/link_functions"
        lecturer.locator("[data-testid=stTopNavLink]").filter(has_text="Live Lab").click()
        plays(student)
        assert urlsplit(student.url).path == f"{PREFIX}/"
        assert {number for number, _ in asked} == {0}
        stranger.goto("live_lab/?d=32&P=4&m=16&engine=flow")
        plays(stranger)
        assert urlsplit(stranger.url).path == f"{PREFIX}/"
        there = {line.split("?")[0] for number, line in asked if number == 1}
        assert {"GET /", "GET /_stcore/stream", "GET /lab/figures", "GET /lab/run"} <= there
        follows(student)


def test_a_picture_whose_script_does_not_come_says_so(browser: Browser, server: str) -> None:
    with visitors(browser, server) as visit:
        page = visit(1280, 720)
        page.route("**/lab/scripts/*/lab.js", lambda route: route.abort())
        page.goto("/puzzle")
        picture = page.locator(".picture").first
        expect(picture).to_contain_text("This picture cannot be shown")
        expect(picture).to_contain_text("/lab.js")
        page.unroute("**/lab/scripts/*/lab.js")
        page.route(
            "**/lab/figures*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway")
        )
        page.goto("/?P=4")
        note = page.locator(".lab-note")
        expect(note).to_contain_text("/lab/figures answers 502, and not as this server would")
