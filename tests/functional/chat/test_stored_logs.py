"""Logs stored by version 0.1, in the JSON of the VideoVector API, are still read, streamed and continued.

The items and the streams are those of a real library that the version before wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.adapters.dynamodb.chats import DynamoDbChatStore
from cinedex.adapters.dynamodb.items import load
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.turn_log import DynamoDbTurnLog
from cinedex.bootstrap import providers
from starlette.testclient import TestClient

from functions.chat_stream import app
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.table import mocked_aws, table
from tests.support.turns import ANSWER

__all__ = ["mocked_aws", "table"]

STORED = Path(__file__).parent / "stored_logs"
SESSION = "01a22089-db38-72cd-a4be-4e3d709e43bc"
TURNS = {"completed": "01a22089-db52-7629-87fb-a5377a2656b6", "no_match": "01a22089-dcde-7514-b2c7-be8364ee8fae"}
PATH = f"/api/v2/chat/sessions/{SESSION}/turns"


@pytest.fixture
def items(table: DynamoDbTable) -> list[dict[str, Any]]:
    """The stored items, which the test may change before it writes them."""
    stored: list[dict[str, Any]] = json.loads((STORED / "version_1.json").read_text(encoding="utf-8"))
    return stored


@pytest.fixture
def call(table: DynamoDbTable, memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    chats, log = DynamoDbChatStore(table), DynamoDbTurnLog(table)
    monkeypatch.setattr(providers, "chats", lambda: chats)
    monkeypatch.setattr(providers, "turn_log", lambda: log)
    monkeypatch.setattr("cinedex.bootstrap.chat.agent", lambda: memory_app.agent)
    _, secret = memory_app.manage_api_keys.create("local", "laptop", Scope.SEARCH)
    with TestClient(app, headers={"X-Api-Key": secret}) as client:
        yield client


def write(table: DynamoDbTable, items: list[dict[str, Any]]) -> None:
    for item in items:
        table.put(load(item))


def logged(stream: bytes) -> bytes:
    """Without `turn_resumed`, which is not in the log."""
    first, rest = stream.split(b"\n\n", 1)
    assert first.startswith(b"event: turn_resumed\n")
    return rest


@pytest.mark.parametrize("name", TURNS)
def test_a_log_of_version_1_is_streamed_as_it_was(
    table: DynamoDbTable, items: list[dict[str, Any]], call: TestClient, name: str
) -> None:
    write(table, items)
    stream = logged(call.get(f"{PATH}/{TURNS[name]}/stream").content)
    assert stream == (STORED / f"{name}.sse").read_bytes()


def test_a_log_of_version_1_is_streamed_after_the_last_event_of_the_client(
    table: DynamoDbTable, items: list[dict[str, Any]], call: TestClient
) -> None:
    write(table, items)
    stream = logged(call.get(f"{PATH}/{TURNS['completed']}/stream", headers={"Last-Event-ID": "3"}).content)
    assert stream == b"\n\n".join((STORED / "completed.sse").read_bytes().split(b"\n\n")[3:])


def test_a_turn_that_version_1_began_is_continued(
    table: DynamoDbTable, items: list[dict[str, Any]], call: TestClient
) -> None:
    """The process of version 0.1 ended after its tool call; the log before it stays as it was."""
    write(table, list(_interrupted(items, TURNS["completed"])))
    stream = logged(call.get(f"{PATH}/{TURNS['completed']}/stream").content)
    before = (STORED / "completed.sse").read_bytes().split(b"\n\n")[:4]
    events = stream.split(b"\n\n")
    assert events[:4] == before
    assert b'"state":"resuming"' in events[4]
    assert events[-2].startswith(b"id: ")
    assert json.dumps(ANSWER).encode() in events[-2]


def _interrupted(items: list[dict[str, Any]], turn_id: str) -> Iterator[dict[str, Any]]:
    for item in items:
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        if pk == f"TURN#{turn_id}" and sk[2:].isdigit() and int(sk[2:]) > 4:
            continue
        if sk == f"T#{turn_id}":
            body = json.loads(item["body"]["S"]) | {"status": "running", "completed_at": None}
            lease = {"leased_until": {"N": "1"}, "work": {"S": "turn"}, "since": {"S": body["created_at"]}}
            yield {**item, "body": {"S": json.dumps(body)}, **lease}
        else:
            yield item
