"""The container's image: its steps are done, and it runs on a root that nobody can write."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from emergence.engines.kernels.cache import PREFIX
from tests.browser.conftest import free_port
from tests.built import ROOT
from tests.image import Image, admitted, environment
from tests.powerless import powerless, release, write_protect
from tests.visit import visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(480)]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image, built; only its volume and /tmp can be written."""
    with tempfile.TemporaryDirectory() as folder:
        image = Image(Path(folder), environment())
        image.build()
        shutil.rmtree(image.root / "tmp", ignore_errors=True)
        (image.root / "tmp").mkdir()
        write_protect(image.root)
        for writable in (image.root / "tmp", Path(image.environment["EMERGENCE_RESULTS"])):
            release(writable)
        yield image
        release(image.root)


def kernels(folder: Path) -> dict[str, bytes]:
    """Compiled kernels below a folder, by name."""
    return {
        path.name: path.read_bytes() for path in folder.rglob("*.nb[ic]*")
        if any(parent.name.startswith(PREFIX) for parent in path.parents)
    }  # fmt: skip


def test_the_steps_make_an_image_that_runs_where_only_tmp_can_be_written(image: Image) -> None:
    there, tmp = Path(image.environment["VIRTUAL_ENV"]), image.root / "tmp"
    compiled = kernels(there)
    assert len(compiled) > 40
    port = str(free_port())
    given = image.environment | {"TMPDIR": str(tmp)}
    health = [part.replace("8501", port) for part in image.command("HEALTHCHECK")]

    def healthy() -> bool:
        return subprocess.run(health, env=given, capture_output=True).returncode == 0

    assert not healthy(), "nothing is there"
    process = subprocess.Popen(
        [*image.command("ENTRYPOINT"), "--port", port], cwd=image.place, env=given, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=powerless,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 120
        while not healthy():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline, "not ready"
            time.sleep(0.2)
        assert visit(f"http://127.0.0.1:{port}", "puzzle").whole
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert kernels(tmp) == compiled, "no kernel is compiled at a start"
    assert kernels(there) == compiled
    assert list(Path(image.environment["SOURCES"]).iterdir()) == [], "the wheel has it all"


def test_an_image_runs_as_nobody_of_a_pinned_python(image: Image) -> None:
    user, _, group = image.said["USER"].partition(":")
    assert min(int(user), int(group)) >= 10_000
    version = re.fullmatch(r"python:(\d+\.\d+)\.\d+-slim-\w+", image.said["FROM"])
    assert version
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    [setup] = [step for step in workflow["jobs"]["ci"]["steps"] if "setup-python" in str(step)]
    assert setup["with"]["python-version"] == version[1], "what the tests run with"
    assert image.environment["HOME"].startswith(f"{image.root}/tmp/")


def test_nothing_but_sources_goes_into_an_image() -> None:
    for name in ("app.py", "pages/puzzle.py", ".streamlit/config.toml", "emergence/py.typed",
                 "emergence/ui/browser/vendor/LICENSE", "requirements.txt"):  # fmt: skip
        assert admitted(name), name
    for name in (".git/config", ".venv/bin/python", ".streamlit/secrets.toml", "tests/naive.py",
                 "pages/__pycache__/a.pyc", "emergence/__pycache__/a.pyc", ".env"):  # fmt: skip
        assert not admitted(name), name


def test_compose_runs_it_with_as_little_as_it_needs() -> None:
    lab = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["lab"]
    assert lab["read_only"]
    assert [each.partition(":")[0] for each in lab["tmpfs"]] == ["/tmp"]
    assert lab["cap_drop"] == ["ALL"]
    assert lab["ports"] == ["127.0.0.1:8501:8501"], "what the Dockerfile exposes, here alone"
    said = (ROOT / "Dockerfile").read_text()
    [volume] = lab["volumes"]
    assert f"EMERGENCE_RESULTS={volume.partition(':')[2]}" in said
    assert "EXPOSE 8501" in said
    limit = float(re.sub("g$", "", lab["mem_limit"]))
    assert float(lab["environment"]["EMERGENCE_MEMORY"]) < limit
