"""The random order of the tests that need no stack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.random_order import header, shuffled


class Item:
    def __init__(self, nodeid: str) -> None:
        self.nodeid = nodeid


ITEMS: list[Any] = [
    Item(f"{folder}/test_{file}.py::test_{number}")
    for folder in ("tests/docs", "tests/unit/kernel", "tests/integration/reka", "tests/contract/chat")
    for file in "abc"
    for number in range(5)
]


def order(monkeypatch: pytest.MonkeyPatch, seed: str) -> list[str]:
    monkeypatch.setenv("TEST_SEED", seed)
    return [item.nodeid for item in shuffled(ITEMS)]


def test_a_seed_is_an_order_of_all_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    first = order(monkeypatch, "1")
    assert order(monkeypatch, "1") == first != order(monkeypatch, "2")
    assert sorted(first) == sorted(item.nodeid for item in ITEMS)
    assert header() == ["random order of tests/unit/, tests/functional/, tests/contract/: TEST_SEED=2"]


def test_the_tests_of_a_file_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [nodeid.split("::")[0] for nodeid in order(monkeypatch, "1")]
    assert len([f for f, before in zip(files, ["", *files], strict=False) if f != before]) == len(set(files))


def test_tests_of_a_stack_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = [i.nodeid for i in ITEMS if i.nodeid.startswith(("tests/docs", "tests/integration"))]
    assert [nodeid for nodeid in order(monkeypatch, "1") if nodeid in fixed] == fixed


def test_without_a_seed_nothing_is_shuffled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_SEED", raising=False)
    assert shuffled(ITEMS) == ITEMS
    assert header() == []
