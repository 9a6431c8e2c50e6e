"""Stored events of version 1 are read as events of the present version."""

from __future__ import annotations

import pytest
from cinedex.chat.domain.turn_log import RenderedEvent, StoredEvent

VERSION_1 = {"turn_id": "t", "sequence": 3, "attempt": 1, "name": "answer_delta", "data": '{"text":"Tea."}'}


def test_an_event_of_version_1_is_read_as_it_was_sent() -> None:
    event = StoredEvent.model_validate(VERSION_1)
    assert (event.turn_id, event.sequence, event.attempt) == ("t", 3, 1)
    assert event.event == RenderedEvent(name="answer_delta", data='{"text":"Tea."}')
    assert StoredEvent.model_validate_json(event.model_dump_json()) == event


@pytest.mark.parametrize(
    ("name", "ends"), [("turn_completed", True), ("error", True), ("answer_delta", False), ("turn_started", False)]
)
def test_a_turn_of_version_1_ends_with_its_answer_or_its_error(name: str, ends: bool) -> None:
    assert StoredEvent.model_validate({**VERSION_1, "name": name}).ends_turn is ends
