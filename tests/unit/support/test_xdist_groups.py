"""Tests that share a fixture that is slow to start run in one process."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.media import REPOSITORY
from tests.support.xdist_groups import TOGETHER, group_of, in_order, misplaced

PLACES = [place for places in TOGETHER.values() for place in places]
SNIPPET = "tests/docs/test_snippets.py::test_a_snippet[docs/03-http-api.md:9]"
FUZZING = "tests/conformance/test_fuzzing.py::test_no_made_up_request"
PLAIN = "tests/unit/support/test_locks.py::test_a_lock"


def item_of(nodeid: str, *fixtures: str) -> Any:
    return SimpleNamespace(nodeid=nodeid, fixturenames=list(fixtures))


@pytest.mark.parametrize("place", PLACES)
def test_a_place_of_a_group_exists(place: str) -> None:
    assert (REPOSITORY / place).exists()


def test_tests_of_different_files_share_a_stack() -> None:
    assert group_of(SNIPPET) == group_of("tests/integration/reka/test_accounts.py::test_lists[a::b]") == "stack"


def test_tests_that_share_nothing_stay_with_their_file() -> None:
    assert group_of(PLAIN) == "tests/unit/support/test_locks.py"


def test_the_longest_groups_are_begun_first() -> None:
    items = [item_of(nodeid) for nodeid in (PLAIN, FUZZING, SNIPPET)]
    assert [item.nodeid for item in in_order(items)] == [SNIPPET, FUZZING, PLAIN]


def test_a_test_that_would_start_a_second_stack_is_reported() -> None:
    assert misplaced([item_of(SNIPPET, "stack"), item_of(PLAIN, "tmp_path")]) == []
    (message,) = misplaced([item_of(PLAIN, "stack")])
    assert message == f"{PLAIN} uses stack: add it to TOGETHER in tests/support/xdist_groups.py"
