"""The project's Python files and what they import."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path.relative_to(ROOT)
    for place in ("emergence", "pages", "app.py")
    for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    if path.exists()
)


def imports(path: Path) -> set[str]:
    """Full names of all modules that a file imports, at its top or within a function."""
    found = set()
    package = path.with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [start, node.module]))
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def importers(module: str) -> list[str]:
    """Files that import a module or one of its parts."""
    return [
        str(path) for path in FILES
        if any(name == module or name.startswith(module + ".") for name in imports(path))
    ]  # fmt: skip
