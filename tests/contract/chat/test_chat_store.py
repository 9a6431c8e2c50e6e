"""Sessions and their turns: access, order and leases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, IdempotentOperation
from cinedex.adapters.dynamodb.chats import DynamoDbChatStore
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.chat.domain.session import ChatSession, Turn
from cinedex.kernel.clock import CLOCK_DIFFERENCE_MAX
from cinedex.kernel.errors import NotFound, StaleRevision

from tests.contract.chat.conftest import Chats
from tests.support.aws import new_table
from tests.support.memory.scenario import NOON
from tests.support.turns import LEASE, event, session, turn

KEY = IdempotencyKey(operation=IdempotentOperation.CHAT, account_id="mine", context="", value="k")


def record(resource_id: str) -> IdempotencyRecord:
    until = NOON + timedelta(hours=24)
    return IdempotencyRecord(key=KEY, owner_id="o", fingerprint="f", expires_at=until, resource_id=resource_id)


def stored(chats: Chats, **fields: object) -> ChatSession:
    created = session(**fields)
    assert chats.sessions.add_session(created, None, NOON)
    return created


def add_turn(chats: Chats, of: ChatSession, *, with_key: bool = False, at: datetime = NOON) -> Turn:
    """A turn that is stored as running."""
    created, now = turn(of, at), chats.sessions.get_session(of.account_id, of.session_id)
    taken = record(created.turn_id) if with_key else None
    chats.sessions.add_turn(now.with_turn(created.message, NOON), created, event(created, 1), taken, NOON)
    return created


def test_a_session_is_found_for_its_account_only(chats: Chats) -> None:
    created = stored(chats, title="Cats")
    assert chats.sessions.get_session("mine", created.session_id) == created
    for account, session_id in (("yours", created.session_id), ("mine", "nothing")):
        with pytest.raises(NotFound):
            chats.sessions.get_session(account, session_id)


def test_sessions_are_listed_newest_first_page_by_page(chats: Chats) -> None:
    created = [stored(chats) for _ in range(5)]
    stored(chats, account_id="yours")
    first = chats.sessions.list_sessions("mine", 2)
    then = chats.sessions.list_sessions("mine", 9, first[-1].session_id)
    assert [*first, *then] == created[::-1]


def test_a_key_creates_one_session_until_it_expires(chats: Chats) -> None:
    created, again = session(), session()
    assert chats.sessions.add_session(created, record(created.session_id), NOON)
    assert not chats.sessions.add_session(again, record(again.session_id), NOON)
    assert [s.session_id for s in chats.sessions.list_sessions("mine", 9)] == [created.session_id]
    reserved = chats.idempotency.find(KEY, NOON)
    assert reserved is not None
    assert reserved.resource_id == created.session_id
    assert chats.idempotency.find(KEY, NOON + timedelta(hours=25)) is None


def test_a_turn_is_stored_with_its_first_event_and_counted(chats: Chats) -> None:
    of = stored(chats)
    created = add_turn(chats, of)
    assert chats.sessions.get_turn(of.session_id, created.turn_id) == created
    assert [e.sequence for e in chats.log.events(created.turn_id)] == [1]
    counted = chats.sessions.get_session("mine", of.session_id)
    assert (counted.turn_count, counted.title, counted.last_turn_at) == (1, "What is drunk?", NOON)


def test_of_two_turns_added_at_the_same_instant_one_is_rejected(chats: Chats) -> None:
    of = stored(chats)
    created = turn(of)
    add_turn(chats, of)
    with pytest.raises(StaleRevision):
        chats.sessions.add_turn(of.with_turn("x", NOON), created, event(created, 1), None, NOON)
    with pytest.raises(NotFound):
        chats.sessions.get_turn(of.session_id, created.turn_id)
    assert chats.log.events(created.turn_id) == []


def test_a_key_creates_one_turn(chats: Chats) -> None:
    of = stored(chats)
    created = add_turn(chats, of, with_key=True)
    with pytest.raises(StaleRevision):
        add_turn(chats, of, with_key=True)
    reserved = chats.idempotency.find(KEY, NOON)
    assert reserved is not None
    assert reserved.resource_id == created.turn_id
    assert [t.turn_id for t in chats.sessions.list_turns(of.session_id, 9)] == [created.turn_id]


def standalone(chats: Chats) -> Turn:
    created = turn(session()).model_copy(update={"expires_at": NOON + timedelta(days=1)})
    created = created.model_copy(update={"session_id": created.turn_id})
    chats.sessions.add_turn(None, created, event(created, 1), record(created.turn_id), NOON)
    return created


def test_a_standalone_turn_is_stored_without_a_session_and_once_for_its_key(chats: Chats) -> None:
    created = standalone(chats)
    assert created.is_standalone
    assert chats.sessions.get_turn(created.turn_id, created.turn_id) == created
    assert [e.sequence for e in chats.log.events(created.turn_id)] == [1]
    assert created.turn_id in [t.turn_id for t in chats.sessions.list_open_turns()]
    assert chats.sessions.list_sessions(created.account_id, 9) == []
    with pytest.raises(StaleRevision):
        standalone(chats)


def test_a_standalone_turn_is_leased_and_ends_as_others_do(chats: Chats) -> None:
    created = standalone(chats)
    late = NOON + LEASE
    following = created.reassigned(late, late + LEASE)
    assert chats.sessions.lease(following, late)
    assert chats.log.append(event(following, 2), None, following.completed(late))
    ended = chats.sessions.get_turn(created.turn_id, created.turn_id)
    assert (ended.status, ended.expires_at) == ("completed", created.expires_at)


def test_a_turn_of_another_session_is_not_found(chats: Chats) -> None:
    created, other = add_turn(chats, stored(chats)), stored(chats)
    with pytest.raises(NotFound):
        chats.sessions.get_turn(other.session_id, created.turn_id)


def test_turns_are_listed_oldest_first_in_pages_or_only_the_latest(chats: Chats) -> None:
    of = stored(chats)
    created = [add_turn(chats, of).turn_id for _ in range(4)]
    first = chats.sessions.list_turns(of.session_id, 3)
    then = chats.sessions.list_turns(of.session_id, 3, first[-1].turn_id)
    assert [t.turn_id for t in (*first, *then)] == created
    assert [t.turn_id for t in chats.sessions.list_latest_turns(of.session_id, 2)] == created[-2:]
    assert chats.sessions.list_latest_turns(of.session_id, 0) == []


def test_an_expired_lease_is_taken_once(chats: Chats) -> None:
    created, late = add_turn(chats, stored(chats)), NOON + LEASE
    following = created.reassigned(late, late + LEASE)
    assert not chats.sessions.lease(following, late - timedelta(seconds=1))
    assert chats.sessions.lease(following, late)
    assert not chats.sessions.lease(following, late)
    assert chats.sessions.get_turn(created.session_id, created.turn_id).attempt == 2


def test_a_lease_that_a_wrong_clock_gave_for_longer_than_leases_last_is_taken_at_once(chats: Chats) -> None:
    created = add_turn(chats, stored(chats), at=NOON + timedelta(days=4))
    assert chats.sessions.lease(created.reassigned(NOON, NOON + LEASE), NOON)
    assert chats.sessions.get_turn(created.session_id, created.turn_id).leased_until == NOON + LEASE


def test_a_lease_of_a_clock_that_differs_a_little_is_valid(chats: Chats) -> None:
    created = add_turn(chats, stored(chats), at=NOON + CLOCK_DIFFERENCE_MAX)
    following = created.model_copy(update={"attempt": 2, "leased_until": NOON + LEASE})
    assert not chats.sessions.lease(following, NOON)


def test_a_lease_is_renewed_by_its_holder_only(chats: Chats) -> None:
    created, late = add_turn(chats, stored(chats)), NOON + LEASE
    assert chats.sessions.renew(created, late + LEASE)
    assert chats.sessions.get_turn(created.session_id, created.turn_id).leased_until == late + LEASE
    following = created.model_copy(update={"leased_until": late}).reassigned(late, late + 3 * LEASE)
    assert chats.sessions.lease(following, late + LEASE)
    assert not chats.sessions.renew(created, late + 9 * LEASE)
    assert chats.sessions.renew(following, late + 9 * LEASE)


def test_an_ended_turn_is_not_open_and_is_neither_leased_nor_renewed(chats: Chats) -> None:
    created, other = add_turn(chats, stored(chats)), add_turn(chats, stored(chats))
    assert {t.turn_id for t in chats.sessions.list_open_turns()} == {created.turn_id, other.turn_id}
    ended = created.cancelled(NOON)
    assert chats.log.append(event(created, 2, "error"), None, ended)
    assert chats.sessions.get_turn(created.session_id, created.turn_id) == ended
    assert [t.turn_id for t in chats.sessions.list_open_turns()] == [other.turn_id]
    late = NOON + LEASE
    assert not chats.sessions.renew(created, late)
    assert not chats.sessions.lease(created.reassigned(late, late + LEASE), late)


def test_the_turns_of_a_deleted_session_are_neither_read_nor_written(chats: Chats) -> None:
    of, other = stored(chats), stored(chats)
    created, stays = add_turn(chats, of), add_turn(chats, other)
    chats.log.append(event(created, 2, "error"), None, created.cancelled(NOON))
    chats.sessions.delete_session(chats.sessions.get_session("mine", of.session_id))
    with pytest.raises(NotFound):
        chats.sessions.get_session("mine", of.session_id)
    assert chats.sessions.list_turns(of.session_id, 9) == []
    assert (chats.log.events(created.turn_id), chats.log.steps(created.turn_id)) == ([], [])
    assert not chats.log.append(event(created, 2, "agent_state"))
    assert not chats.sessions.renew(created, NOON + LEASE)
    assert chats.sessions.get_turn(other.session_id, stays.turn_id) == stays


def test_the_lease_of_a_turn_that_was_deleted_is_not_tried_again(
    chats: Chats, caplog: pytest.LogCaptureFixture
) -> None:
    of = stored(chats)
    created, late = add_turn(chats, of), NOON + LEASE
    chats.log.append(event(created, 2, "error"), None, created.cancelled(NOON))
    chats.sessions.delete_session(chats.sessions.get_session("mine", of.session_id))
    assert not chats.sessions.renew(created, late)
    assert not chats.sessions.lease(created.reassigned(late, late + LEASE), late)
    assert [r for r in caplog.records if r.name == "cinedex.kernel.retry"] == []


def test_a_lease_that_fails_in_every_attempt_is_logged_with_the_turn_and_the_cause(
    aws: object, caplog: pytest.LogCaptureFixture
) -> None:
    table = DynamoDbTable(new_table(), sleep=lambda _pause_s: None)
    sessions = DynamoDbChatStore(table)
    of = session()
    assert sessions.add_session(of, None, NOON)
    created = turn(of)
    sessions.add_turn(of.with_turn(created.message, NOON), created, event(created, 1), None, NOON)
    assert not sessions.lease(created.reassigned(NOON + LEASE, NOON + 2 * LEASE), NOON)
    (record,) = [r for r in caplog.records if r.name == "cinedex.kernel.retry"]
    assert record.message == f"all attempts to update turn {created.turn_id} failed"
    assert "ConditionalCheckFailedException" in (record.exc_text or "")


def test_a_session_to_which_a_turn_was_added_meanwhile_is_not_deleted(chats: Chats) -> None:
    of = stored(chats)
    add_turn(chats, of)
    with pytest.raises(StaleRevision):
        chats.sessions.delete_session(of)
    assert chats.sessions.get_session("mine", of.session_id).turn_count == 1
