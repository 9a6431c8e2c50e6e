"""The files of this repository, their syntax trees and functions, for the architecture tests."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.template import REPOSITORY

PRODUCT = ("functions", "gpu_tasks", "layers", "local", "samples", "clients", "tools")


@cache
def files() -> tuple[str, ...]:
    """Paths of all files that are committed, or that `git add` would add."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(p for p in listing.stdout.splitlines() if (REPOSITORY / p).is_file()))


def python_files(*folders: str) -> list[str]:
    return [p for p in files() if p.endswith(".py") and p.split("/", 1)[0] in folders]


def text_files() -> Iterator[tuple[str, str]]:
    for path in files():
        try:
            yield path, (REPOSITORY / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@cache
def parsed(path: str) -> ast.Module:
    return ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below `node`, but no expression: that is most of what `ast.walk` visits."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield child
            yield from statements(child)


@dataclass(frozen=True)
class Function:
    path: str
    name: str
    lines: int


def functions(path: str) -> Iterator[Function]:
    """Every function and method with its number of lines from `def` to the end, without the docstring."""
    for node in statements(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node) is not None:
                lines -= (first.end_lineno or first.lineno) - first.lineno + 1
            yield Function(path, node.name, lines)


def python_path_of(module: str) -> Path:
    return REPOSITORY / f"{module.replace('.', '/')}.py"
