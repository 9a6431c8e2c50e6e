"""Keys of stored items and objects are spelled in one module each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import parsed, python_files

DYNAMODB = "layers/core/cinedex/adapters/dynamodb/"
TABLE_KEYS = {f"{DYNAMODB}keys.py", f"{DYNAMODB}events/event_keys.py"}
OBJECT_KEYS = "layers/core/cinedex/library/domain/object_keys.py"
OBJECT_KEY = re.compile(r"(uploads|results)/")
TABLE_KEY = re.compile(r"#(?![a-z])|\w#")
"""A delimiter of keys. Placeholders of expressions, such as `#task`, begin a word with it."""
PART_OF_KEY = ["V#", "A#{account_id}", "#", "TURN#x#", "K#"]


def strings(path: str) -> Iterator[tuple[int, str]]:
    """String literals and the literal parts of f-strings, without docstrings."""
    tree = parsed(path)
    docstrings = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_no_other_module_of_the_dynamodb_adapters_spells_a_key() -> None:
    paths = [path for path in python_files("layers") if path.startswith(DYNAMODB) and path not in TABLE_KEYS]
    assert len(paths) > 10
    spelled = [(path, line, text) for path in paths for line, text in strings(path) if TABLE_KEY.search(text)]
    assert spelled == []


def test_no_other_module_of_the_product_spells_the_key_of_an_object() -> None:
    paths = [path for path in python_files("layers", "gpu_tasks", "functions", "local") if path != OBJECT_KEYS]
    spelled = [(path, line, text) for path in paths for line, text in strings(path) if OBJECT_KEY.match(text)]
    assert spelled == []


@pytest.mark.parametrize("text", PART_OF_KEY)
def test_parts_of_keys_are_recognised(text: str) -> None:
    assert TABLE_KEY.search(text)


@pytest.mark.parametrize("text", ["ADD #operation :one", "SET #task = :done, expires_at = :expires", "#work = :work"])
def test_placeholders_of_expressions_are_no_keys(text: str) -> None:
    assert not TABLE_KEY.search(text)
