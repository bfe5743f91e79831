"""A run's file and tables, and the numbers of a picture, for whoever takes them away.

Of a run that this server has, nothing is computed for it: as far as it is known. What is made is
made once for all who ask, one after the other, as the pictures are (see `serving.orders`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emergence.experiment import Experiment, ExperimentError
from emergence.figures.numbers import numbers_of
from emergence.results import npz, tables
from emergence.runs.result import Result, measured
from emergence.serving.computation import State
from emergence.serving.orders import Orders
from emergence.serving.registry import Registry, ServerFullError
from emergence.serving.run import Published, Run
from emergence.ui.server.asked import body
from emergence.ui.server.viewers import client_of

DATA, NUMBERS = "lab/data", "lab/numbers"
"""Addresses below the server's."""
FORMATS = {
    "npz": "application/octet-stream",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
APART = re.compile(r"([^A-Za-z0-9.]+-(?=[.0-9]))|[^A-Za-z0-9.]+")
"""What is no part of a file's name; in a group where it ends with a minus sign."""
MOST_ROWS = 1_000_000
"""Of a table that this server makes."""
MOST_PICTURE, MOST_CONVERSIONS = 6_000_000, 8
"""Bytes of a picture's numbers, and how many may wait to become a table."""


@dataclass(frozen=True)
class Wanted:
    """Of which run, as far as so many snapshots, in which form."""

    run: Run
    count: int
    form: str
    table: str

    @property
    def result(self) -> Result:
        """What the run has measured by its snapshot `count`."""
        published = self.run.published
        assert published.record is not None  # it has `count` snapshots
        record = published.record.until(self.count)
        tau = float(record.tau[self.count - 1])
        whole = self.count == published.count
        crossing = published.crossing
        return measured(
            record,
            np.where(crossing <= tau, crossing, np.nan),
            tau=tau,
            seconds=published.seconds,
            diverged=published.message if published.diverged and whole else None,
            finished=_finished(self.run, published) and whole,
        )

    @property
    def rows(self) -> int:
        """Of its table."""
        plan = self.run.published.record.plan if self.run.published.record else None
        if plan is None or self.form == "npz" or self.table != "overlaps":
            return self.count
        return self.count * len(plan.neurons) * len(plan.directions)


def _finished(run: Run, published: Published) -> bool:
    return run.state is State.FINISHED and not published.diverged


def made(wanted: Wanted) -> bytes:
    """The bytes of a file."""
    result = wanted.result
    if wanted.form == "npz":
        return npz.to_bytes(result)
    about = tables.about(result) | {"table": wanted.table}
    return _written(tables.table(result, wanted.table), wanted.form, about)


def _written(table: tables.Table, form: str, about: dict[str, object]) -> bytes:
    if form == "csv":
        return tables.csv_text(table, about).encode()
    return tables.parquet_bytes(table, about)


@cache
def orders() -> Orders[Wanted]:
    """The files of this server."""
    return Orders(made, lambda wanted: 0.1 + 1e-5 * wanted.rows)


def data(registry: Callable[[], Registry], known: Callable[[str], Awaitable[Experiment]]) -> Route:
    """The route of a run's files: query, its own query string; format; table, one of `TABLES`."""

    async def answer(request: Request) -> Response:
        """A run's file or table, as far as it is known: query; format; table (see `TABLES`)."""
        given, at = request.query_params, client_of(request)
        form, table = given.get("format", ""), given.get("table", "loss")
        try:
            if form not in FORMATS:
                raise ValueError(f"format must be one of {', '.join(FORMATS)}")
            if table not in tables.TABLES:
                raise ValueError(f"table must be one of {', '.join(tables.TABLES)}")
            run = registry().find(await known(given.get("query", "")))
            published = run.published if run else None
            if run is None or published is None or not published.count:
                return _refused("this server has nothing of this run: play it first", 404)
            wanted = Wanted(run, published.count, form, table)
            if wanted.rows > MOST_ROWS:
                raise ValueError(
                    f"this table would have {wanted.rows:,} rows, and at most {MOST_ROWS:,} are "
                    "made here: take the NPZ file, emergence.load and to_pandas"
                )
            content = await asyncio.wrap_future(orders().ask(wanted, at))
        except (ValueError, ExperimentError) as error:
            return _refused(str(error), 400)
        except ServerFullError as error:
            return _refused(str(error), 503)
        what = "" if form == "npz" else f"-{table}"
        part = "" if run.final else f"-first-{wanted.count}-snapshots"
        name = file_name(run.experiment.to_query()) + what + part
        return _file(content, form, name)

    return Route("/" + DATA, answer)


_converting = asyncio.Semaphore(1)
_waiting = 0


async def numbers(request: Request) -> Response:
    """The numbers of a picture whose figure is sent, in `format`, under the name `name`."""
    global _waiting
    given = request.query_params
    form = given.get("format", "")
    if form not in ("csv", "parquet"):
        return _refused("format must be one of csv, parquet", 400)
    if _waiting >= MOST_CONVERSIONS:
        return _refused("too much is being asked for at once: try again in a moment", 503)
    _waiting += 1
    try:
        figure = await body(request, most=MOST_PICTURE)
        async with _converting:
            content = await asyncio.to_thread(_numbers, figure, form, given.get("about", "")[:2000])
    except ValueError as error:
        return _refused(str(error), 400)
    finally:
        _waiting -= 1
    return _file(content, form, file_name(given.get("name", "picture")))


def _numbers(figure: dict[str, Any], form: str, about: str) -> bytes:
    return _written(numbers_of(figure, MOST_ROWS), form, {"about": about})


def file_name(text: str) -> str:
    """A query, or any text, as the name of a file: letters, digits, dots, dashes.

    A dash is a minus sign behind an underscore, and in an exponent.
    """
    joined = re.sub("=(?!-)", "", text.replace("−", "-"))
    plain = APART.sub(lambda run: "_-" if run[1] else "-", joined)
    return f"emergence-{plain.strip('-._')[:120]}"


def _file(content: bytes, form: str, name: str) -> Response:
    said = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(content, 200, said | {"Cache-Control": "no-store"}, FORMATS[form])


def _refused(message: str, status: int) -> Response:
    return JSONResponse({"message": message}, status, {"Retry-After": "2"} if status == 503 else {})
