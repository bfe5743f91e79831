"""What our own code says while it runs: to standard error, as lines of text or of JSON."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Structured(logging.Formatter):
    """An object a line: time, level, logger, message, the exception if any, and what is named in
    a record's `fields`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(said, default=str).decode()


def begin(structured: bool) -> None:
    """Have what our code says written; once, however often it is asked for."""
    ours = logging.getLogger("emergence")
    ours.setLevel(logging.INFO)
    handler = next((each for each in ours.handlers if each.name == "ours"), None)
    if handler is None:
        handler = logging.StreamHandler(sys.stderr)
        handler.name = "ours"
        ours.addHandler(handler)
    handler.setFormatter(Structured() if structured else logging.Formatter(TEXT))
