"""The function that fills, swaps and drops search indexes, as the operator of a deployment invokes it."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import StateConflict
from pydantic import ValidationError

from functions.manage_index import handler
from tests.support.golden import received
from tests.support.memory.app_fixture import InMemoryApp


def test_an_index_is_filled_swapped_and_dropped_by_four_orders(memory_app: InMemoryApp) -> None:
    memory_app.analysed()
    before = handler({}, None)
    assert (before["reindexing"], before["versions"]["next"]) == (None, [])
    filled = handler(received("manage_index"), None)
    assert filled["reindexing"]["status"] == "filled"
    assert filled["reindexing"]["segments_done"] == filled["versions"]["next"][0]["segment_count"] == 3
    assert handler({"action": "swap"}, None)["versions"]["old"][0]["segment_count"] == 3
    assert handler({"action": "drop"}, None)["versions"]["old"] == []


def test_an_order_that_makes_no_sense_changes_nothing(memory_app: InMemoryApp) -> None:
    with pytest.raises(ValidationError):
        handler({"action": "burn"}, None)
    with pytest.raises(StateConflict):
        handler({"action": "swap"}, None)
    assert memory_app.versions.versions().next == ()
