"""A session counts its turns; a turn goes from pending to running to one end, under a lease that expires."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cinedex.chat.domain.session import (
    ChatSession,
    EffectiveScope,
    Turn,
    TurnError,
    TurnErrorCode,
    TurnScope,
    TurnStatus,
    title_of,
)
from cinedex.chat.domain.turn_log import AnswerAppended, StoredEvent, TurnReassigned, TurnStarted
from cinedex.kernel.errors import StateConflict
from pydantic import ValidationError

from tests.support.memory.scenario import NOON
from tests.support.turns import LEASE, session, turn

SECOND = timedelta(seconds=1)
FAILURE = TurnError(code=TurnErrorCode.FAILED, message="It failed.")


def pending() -> Turn:
    return Turn.model_validate(turn(session()).model_dump() | {"status": "pending", "attempt": 0, "leased_until": None})


@pytest.mark.parametrize("status", list(TurnStatus))
def test_a_turn_is_final_when_it_has_completed_failed_or_was_cancelled(status: TurnStatus) -> None:
    assert status.is_final is (status.value in ("completed", "failed", "cancelled"))


def test_a_session_counts_a_turn_and_keeps_the_title_that_it_has() -> None:
    later = NOON + SECOND
    first = session().with_turn("What is drunk?", NOON)
    assert (first.turn_count, first.title, first.last_turn_at, first.updated_at) == (1, "What is drunk?", NOON, NOON)
    second = first.with_turn("And then?", later)
    assert (second.turn_count, second.title, second.last_turn_at, second.updated_at) == (2, first.title, later, later)
    assert second.created_at == NOON


def test_a_new_session_has_no_turn() -> None:
    assert (session().turn_count, session().last_turn_at, session().title) == (0, None, None)


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("y" * 80, "y" * 80),
        ("y" * 81, "y" * 79 + "…"),
        ("y" * 40 + " " + "z" * 39, "y" * 40 + " " + "z" * 39),
        ("y" * 40 + " " + "z" * 40, "y" * 40 + "…"),
        ("a b " + "y" * 80, "a b…"),
    ],
)
def test_a_title_has_at_most_80_characters_and_is_cut_between_words(message: str, title: str) -> None:
    assert title_of(message) == title
    assert len(title) <= 80


def test_a_turn_that_starts_is_the_first_attempt_and_is_leased() -> None:
    started = pending().started(NOON + SECOND, NOON + LEASE)
    assert (started.status, started.attempt, started.started_at, started.leased_until) == (
        TurnStatus.RUNNING,
        1,
        NOON + SECOND,
        NOON + LEASE,
    )
    with pytest.raises(StateConflict, match="is running, not pending"):
        started.started(NOON, NOON + LEASE)


@pytest.mark.parametrize(
    ("after", "orphaned"),
    [(LEASE - SECOND, False), (LEASE, True), (LEASE + SECOND, True)],
    ids=["before", "at", "after"],
)
def test_a_turn_is_orphaned_from_the_moment_at_which_its_lease_ends(after: timedelta, orphaned: bool) -> None:
    leased, now = turn(session()), NOON + after
    assert leased.is_orphaned(now, now + LEASE) is orphaned
    if orphaned:
        following = leased.reassigned(now, now + LEASE)
        assert (following.attempt, following.leased_until) == (2, now + LEASE)
    else:
        with pytest.raises(StateConflict, match="Another process"):
            leased.reassigned(now, now + LEASE)


@pytest.mark.parametrize(("set_back_s", "orphaned"), [(60, False), (61, True)])
def test_a_lease_that_ends_more_than_a_minute_too_late_was_given_by_a_wrong_clock(
    set_back_s: int, orphaned: bool
) -> None:
    now = NOON - timedelta(seconds=set_back_s)
    assert turn(session()).is_orphaned(now, now + LEASE) is orphaned


def test_a_turn_without_a_lease_is_not_orphaned() -> None:
    assert not pending().is_orphaned(NOON, NOON + LEASE)


@pytest.mark.parametrize("status", [TurnStatus.COMPLETED, TurnStatus.FAILED, TurnStatus.CANCELLED])
def test_a_turn_that_ends_has_its_time_and_no_lease_and_ends_once(status: TurnStatus) -> None:
    running, now = turn(session()), NOON + SECOND
    ends = {
        TurnStatus.COMPLETED: lambda t: t.completed(now),
        TurnStatus.FAILED: lambda t: t.failed(now, FAILURE),
        TurnStatus.CANCELLED: lambda t: t.cancelled(now),
    }
    ended = ends[status](running)
    codes = {TurnStatus.COMPLETED: None, TurnStatus.FAILED: "failed", TurnStatus.CANCELLED: "cancelled"}
    assert (ended.status, ended.completed_at, ended.leased_until) == (status, now, None)
    assert (ended.error.code.value if ended.error else None) == codes[status]
    for end in ends.values():
        with pytest.raises(StateConflict, match=f"is {status.value}, not running"):
            end(ended)


def test_a_turn_is_standalone_when_its_session_is_itself() -> None:
    of_session = turn(session())
    assert not of_session.is_standalone
    assert of_session.model_copy(update={"session_id": "".join(list(of_session.turn_id))}).is_standalone


def test_a_scope_that_names_collections_restricts_the_agent_to_them() -> None:
    assert EffectiveScope(collection_ids=("c",)).for_agent.collection_ids == ("c",)
    assert EffectiveScope(all_collections=True).for_agent.collection_ids is None
    assert EffectiveScope().for_agent.collection_ids == ()


def test_turns_of_version_0_1_are_read_with_their_names() -> None:
    assert TurnScope.model_validate({"index_ids": ["c"]}).collection_ids == ("c",)
    stored = EffectiveScope.model_validate({"index_ids": ["c"], "everything": True})
    assert (stored.collection_ids, stored.all_collections) == (("c",), True)
    codes = {
        "turn_cancelled": TurnErrorCode.CANCELLED,
        "turn_failed": TurnErrorCode.FAILED,
        "internal_error": TurnErrorCode.INTERNAL,
        "turn_interrupted": TurnErrorCode.INTERRUPTED,
        "resource_not_found": TurnErrorCode.NOT_FOUND,
        "rate_limit_exceeded": TurnErrorCode.RATE_LIMITED,
        "service_unavailable": TurnErrorCode.UNAVAILABLE,
    }
    assert {name: TurnErrorCode(name) for name in codes} == codes
    with pytest.raises(ValueError, match="unheard_of"):
        TurnErrorCode("unheard_of")


EVENT = {"turn_id": "t", "sequence": 1, "attempt": 0, "event": TurnStarted()}


@pytest.mark.parametrize(
    ("model", "fields", "name", "least"),
    [
        (ChatSession, session().model_dump(), "turn_count", 0),
        (Turn, turn(session()).model_dump(), "turn_index", 0),
        (Turn, turn(session()).model_dump(), "attempt", 0),
        (Turn, turn(session()).model_dump(), "tokens_reserved", 0),
        (StoredEvent, EVENT, "sequence", 1),
        (StoredEvent, EVENT, "attempt", 0),
        (AnswerAppended, {"text": "Tea"}, "offset", 0),
        (TurnReassigned, {}, "attempt", 2),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_counts_begin_at_their_first_number(model: Any, fields: dict[str, Any], name: str, least: int) -> None:
    assert getattr(model.model_validate(fields | {name: least}), name) == least
    with pytest.raises(ValidationError, match=name):
        model.model_validate(fields | {name: least - 1})


def test_a_turn_reserves_nothing_and_has_no_attempt_by_default() -> None:
    fields = {"turn_id": "t", "session_id": "s", "account_id": "a", "turn_index": 0, "message": "Who?"}
    made = Turn(**fields, effective_scope=EffectiveScope(), created_at=NOON)
    assert (made.tokens_reserved, made.attempt, made.status) == (0, 0, TurnStatus.PENDING)
