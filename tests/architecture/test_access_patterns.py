"""The table of access patterns has every public method of the DynamoDB adapters, and the page shows the table."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter

from cinedex.adapters.dynamodb.lists.access_patterns import ACCESS_PATTERNS

from tests.architecture.tree import parsed, python_files
from tests.support.template import REPOSITORY

FOLDER = "layers/core/cinedex/adapters/dynamodb/"
MECHANISM = {"table.py", "repository.py", "keys.py", "items.py", "lists/video_pages.py", "lists/video_refs.py"}
MECHANISM |= {"events/event_keys.py", "events/outbox.py", "events/stream_records.py"}
"""What the adapters are made of."""


def public_methods() -> set[str]:
    paths = [p for p in python_files("layers") if p.startswith(FOLDER) and p.removeprefix(FOLDER) not in MECHANISM]
    classes = [node for path in paths for node in parsed(path).body if isinstance(node, ast.ClassDef)]
    adapters = [c for c in classes if "Protocol" not in map(ast.unparse, c.bases) and not c.name.startswith("_")]
    return {
        f"{adapter.name}.{method.name}"
        for adapter in adapters
        for method in adapter.body
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_")
    }


def test_the_table_has_every_public_method_once() -> None:
    assert Counter(row.method for row in ACCESS_PATTERNS) == Counter(public_methods())


def test_the_page_shows_the_table() -> None:
    page = (REPOSITORY / "docs/13-scale.md").read_text()
    shown = [line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 5]
    assert shown == [f"| `{row.method}` | {row.where} | {row.units} | {row.bound} |" for row in ACCESS_PATTERNS]


def test_the_page_states_the_size_of_the_answer_of_every_route_that_reads() -> None:
    paths = json.loads((REPOSITORY / "docs/openapi.json").read_text())["paths"]
    page = (REPOSITORY / "docs/13-scale.md").read_text().split("## Answers of GET routes")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([^`]+)` \|", page, re.M) == sorted(path for path in paths if "get" in paths[path])
