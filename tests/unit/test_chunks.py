"""The code of Streamlit's that every page's head names, read from its files a second time."""

from __future__ import annotations

import re

from emergence.ui.server.chunks import MANIFEST, NEEDED, chunks

STATIC = MANIFEST.parent
IMPORTED = re.compile(r'(?:from|import)"\./([^"]+\.js)"')


def test_what_our_pages_need_is_there_with_all_it_imports() -> None:
    named = {name.rpartition("/")[2] for name in chunks()}
    for name in NEEDED:
        assert sum(file.startswith(f"{name}.") for file in named) == 1, name
    loaded = named | set(re.findall(r"static/js/([^\"]+)", (STATIC / "index.html").read_text()))
    for file in named:
        text = (STATIC / "static" / "js" / file).read_text()
        assert set(IMPORTED.findall(text)) <= loaded, file


def test_what_streamlit_loads_anyway_is_not_named_again() -> None:
    assert not [name for name in chunks() if name in (STATIC / "index.html").read_text()]
