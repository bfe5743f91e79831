"""The files that `run` writes: the whole run, its tables, its pictures."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from emergence.experiment import ExperimentError
from emergence.results import npz, tables
from emergence.results.pictures import standalone
from emergence.runs.result import Result


def unwritable(given: argparse.Namespace, *names: str) -> Iterator[str]:
    """A sentence for each of the named options whose file could not be written."""
    for name in names:
        path: Path | None = getattr(given, name)
        if path and (path.is_dir() or not os.access(path.parent, os.W_OK)):
            yield f"{name}: {path} is not a file that can be written"


class Files:
    """What was asked for with --save, --csv, --parquet and --html. Raises ExperimentError at once
    for what could not be written, before anything is computed.

    alone : whether it is one run, not some seeds: these have a file each, and a common table
    """

    def __init__(self, given: argparse.Namespace, alone: bool) -> None:
        self._given, self._alone = given, alone
        self._tables: dict[int, tables.Table] = {}
        self._about: dict[int, dict[str, object]] = {}
        self._problems: list[str] = []
        self._lock = threading.Lock()
        self._which: str = given.table or next(iter(tables.TABLES))
        problems = list(unwritable(given, "save", "csv", "parquet", "html"))
        if given.table and not (given.csv or given.parquet):
            problems.append("table: it needs --csv FILE or --parquet FILE to go to")
        if self._which not in tables.TABLES:
            problems.append(
                f"table = {self._which} is none: the tables are {', '.join(tables.TABLES)}"
            )
        if given.html and not alone:
            problems.append("html: the pictures are of one run: leave out --seeds")
        if problems:
            raise ExperimentError({"files": "; ".join(problems)})

    @property
    def rows(self) -> bool:
        """Whether a file is asked for that has something of every snapshot's row."""
        given = self._given
        table = bool(given.csv or given.parquet) and self._which in ("loss", "overlaps")
        return bool(given.save or given.html) or table

    def see(self, result: Result) -> None:
        """Write what is of this run alone; keep its table."""
        given, seed = self._given, result.experiment.seed
        if given.save:
            path: Path = given.save
            own = path if self._alone else path.with_name(f"{path.stem}-seed{seed}{path.suffix}")
            self._write("save", own, npz.to_bytes(result))
        if given.html:
            self._write("html", given.html, standalone(result).encode())
        if given.csv or given.parquet:
            table = tables.table(result, self._which)
            with self._lock:
                self._tables[seed] = table
                self._about[seed] = tables.about(result)

    def close(self) -> list[str]:
        """Write the tables; what could not be written, in sentences."""
        if self._tables:
            table, runs = self._table(), [self._about[seed] for seed in sorted(self._about)]
            about = {"table": self._which, **(runs[0] if self._alone else {"runs": runs})}
            if self._given.csv:
                self._write("csv", self._given.csv, tables.csv_text(table, about).encode())
            if self._given.parquet:
                self._write("parquet", self._given.parquet, tables.parquet_bytes(table, about))
        return self._problems

    def _table(self) -> tables.Table:
        """That of the run; of several seeds one below the other, with a column `seed`."""
        seeds = sorted(self._tables)
        if self._alone:
            return self._tables[seeds[0]]
        lengths = [len(next(iter(self._tables[seed].values()))) for seed in seeds]
        stacked = {"seed": np.repeat(seeds, lengths)}
        for name in self._tables[seeds[0]]:
            stacked[name] = np.concatenate([self._tables[seed][name] for seed in seeds])
        return stacked

    def _write(self, name: str, path: Path, content: bytes) -> None:
        try:
            path.write_bytes(content)
        except OSError as error:
            with self._lock:
                self._problems.append(f"{name}: {path}: {error.strerror}")
