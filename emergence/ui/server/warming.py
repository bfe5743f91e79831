"""The kernels are compiled, or loaded, before anybody has to wait for them."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial

from emergence import engines
from emergence.engines import compiling
from emergence.experiment import Experiment
from emergence.runs.opening import ACTS
from emergence.runs.plan import settled
from emergence.ui.server.payload import prepare

log = logging.getLogger(__name__)

SOON, LATER = 1.0, 60.0
"""Seconds before what has failed is tried again: at first, and at most."""


class WarmUp:
    """Compiles every engine's kernels in the background, and says so meanwhile.

    What fails is tried again for as long as the server lives: a full disk or too little memory
    may pass.

    Attributes
    ----------
    note : what it does, while others may wait for it
    failed : what has failed the last time, and why
    """

    def __init__(self, tasks: Mapping[str, Callable[[], object]] | None = None) -> None:
        self.note = ""
        self.failed: dict[str, str] = {}
        self._tasks = _tasks() if tasks is None else dict(tasks)
        self._done = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="warm-up", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Try nothing again."""
        self._closed.set()

    @property
    def ready(self) -> bool:
        """Whether everything is compiled or loaded."""
        return self._done and not self.failed

    def _work(self) -> None:
        self._try(self._tasks)
        # What is alive now stays alive: no collection looks at it again.
        gc.collect()
        gc.freeze()
        self.note, self._done = "", True
        pause = SOON
        while self.failed and not self._closed.wait(pause):
            self._try({name: self._tasks[name] for name in self.failed})
            pause = min(2 * pause, LATER)

    def _try(self, tasks: Mapping[str, Callable[[], object]]) -> None:
        for number, (name, task) in enumerate(tasks.items(), 1):
            if not self._done:
                self.note = (
                    f"Compiling the simulation kernels, {number} of {len(tasks)}. This happens "
                    "once; later starts load them from disk."
                )
            try:
                task()
            except Exception as error:
                log.exception("the warm-up of %s failed", name)
                self.failed |= {name: f"{type(error).__name__}: {error}"}
            else:
                self.failed = {other: why for other, why in self.failed.items() if other != name}


def _tasks() -> dict[str, Callable[[], object]]:
    return {
        **{name: partial(engines.compile_kernels, kind) for name, kind in compiling.KINDS.items()},
        "lessons": compiling.compile_lessons,
        "pages": _prepare_first,
    }


def _prepare_first() -> None:
    """The pictures of what is opened first."""
    for first in (ACTS[0].experiment, settled(Experiment())):
        prepare(first).result()
