"""The steps of the Dockerfile, done in a scratch folder: what Docker would do, without Docker.

Folders of the image are folders below `root`: what begins with / in an ENV is put there, and no
command names a path by itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from string import Template

from tests.built import ROOT

KNOWN = ("FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK",
         "ENTRYPOINT")  # fmt: skip


def instructions(text: str) -> list[tuple[str, str]]:
    """Each instruction and what it says."""
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = filter(None, re.sub(r"\\\n\s*", "", bare).splitlines())
    return [(name, said) for name, _, said in (line.partition(" ") for line in lines)]


def admitted(path: str) -> bool:
    """Whether .dockerignore lets a file of the tree into an image: the last line that fits says."""
    allowed = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if not pattern or line.startswith("#"):
            continue
        parts = Path(path).parts
        deep = pattern.startswith("**/") and pattern[3:] in parts
        heads = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        if deep or any(fnmatch(head, pattern) for head in heads):
            allowed = line.startswith("!")
    return allowed


@dataclass
class Image:
    """What the steps have made.

    root : where the image's / is
    environment : of its processes
    said : what the other instructions say, by name
    """

    root: Path
    environment: dict[str, str]
    said: dict[str, str] = field(default_factory=dict)
    place: Path = field(init=False)

    def __post_init__(self) -> None:
        self.place = self.root

    def build(self) -> None:
        """Do all steps of the Dockerfile."""
        for name, said in instructions((ROOT / "Dockerfile").read_text()):
            assert name in KNOWN, f"{name}: a test does not know how to do this"
            step = getattr(self, f"_{name.lower()}", None)
            if step is None:
                self.said[name] = said
            else:
                step(said)

    def _env(self, said: str) -> None:
        new = {}
        for each in said.split():
            name, _, value = each.partition("=")
            value = f"{self.root}{value}" if value.startswith("/") else value
            new[name] = self._filled(value)
        self.environment |= new

    def _filled(self, text: str) -> str:
        return Template(text).substitute(self.environment)

    def _workdir(self, said: str) -> None:
        self.place = Path(self._filled(said))
        assert self.place.is_relative_to(self.root)
        self.place.mkdir(parents=True, exist_ok=True)

    def _copy(self, said: str) -> None:
        *sources, to = said.split()
        for source in sources:
            found = ROOT / source
            for file in found.rglob("*") if found.is_dir() else [found]:
                if file.is_file() and admitted(str(file.relative_to(ROOT))):
                    below = file.relative_to(found if found.is_dir() else found.parent)
                    target = self.place / to / below
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)

    def _run(self, said: str) -> None:
        assert not re.search(r"(^|[\s\"'=])/", said), f"{said}: put the path into ENV"
        done = subprocess.run(
            ["sh", "-c", said], cwd=self.place, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        if "venv" in said:  # with the libraries that are here, of the very versions of the lock
            places = dict.fromkeys(("base", "platbase"), self.environment["VIRTUAL_ENV"])
            libraries = Path(sysconfig.get_path("purelib", "venv", places)) / "libraries.pth"
            libraries.write_text(sysconfig.get_path("purelib"))

    def command(self, name: str) -> list[str]:
        """The command of an instruction that has one as JSON."""
        found: list[str] = json.loads(self.said[name][self.said[name].index("[") :])
        return found


def environment() -> dict[str, str]:
    """What there is in a container before any ENV: a path, and no more than pip needs here."""
    return {name: value for name, value in os.environ.items()
            if name == "PATH" or name.startswith(("PIP_", "LANG"))}  # fmt: skip
