"""Sessions and their turns: who may see them, in which order, and who may work on them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, IdempotentOperation
from cinedex.chat.domain.session import ChatSession, Turn
from cinedex.kernel.errors import NotFound, StaleRevision

from tests.contract.chat.conftest import Chats
from tests.support.memory.scenario import NOON
from tests.support.turns import LEASE, event, session, turn

KEY = IdempotencyKey(operation=IdempotentOperation.CHAT, account_id="mine", context="", value="k")


def record(resource_id: str) -> IdempotencyRecord:
    until = NOON + timedelta(hours=24)
    return IdempotencyRecord(key=KEY, owner_id="o", fingerprint="f", expires_at=until, resource_id=resource_id)


def stored(chats: Chats, **told: object) -> ChatSession:
    made = session(**told)
    assert chats.sessions.add_session(made, None, NOON)
    return made


def asked(chats: Chats, of: ChatSession, *, with_key: bool = False) -> Turn:
    """A turn that is stored as running."""
    made, now = turn(of), chats.sessions.get_session(of.account_id, of.session_id)
    taken = record(made.turn_id) if with_key else None
    chats.sessions.add_turn(now.with_turn(made.message, NOON), made, event(made, 1), taken, NOON)
    return made


def test_a_session_is_there_for_its_account_only(chats: Chats) -> None:
    made = stored(chats, title="Cats")
    assert chats.sessions.get_session("mine", made.session_id) == made
    for account, session_id in (("yours", made.session_id), ("mine", "nothing")):
        with pytest.raises(NotFound):
            chats.sessions.get_session(account, session_id)


def test_sessions_are_listed_newest_first_page_by_page(chats: Chats) -> None:
    made = [stored(chats) for _ in range(5)]
    stored(chats, account_id="yours")
    first = chats.sessions.list_sessions("mine", 2)
    then = chats.sessions.list_sessions("mine", 9, first[-1].session_id)
    assert [*first, *then] == made[::-1]


def test_a_key_makes_one_session_until_it_expires(chats: Chats) -> None:
    made, again = session(), session()
    assert chats.sessions.add_session(made, record(made.session_id), NOON)
    assert not chats.sessions.add_session(again, record(again.session_id), NOON)
    assert [s.session_id for s in chats.sessions.list_sessions("mine", 9)] == [made.session_id]
    found = chats.idempotency.find(KEY, NOON)
    assert found is not None
    assert found.resource_id == made.session_id
    assert chats.idempotency.find(KEY, NOON + timedelta(hours=25)) is None


def test_a_turn_is_stored_with_its_first_event_and_counted(chats: Chats) -> None:
    of = stored(chats)
    made = asked(chats, of)
    assert chats.sessions.get_turn(of.session_id, made.turn_id) == made
    assert [e.sequence for e in chats.log.events(made.turn_id)] == [1]
    counted = chats.sessions.get_session("mine", of.session_id)
    assert (counted.turn_count, counted.title, counted.last_turn_at) == (1, "What is drunk?", NOON)


def test_of_two_that_ask_at_the_same_instant_one_has_to_try_again(chats: Chats) -> None:
    of = stored(chats)
    made = turn(of)
    asked(chats, of)
    with pytest.raises(StaleRevision):
        chats.sessions.add_turn(of.with_turn("x", NOON), made, event(made, 1), None, NOON)
    with pytest.raises(NotFound):
        chats.sessions.get_turn(of.session_id, made.turn_id)
    assert chats.log.events(made.turn_id) == []


def test_a_key_makes_one_turn(chats: Chats) -> None:
    of = stored(chats)
    made = asked(chats, of, with_key=True)
    with pytest.raises(StaleRevision):
        asked(chats, of, with_key=True)
    found = chats.idempotency.find(KEY, NOON)
    assert found is not None
    assert found.resource_id == made.turn_id
    assert [t.turn_id for t in chats.sessions.list_turns(of.session_id, 9)] == [made.turn_id]


def standalone(chats: Chats) -> Turn:
    made = turn(session()).model_copy(update={"expires_at": NOON + timedelta(days=1)})
    made = made.model_copy(update={"session_id": made.turn_id})
    chats.sessions.add_turn(None, made, event(made, 1), record(made.turn_id), NOON)
    return made


def test_a_standalone_turn_is_stored_without_a_session_and_once_for_its_key(chats: Chats) -> None:
    made = standalone(chats)
    assert made.is_standalone
    assert chats.sessions.get_turn(made.turn_id, made.turn_id) == made
    assert [e.sequence for e in chats.log.events(made.turn_id)] == [1]
    assert made.turn_id in [t.turn_id for t in chats.sessions.list_open_turns()]
    assert chats.sessions.list_sessions(made.account_id, 9) == []
    with pytest.raises(StaleRevision):
        standalone(chats)


def test_a_standalone_turn_is_leased_and_ends_as_others_do(chats: Chats) -> None:
    made = standalone(chats)
    late = NOON + LEASE
    following = made.reassigned(late, late + LEASE)
    assert chats.sessions.lease(following, late)
    assert chats.log.append(event(following, 2), None, following.completed(late))
    ended = chats.sessions.get_turn(made.turn_id, made.turn_id)
    assert (ended.status, ended.expires_at) == ("completed", made.expires_at)


def test_a_turn_of_another_session_is_not_found(chats: Chats) -> None:
    made, other = asked(chats, stored(chats)), stored(chats)
    with pytest.raises(NotFound):
        chats.sessions.get_turn(other.session_id, made.turn_id)


def test_turns_are_listed_oldest_first_and_the_latest_can_be_had_alone(chats: Chats) -> None:
    of = stored(chats)
    made = [asked(chats, of).turn_id for _ in range(4)]
    first = chats.sessions.list_turns(of.session_id, 3)
    then = chats.sessions.list_turns(of.session_id, 3, first[-1].turn_id)
    assert [t.turn_id for t in (*first, *then)] == made
    assert [t.turn_id for t in chats.sessions.list_latest_turns(of.session_id, 2)] == made[-2:]
    assert chats.sessions.list_latest_turns(of.session_id, 0) == []


def test_a_lease_is_taken_when_it_has_passed_and_by_one(chats: Chats) -> None:
    made, late = asked(chats, stored(chats)), NOON + LEASE
    following = made.reassigned(late, late + LEASE)
    assert not chats.sessions.lease(following, late - timedelta(seconds=1))
    assert chats.sessions.lease(following, late)
    assert not chats.sessions.lease(following, late)
    assert chats.sessions.get_turn(made.session_id, made.turn_id).attempt == 2


def test_a_lease_is_renewed_by_its_holder_only(chats: Chats) -> None:
    made, late = asked(chats, stored(chats)), NOON + LEASE
    assert chats.sessions.renew(made, late + LEASE)
    assert chats.sessions.get_turn(made.session_id, made.turn_id).leased_until == late + LEASE
    following = made.model_copy(update={"leased_until": late}).reassigned(late, late + 3 * LEASE)
    assert chats.sessions.lease(following, late + LEASE)
    assert not chats.sessions.renew(made, late + 9 * LEASE)
    assert chats.sessions.renew(following, late + 9 * LEASE)


def test_a_turn_that_has_ended_is_open_no_more_and_can_neither_be_leased_nor_renewed(chats: Chats) -> None:
    made, other = asked(chats, stored(chats)), asked(chats, stored(chats))
    assert {t.turn_id for t in chats.sessions.list_open_turns()} == {made.turn_id, other.turn_id}
    ended = made.cancelled(NOON)
    assert chats.log.append(event(made, 2, "error"), None, ended)
    assert chats.sessions.get_turn(made.session_id, made.turn_id) == ended
    assert [t.turn_id for t in chats.sessions.list_open_turns()] == [other.turn_id]
    late = NOON + LEASE
    assert not chats.sessions.renew(made, late)
    assert not chats.sessions.lease(made.reassigned(late, late + LEASE), late)


def test_a_deleted_session_leaves_nothing_to_read_and_nothing_to_write(chats: Chats) -> None:
    of, other = stored(chats), stored(chats)
    made, stays = asked(chats, of), asked(chats, other)
    chats.log.append(event(made, 2, "error"), None, made.cancelled(NOON))
    chats.sessions.delete_session(chats.sessions.get_session("mine", of.session_id))
    with pytest.raises(NotFound):
        chats.sessions.get_session("mine", of.session_id)
    assert chats.sessions.list_turns(of.session_id, 9) == []
    assert (chats.log.events(made.turn_id), chats.log.steps(made.turn_id)) == ([], [])
    assert not chats.log.append(event(made, 2, "agent_state"))
    assert not chats.sessions.renew(made, NOON + LEASE)
    assert chats.sessions.get_turn(other.session_id, stays.turn_id) == stays


def test_a_session_in_which_a_turn_was_asked_meanwhile_is_not_deleted(chats: Chats) -> None:
    of = stored(chats)
    asked(chats, of)
    with pytest.raises(StaleRevision):
        chats.sessions.delete_session(of)
    assert chats.sessions.get_session("mine", of.session_id).turn_count == 1
