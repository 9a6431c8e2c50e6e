"""What the errors of the domain carry for the APIs that report them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.kernel import errors
from cinedex.kernel.errors import (
    CinedexError,
    CollectionNameTaken,
    EntityNotFound,
    InternalError,
    InvalidInput,
    MediaError,
    StorageFull,
    StoreUnavailable,
    TooManyRequests,
    TurnBudgetExceeded,
)

from tests.support.memory.scenario import NOON

ENTITIES = {
    errors.VideoNotFound: ("video", "video_id"),
    errors.CollectionNotFound: ("collection", "collection_id"),
    errors.RunNotFound: ("run", "run_id"),
    errors.ApiKeyNotFound: ("API key", "key_id"),
    errors.SessionNotFound: ("chat session", "session_id"),
    errors.TurnNotFound: ("turn", "turn_id"),
    errors.PromptRunNotFound: ("prompt run", "prompt_run_id"),
    errors.SubtitlesNotFound: ("subtitle track", "subtitle_id"),
}


@pytest.mark.parametrize("kind", ENTITIES)
def test_a_missing_entity_is_named_with_the_field_of_its_id(kind: type[EntityNotFound]) -> None:
    noun, field = ENTITIES[kind]
    assert (kind().message, kind().field) == (f"No such {noun}.", field)
    assert (kind("x").message, kind("x", field="ids").field) == (f"No such {noun}: x", "ids")


def test_at_most_64_characters_of_an_unknown_id_are_repeated() -> None:
    assert errors.VideoNotFound("v" * 64).message == "No such video: " + "v" * 64
    assert errors.VideoNotFound("v" * 65).message == "No such video: " + "v" * 64


def test_an_error_has_a_message_and_no_field_or_details_unless_they_are_given() -> None:
    error = CinedexError("It failed.")
    assert (str(error), error.message, error.field, error.details) == ("It failed.", "It failed.", None, [])
    assert InvalidInput("Odd.", field="name", details=[1]).details == [1]
    assert InvalidInput("Odd.", field="name").field == "name"


def test_a_store_is_asked_again_after_two_seconds_and_a_full_disk_after_a_minute() -> None:
    assert (StoreUnavailable().retry_after_s, StorageFull().retry_after_s) == (2, 60)
    assert "Try again" in StoreUnavailable().message
    assert StoreUnavailable("down").message == "down"
    assert "Free some space" in StorageFull().message
    assert "internal error" in InternalError().message


def test_errors_of_limits_say_when_to_try_again() -> None:
    limited = TooManyRequests("Slow down.", retry_after_s=7)
    spent = TurnBudgetExceeded("Spent.", retry_after_s=9, resets_at=NOON + timedelta(seconds=9))
    assert (limited.retry_after_s, spent.retry_after_s, spent.resets_at) == (7, 9, NOON + timedelta(seconds=9))


def test_a_taken_name_and_the_code_of_a_file_are_reported() -> None:
    taken = CollectionNameTaken("Cats")
    assert (taken.name, taken.field, taken.message) == ("Cats", "name", "A collection named 'Cats' already exists.")
    assert (MediaError("no_streams", "Empty.").code, MediaError("no_streams", "Empty.").message) == (
        "no_streams",
        "Empty.",
    )
