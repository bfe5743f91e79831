"""The operator's page, and the same numbers for Prometheus: off without a token, read by it alone.

The token comes as the password of a browser's own prompt, under any name, or as a bearer token;
never in an address. What readers have typed is in neither page but for the experiments themselves.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from time import monotonic

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit.runtime import get_instance

from emergence.serving import memory
from emergence.serving.computation import Computation
from emergence.serving.run import Run
from emergence.serving.study import Job
from emergence.settings import settings
from emergence.ui.browser import text
from emergence.ui.scaling_lab.queue import sweep_queue
from emergence.ui.server import access
from emergence.ui.server.services import registry
from emergence.words import plural

BEGUN = monotonic()
REALM = {"WWW-Authenticate": 'Basic realm="Emergence Lab", charset="UTF-8"'}
KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class RunStatus:
    """A run or study: what it computes, where it stands, for whom, seconds used, bytes held."""

    what: str
    state: str
    viewers: int
    clients: frozenset[str]
    seconds: float
    bytes: float


@dataclass(frozen=True)
class Status:
    """What a server is at.

    sessions : open pages
    waiting : runs that have work to do
    resident : bytes of the process
    sweeps : each sweep in line: its analysis, state and share done
    """

    seconds: float
    sessions: int
    waiting: int
    workers: int
    resident: float
    runs: tuple[RunStatus, ...]
    sweeps: tuple[tuple[str, str, float], ...]

    @property
    def clients(self) -> dict[str, float]:
        """Seconds of the runs that each address watches; those of one are shared among its own."""
        used: dict[str, float] = {}
        for run in self.runs:
            for client in run.clients:
                used[client] = used.get(client, 0.0) + run.seconds / len(run.clients)
        return dict(sorted(used.items(), key=lambda each: -each[1]))


def status() -> Status:
    """What this server is at now."""
    held = registry()
    runs = sorted(map(_status, held.runs()), key=lambda run: -run.seconds)
    line = tuple(
        (each.sweep.analysis, str(each.state), each.share) for each in sweep_queue().line()
    )
    return Status(monotonic() - BEGUN, _sessions(), held.waiting(), held.limits.workers,
                  memory.resident(), tuple(runs), line)  # fmt: skip


def _status(run: Computation) -> RunStatus:
    what = type(run).__name__
    if isinstance(run, Run):
        what = run.experiment.to_query()
    elif isinstance(run, Job):
        what = type(run.study).__name__
    return RunStatus(what, str(run.state), run.viewers(), run.clients(), run.worked, run.bytes)


def _sessions() -> int:
    return int(get_instance()._session_mgr.num_active_sessions())


class Numbers(Collector):
    """The numbers of a status for Prometheus."""

    def __init__(self, of: Status, asked: access.AccessLog) -> None:
        self._of, self._asked = of, asked

    def collect(self) -> Iterator[Metric]:
        """Gauges of what is now, counters of what has been asked."""
        of = self._of
        for name, says, value in (
            ("sessions", "Open pages.", of.sessions),
            ("waiting", "Runs with work to do.", of.waiting),
            ("workers", "Threads that compute them.", of.workers),
            ("sweeps", "Sweeps in line.", len(of.sweeps)),
            ("runs_bytes", "Memory that runs hold or may come to.", sum(r.bytes for r in of.runs)),
            ("up_seconds", "Since the start.", of.seconds),
        ):
            yield GaugeMetricFamily(f"emergence_{name}", says, value)
        states = GaugeMetricFamily("emergence_runs", "Runs held, by state.", labels=["state"])
        for state, count in sorted(Counter(run.state for run in of.runs).items()):
            states.add_metric([state], count)
        yield states
        used = GaugeMetricFamily("emergence_runs_seconds", "Computing time of the runs held.")
        used.add_metric([], sum(run.seconds for run in of.runs))
        yield used
        labels = ["method", "route", "status"]
        asked = CounterMetricFamily("emergence_requests", "Requests answered.", labels=labels)
        spent = CounterMetricFamily("emergence_requests_seconds", "Time they took.", labels=labels)
        for (method, route, code), (many, seconds) in sorted(self._asked.total.items()):
            asked.add_metric([method, route, str(code)], many)
            spent.add_metric([method, route, str(code)], seconds)
        yield asked
        yield spent


def _refused(request: Request) -> Response | None:
    """What is answered to whom does not have the token: where there is none, as for any address."""
    token = settings().status_token
    if token is None:
        return PlainTextResponse("Not Found", 404)
    kind, _, said = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            said = base64.b64decode(said, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            said = ""
    elif kind.lower() != "bearer":
        said = ""
    if secrets.compare_digest(said.strip().encode(), token.encode()):
        return None
    return PlainTextResponse("The password is EMERGENCE_STATUS_TOKEN.", 401, REALM | KEPT)


async def page(request: Request) -> Response:
    """The operator's page."""
    refused = _refused(request)
    return refused or HTMLResponse(html(status()), headers=KEPT)


async def metrics(request: Request) -> Response:
    """The same for Prometheus, in its text format."""
    refused = _refused(request)
    if refused is not None:
        return refused
    numbers = CollectorRegistry()
    ProcessCollector(registry=numbers)
    numbers.register(Numbers(status(), access.log()))
    return Response(generate_latest(numbers), media_type="text/plain; version=0.0.4", headers=KEPT)


def html(of: Status) -> str:
    """The page: numbers on top, then what uses the time."""
    top = [
        ("pages open", f"{of.sessions:,}"),
        ("runs held", f"{len(of.runs):,}"),
        ("with work to do", f"{of.waiting:,} for {plural(of.workers, 'worker')}"),
        ("memory", f"{of.resident / 1e6:,.0f} MB, runs hold or may come to "
                   f"{sum(run.bytes for run in of.runs) / 1e6:,.0f} MB"),
        ("up", f"{of.seconds / 3600:,.1f} hours"),
    ]  # fmt: skip
    runs = [
        (run.what, run.state, f"{run.viewers:,}", f"{len(run.clients):,}",
         f"{run.seconds:,.1f}", f"{run.bytes / 1e6:,.1f}")
        for run in of.runs
    ]  # fmt: skip
    clients = [(name, f"{seconds:,.1f}") for name, seconds in of.clients.items()]
    sweeps = [(name, state, f"{share:.0%}") for name, state, share in of.sweeps]
    body = (
        _table("Now", ("", ""), top)
        + _table("Runs", ("experiment", "state", "viewers", "addresses", "seconds", "MB"), runs)
        + _table("Addresses", ("address", "seconds"), clients)
        + _table("Sweeps in line", ("analysis", "state", "done"), sweeps)
    )
    return text("status.html").replace("STYLE", text("status.css")).replace("BODY", body)


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return f"<h2>{title}</h2><p>none</p>"
    above = "".join(f"<th>{each}</th>" for each in head) if any(head) else ""
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<h2>{title}</h2><div><table><tr>{above}</tr>{lines}</table></div>"


ROUTES = [Route("/lab/status", page), Route("/lab/metrics", metrics)]
