"""A process that works on a turn reads what was written before, and writes nothing to a turn that is gone.

DynamoDB answers a read from any copy unless the request says otherwise; moto has one copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cinedex.adapters.dynamodb.chats import DynamoDbChatStore
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.turn_log import DynamoDbTurnLog
from cinedex.chat.domain.session import Turn
from cinedex.chat.domain.turn_log import TurnEnded, TurnStarted
from cinedex.chat.usecases.turn_writer import stored
from cinedex.kernel.errors import NotFound

from tests.support.aws import new_table
from tests.support.memory.scenario import NOON
from tests.support.turns import event, session, turn

Read = Callable[[DynamoDbChatStore, DynamoDbTurnLog, Turn], object]
READS: dict[str, Read] = {
    "the turn": lambda chats, _log, of: chats.get_turn(of.session_id, of.turn_id),
    "its session": lambda chats, _log, of: chats.get_session(of.account_id, of.session_id),
    "the turns of a session": lambda chats, _log, of: chats.list_turns(of.session_id, 5),
    "the latest turns of a session": lambda chats, _log, of: chats.list_latest_turns(of.session_id, 5),
    "the events of a log": lambda _chats, log, of: log.events(of.turn_id),
    "the last event of a log": lambda _chats, log, of: log.last_sequence(of.turn_id),
    "the steps of a log": lambda _chats, log, of: log.steps(of.turn_id),
}


@pytest.fixture
def table(aws: None) -> DynamoDbTable:
    return DynamoDbTable(new_table(), sleep=lambda _: None)


@pytest.fixture
def created(table: DynamoDbTable) -> Turn:
    chats, of = DynamoDbChatStore(table), session()
    assert chats.add_session(of, None, NOON)
    made = turn(of)
    chats.add_turn(of.with_turn(made.message, NOON), made, stored(made, 1, TurnStarted()), None, NOON)
    return made


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_was_written_last_is_read(table: DynamoDbTable, created: Turn, read: Read) -> None:
    consistent: list[bool] = []

    def record(params: dict[str, Any], **_: Any) -> None:
        consistent.append(params.get("ConsistentRead", False))

    for operation in ("GetItem", "Query"):
        table._client.meta.events.register(f"provide-client-params.dynamodb.{operation}", record)
    read(DynamoDbChatStore(table), DynamoDbTurnLog(table), created)
    assert consistent == [True]


def test_the_end_of_a_turn_that_was_deleted_does_not_create_it_again(table: DynamoDbTable, created: Turn) -> None:
    chats, log = DynamoDbChatStore(table), DynamoDbTurnLog(table)
    chats.delete_session(chats.get_session(created.account_id, created.session_id))
    ended = created.completed(NOON)
    assert not log.append(stored(created, 2, TurnEnded(status=ended.status)), None, ended)
    with pytest.raises(NotFound):
        chats.get_turn(created.session_id, created.turn_id)
    assert not log.append(event(created, 1))
