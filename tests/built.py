"""A wheel of the tree as it is, built and installed where the tree is not."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[1]
APART = (".git", ".venv", "__pycache__", "node_modules", "*.egg-info", "build", "dist",
         ".*_cache", "screenshots", "tests")  # fmt: skip
"""What no build needs to see."""


def copied(to: Path) -> Path:
    """The tree's sources, in a new folder."""
    return Path(shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(*APART)))


def built(kind: str, tree: Path) -> Path:
    """The `wheel` or `sdist` of a tree, in its folder `made`."""
    made = tree / "made"
    made.mkdir(exist_ok=True)
    build = f"from setuptools.build_meta import build_{kind} as build; print(build({str(made)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=tree, check=True, capture_output=True, text=True
    )
    return made / done.stdout.splitlines()[-1]


def installed(wheel: Path, environment: Path) -> Path:
    """The folder of the commands of a new environment that has the wheel, and ours' libraries."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    places = {"base": str(environment), "platbase": str(environment)}
    (Path(sysconfig.get_path("purelib", "venv", places)) / "libraries.pth").write_text(
        sysconfig.get_path("purelib")
    )
    commands = Path(sysconfig.get_path("scripts", "venv", places))
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", commands / "python", "install", "-q",
         "--no-deps", "--no-index", wheel],
        check=True,
    )  # fmt: skip
    return commands
