"""Random order of the tests that need no stack: files in any order, and the tests of a file in any order.

`TEST_SEED` selects the order; without it, tests run in their own order. Continuous integration draws a seed, which the
header of the run shows. Tests of a stack keep the order of `xdist_groups`, because the stack costs more than they do.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from itertools import groupby

import pytest

SHUFFLED = ("tests/unit/", "tests/functional/", "tests/contract/")


def seed() -> str | None:
    return os.environ.get("TEST_SEED")


def header() -> list[str]:
    return [f"random order of {', '.join(SHUFFLED)}: TEST_SEED={seed()}"] if seed() else []


def shuffled(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The same for the same seed, in every process of a run."""
    if not seed():
        return list(items)
    order = random.Random(seed())
    files = [list(tests) for _, tests in groupby(items, key=_file_of)]
    movable = [tests for tests in files if _is_shuffled(tests[0])]
    order.shuffle(movable)
    for tests in movable:
        order.shuffle(tests)
    fixed = [tests for tests in files if not _is_shuffled(tests[0])]
    return [test for tests in (*movable, *fixed) for test in tests]


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.split("::")[0]


def _is_shuffled(item: pytest.Item) -> bool:
    return _file_of(item).startswith(SHUFFLED)
