"""How long the app takes to be there: importing it, and a server's first and later starts.

`python -m tests.benchmarks.startup [--json FILE] [--rounds R]`

The first start has an empty cache of compiled kernels. The page itself comes sooner than /readyz
says: it opens when the server listens, and shows a note while kernels compile. The picture in a
browser is what `tests/browser` drives.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
IMPORT = """
import time
wall, cpu = time.perf_counter(), time.process_time()
import app
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def import_app() -> dict[str, float]:
    """Wall-clock and processor seconds of what `streamlit run app.py` imports before kernels."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    wall, cpu = map(float, done.stdout.split())
    return {"import app": wall, "import app, processor": cpu}


def answers(url: str) -> int:
    """The status of an answer, 0 while there is none."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def start_server(cache: str, name: str) -> dict[str, float]:
    """Seconds from the command to the page's first byte, and to every kernel being ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.headless", "true"]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"NUMBA_CACHE_DIR": cache},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        times = {}
        for what, path in (("page", "/"), ("kernels", "/readyz")):
            while answers(f"http://127.0.0.1:{port}{path}") != 200:
                if process.poll() is not None:
                    raise RuntimeError("the server has stopped")
                time.sleep(0.02)
            times[f"{name} start to {what}"] = time.perf_counter() - started
        return times
    finally:
        process.terminate()
        process.wait(timeout=30)


def main() -> None:
    """Measure in turns, print the medians, and keep every number as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    import_app()  # Python's own compiled files
    rounds = []
    for _ in range(given.rounds):
        with tempfile.TemporaryDirectory() as cache:
            first, later = (start_server(cache, name) for name in ("first", "later"))
        rounds.append(import_app() | first | later)
    for name in rounds[0]:
        print(f"{name:<28}{median(times[name] for times in rounds):8.2f} s")
    if given.json:
        given.json.write_text(json.dumps(rounds, indent=1))


if __name__ == "__main__":
    main()
