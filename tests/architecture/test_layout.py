"""Number of modules per folder, lengths of functions, and unique class names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from statistics import median, quantiles

from tests.architecture.tree import PRODUCT, functions, parsed, python_files
from tests.support.template import REPOSITORY

FOLDER_MODULES_MAX = 20
LISTINGS = {"functions"}
"""Folders whose listing is the list of functions of the template: one file each, however many there are."""
FUNCTION_LINES_P95_MAX = 15
DISTRIBUTIONS = {"clients": "cinedex-client"}
"""Folder -> distribution. Classes of different distributions may share a name."""

CODE = [p for p in python_files(*PRODUCT, "benchmarks") if not p.endswith("__init__.py")]


def folder_widths() -> dict[str, int]:
    """Folder -> number of modules in it, `__init__.py` not counted."""
    widths: dict[str, int] = defaultdict(int)
    for path in CODE:
        widths[path.rpartition("/")[0]] += 1
    return dict(widths)


def function_lines() -> list[int]:
    return [f.lines for path in CODE for f in functions(path)]


def file_lines() -> list[int]:
    return [len((REPOSITORY / path).read_text(encoding="utf-8").splitlines()) for path in CODE]


def classes() -> Iterator[tuple[str, str, str]]:
    """(distribution, class, path) of every public class at the top of a module."""
    for path in CODE:
        distribution = DISTRIBUTIONS.get(path.split("/", 1)[0], "cinedex")
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield distribution, node.name, path


def test_no_folder_has_more_than_20_modules() -> None:
    assert {f: n for f, n in folder_widths().items() if n > FOLDER_MODULES_MAX and f not in LISTINGS} == {}


def test_95_percent_of_the_functions_have_at_most_15_lines() -> None:
    assert quantiles(function_lines(), n=100)[94] <= FUNCTION_LINES_P95_MAX


def test_no_two_classes_share_a_name() -> None:
    paths: dict[tuple[str, str], list[str]] = defaultdict(list)
    for distribution, name, path in classes():
        paths[distribution, name].append(path)
    assert {name: modules for (_, name), modules in paths.items() if len(modules) > 1} == {}


def report() -> str:
    """The measured figures: `python -m tests.architecture.test_layout` prints them."""
    widest = sorted(folder_widths().items(), key=lambda item: -item[1])[:5]
    folders = ", ".join(f"{folder} {width}" for folder, width in widest)
    return "\n".join(
        (_summary("files", file_lines()), _summary("functions", function_lines()), f"folders    {folders}")
    )


def _summary(name: str, lines: list[int]) -> str:
    p95 = quantiles(lines, n=100)[94]
    return f"{name:<10} {len(lines)}: median {median(lines):.0f} lines, p95 {p95:.0f}, longest {max(lines)}"


if __name__ == "__main__":
    print(report())
