"""Modules in which no Django and no Wagtail stands are typed completely; those that are must be listed as such."""

from __future__ import annotations

import ast
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from tests.infrastructure.requirements import REPOSITORY

ROOMS = ("cms_blocks", "governance", "toolkit", "procedures", "site")
#: What has no types, or types that a plugin of mypy has to guess. Names of packages begin with these.
UNTYPED = ("django", "wagtail", "modelcluster", "modelsearch", "treebeard", "taggit")


def is_pure(path: Path) -> bool:
    """Whether a module defines something and imports nothing untyped, wherever it does so."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in nodes)
    return defines and not any(name.startswith(UNTYPED) for name in imported)


def module_name(path: Path) -> str:
    parts = list(path.relative_to(REPOSITORY).with_suffix("").parts)
    if parts[0] == "site":
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_module_without_django_is_typed_completely() -> None:
    overrides = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    [strict] = [entry["module"] for entry in overrides if entry.get("disallow_untyped_defs")]
    paths = [path for room in ROOMS for path in (REPOSITORY / room).rglob("*.py") if "migrations" not in path.parts]
    pure = {module_name(path) for path in paths if is_pure(path)}
    assert {"toolkit.finder", "governance.rights", "cms_blocks.sentences"} <= pure
    missing = {name for name in pure if not any(fnmatch(name, pattern) for pattern in strict)}
    assert missing == set(), "list them among the pure modules in pyproject.toml"
    names = {module_name(path) for path in paths}
    assert [entry for entry in strict if not any(fnmatch(name, entry) for name in names)] == [], "these are gone"
