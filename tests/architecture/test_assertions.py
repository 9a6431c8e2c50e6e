"""Every test asserts something: by `assert`, by an expected error, or in a function that it calls by its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from tests.architecture.tree import parsed, python_files

EXPECTATIONS = {"pytest.raises", "pytest.warns", "pytest.fail"}
ASSERTED_ELSEWHERE = {
    "test_a_snippet_runs_and_its_response_has_the_shown_shape": "Sybil evaluates the snippet and raises what differs.",
}
"""Tests whose assertions cannot be seen here, each with the reason."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def functions() -> tuple[tuple[str, FunctionNode], ...]:
    """(path, function) of every function of the tests."""
    paths = [path for path in python_files("tests") if not path.startswith("tests/mutants/")]
    nodes = ((path, node) for path in paths for node in ast.walk(parsed(path)))
    return tuple((path, node) for path, node in nodes if isinstance(node, FunctionNode))


def asserts(function: FunctionNode) -> bool:
    return any(isinstance(node, ast.Assert) or is_expectation(node) for node in ast.walk(function))


def is_expectation(node: ast.AST) -> bool:
    """`pytest.raises` and the like, and methods such as `stubber.assert_no_pending_responses`."""
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return name in EXPECTATIONS or name.rpartition(".")[2].startswith("assert_")


def called(function: FunctionNode) -> set[str]:
    """Names of functions, but not of methods, because a method of that name need not be the one that asserts."""
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {name.id for name in calls if isinstance(name, ast.Name)}


def asserting() -> set[str]:
    """Names of the functions that assert, or that call one which does."""
    found = {node.name for _, node in functions() if not node.name.startswith("test_") and asserts(node)}
    while True:
        more = {node.name for _, node in functions() if not node.name.startswith("test_") and called(node) & found}
        if more <= found:
            return found
        found |= more


def without_assertion() -> Iterator[str]:
    names = asserting()
    for path, node in functions():
        if node.name.startswith("test_") and not asserts(node) and not called(node) & names:
            yield f"{path}:{node.lineno}: {node.name}"


def test_every_test_asserts_something() -> None:
    assert [t for t in without_assertion() if t.rpartition(" ")[2] not in ASSERTED_ELSEWHERE] == []


def test_a_test_without_assertion_is_recognised() -> None:
    one, other = ast.parse("def test_one():\n    delete('k')\n\ndef test_other():\n    assert find('k') is None\n").body
    assert isinstance(one, ast.FunctionDef)
    assert isinstance(other, ast.FunctionDef)
    assert (asserts(one), asserts(other)) == (False, True)
