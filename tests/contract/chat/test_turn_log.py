"""The log of a turn: each slot is written once, whole, and read as it was written."""

from __future__ import annotations

from cinedex.answers.domain.agent import AgentPhase, AgentTask, StateChanged, ToolFinished, ToolStarted
from cinedex.answers.domain.answer import Message, MessageRole
from cinedex.chat.domain.session import TurnStatus
from cinedex.chat.domain.turn_log import AnswerAppended, TurnEnded, TurnReassigned, TurnStarted, TurnStep

from tests.contract.chat.conftest import Chats
from tests.contract.chat.test_chat_store import add_turn, stored
from tests.support.memory.scenario import NOON
from tests.support.turns import LEASE, answered, event, tool_run


def test_events_are_read_in_order_after_a_sequence(chats: Chats) -> None:
    created = add_turn(chats, stored(chats))
    for sequence in range(2, 13):
        assert chats.log.append(event(created, sequence, str(sequence)))
    assert [e.sequence for e in chats.log.events(created.turn_id)] == list(range(1, 13))
    assert list(chats.log.events(created.turn_id, after=10)) == [event(created, 11, "11"), event(created, 12, "12")]
    assert chats.log.last_sequence(created.turn_id) == 12


def test_an_empty_log_has_no_last_event(chats: Chats) -> None:
    assert (chats.log.last_sequence("nothing"), chats.log.events("nothing")) == (0, [])


def test_a_slot_is_written_once_and_the_same_write_may_be_repeated(chats: Chats) -> None:
    created = add_turn(chats, stored(chats))
    following = created.reassigned(NOON + LEASE, NOON + 2 * LEASE)
    assert chats.log.append(event(created, 2, "1"))
    assert chats.log.append(event(created, 2, "1"))
    assert not chats.log.append(event(following, 2, "2"), TurnStep(run=tool_run()))
    assert list(chats.log.events(created.turn_id, after=1)) == [event(created, 2, "1")]
    assert chats.log.steps(created.turn_id) == []


def test_a_turn_ends_once(chats: Chats) -> None:
    created = add_turn(chats, stored(chats))
    assert chats.log.append(event(created, 2, "1"), None, created.cancelled(NOON))
    late = event(created.model_copy(update={"attempt": 2}), 2, "2")
    assert not chats.log.append(late, TurnStep(answer=answered(())), created.completed(NOON))
    assert chats.sessions.get_turn(created.session_id, created.turn_id).status == "cancelled"
    assert chats.log.steps(created.turn_id) == []


def test_steps_are_read_in_order(chats: Chats) -> None:
    created = add_turn(chats, stored(chats))
    steps = [TurnStep(run=tool_run(1)), TurnStep(run=tool_run(2)), TurnStep(answer=answered([tool_run(1)]))]
    for sequence, step in enumerate(steps, start=2):
        chats.log.append(event(created, sequence), step)
    assert list(chats.log.steps(created.turn_id)) == steps


def test_an_event_larger_than_an_item_is_read_as_it_was_written(chats: Chats) -> None:
    created = add_turn(chats, stored(chats))
    text = "".join(f"é{n}" for n in range(150_000))
    large, step = event(created, 2, text), TurnStep(run=tool_run(text=text))
    assert chats.log.append(large, step)
    assert chats.log.events(created.turn_id, after=1) == [large]
    assert chats.log.steps(created.turn_id) == [step]


def test_parts_of_a_large_event_that_lost_its_slot_do_not_mix_with_those_of_the_winner(chats: Chats) -> None:
    created = add_turn(chats, stored(chats))
    following = created.reassigned(NOON + LEASE, NOON + 2 * LEASE)
    won, lost = event(following, 2, "w" * 300_000), event(created, 2, "l" * 300_000)
    assert chats.log.append(won)
    assert not chats.log.append(lost)
    assert chats.log.events(created.turn_id, after=1) == [won]


ALL_EVENTS = [
    TurnStarted(task=AgentTask(account_id="mine", conversation=(Message(role=MessageRole.USER, content="What?"),))),
    StateChanged(phase=AgentPhase.RETRIEVING, message="One look.", step=1),
    ToolStarted(call=tool_run().call),
    ToolFinished(run=tool_run()),
    AnswerAppended(text="It is\u2028 an", offset=3),
    TurnReassigned(attempt=2),
    TurnEnded(status=TurnStatus.COMPLETED),
]


def test_every_kind_of_event_is_read_as_it_was_written(chats: Chats) -> None:
    created = add_turn(chats, stored(chats))
    written = [event(created, n).model_copy(update={"event": kind}) for n, kind in enumerate(ALL_EVENTS, start=2)]
    assert all(chats.log.append(one) for one in written)
    assert list(chats.log.events(created.turn_id, after=1)) == written
    assert [one.ends_turn for one in written] == [False] * 6 + [True]


def test_events_that_expire_and_their_parts_are_read_as_they_were_written(chats: Chats) -> None:
    created = add_turn(chats, stored(chats))
    large = event(created, 2, "é" * 200_000).model_copy(update={"expires_at": NOON})
    assert chats.log.append(large)
    assert list(chats.log.events(created.turn_id, after=1)) == [large]
