"""Retries go through `kernel.retry`, and sleeping through the clock or a parameter."""

from __future__ import annotations

import ast

from tests.architecture.tree import parsed, python_files

RETRY = "layers/core/cinedex/kernel/retry.py"
CLOCK = "layers/core/cinedex/adapters/system_clock.py"


def calls(path: str) -> set[str]:
    """Dotted names of the functions that a module calls."""
    return {ast.unparse(n.func) for n in ast.walk(parsed(path)) if isinstance(n, ast.Call)}


def test_only_the_clock_sleeps() -> None:
    sleeping = [path for path in python_files("layers", "functions") if "time.sleep" in calls(path)]
    assert sleeping == [CLOCK]


def test_only_the_retry_policy_draws_a_pause() -> None:
    drawing = [path for path in python_files("layers", "functions") if "random.uniform" in calls(path)]
    assert drawing == [RETRY]
