"""What pyproject.toml cannot say: a wheel carries the app beside the package, in emergence/_app."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
APP = [ROOT / "app.py", ROOT / ".streamlit" / "config.toml", *sorted((ROOT / "pages").glob("*.py"))]


class BuildWithApp(build_py):  # type: ignore[misc]  # setuptools has no types
    """Builds the package with the app in it; an editable one finds the app where it is."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for file in APP:
                target = Path(self.build_lib, "emergence", "_app", file.relative_to(ROOT))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)

    def get_source_files(self) -> list[str]:
        """What an sdist has, so that it builds the same wheel."""
        return [*super().get_source_files(), *(str(file.relative_to(ROOT)) for file in APP)]


setup(cmdclass={"build_py": BuildWithApp})
