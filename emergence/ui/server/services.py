"""What lives as long as the server: the runs that are watched, and the warm-up."""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any

from streamlit.runtime.pages_manager import PagesManager

from emergence import engines
from emergence.experiment import Experiment
from emergence.runs.opening import ACTS
from emergence.runs.plan import settled
from emergence.serving.registry import Registry
from emergence.ui.scaling_lab.queue import sweep_queue
from emergence.ui.server import turns
from emergence.ui.server.payload import prepare

log = logging.getLogger(__name__)


class WarmUp:
    """Compiles every engine's kernels in the background, and says so meanwhile."""

    def __init__(self) -> None:
        self.note = ""
        self._thread = threading.Thread(target=self._compile, name="warm-up", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether all kernels are compiled or loaded."""
        return not self._thread.is_alive() and not self.note

    def _compile(self) -> None:
        kinds = [
            Experiment(engine="sgd"), Experiment(engine="flow"), Experiment(engine="decoupled"),
            Experiment(engine="sgd", B=2), Experiment(engine="correlation"),
        ]  # fmt: skip
        tasks: list[Callable[[], float]]
        tasks = [partial(engines.compile_kernels, kind) for kind in kinds]
        tasks.append(_compile_lesson_kernels)
        for number, task in enumerate(tasks, 1):
            self.note = (
                f"Compiling the simulation kernels, {number} of {len(tasks)}. This happens once; "
                "later starts load them from disk."
            )
            try:
                seconds = task()
            except Exception:
                log.exception("warm-up %s failed", number)
            else:
                log.info("kernels %s ready after %.1f s", number, seconds)
        for first in (ACTS[0].experiment, settled(Experiment())):  # pages that are opened first
            prepare(first).result()
        # What is alive now stays alive: no collection looks at it again.
        gc.collect()
        gc.freeze()
        self.note = ""


def _compile_lesson_kernels() -> float:
    from emergence.engines import single_index  # Numba's import takes as long as the first answer

    return single_index.compile_spherical_sgd()


@cache
def registry() -> Registry:
    """The runs of this server."""
    return Registry()


@cache
def warm_up() -> WarmUp:
    """The warm-up of this server."""
    return WarmUp()


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Start the warm-up with the server; stop the workers with it."""
    # Else an address within the app, opened before any page was, shows the bare file in `pages`.
    PagesManager.uses_pages_directory = False
    # Streamlit imports it with the first picture, and Plotly in another reader's thread would take
    # it half imported for whole.
    importlib.import_module("pandas")
    turns.install()
    warm_up().start()
    yield
    sweep_queue().close()
    await asyncio.to_thread(registry().close)
