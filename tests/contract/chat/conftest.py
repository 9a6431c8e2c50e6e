"""The stores of chat, in memory and over one table."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from cinedex.access.ports.idempotency_store import IdempotencyStore
from cinedex.adapters.dynamodb.budgets import DynamoDbTokenBudget, DynamoDbTurnBudget, DynamoDbVideoBudget
from cinedex.adapters.dynamodb.chats import DynamoDbChatStore
from cinedex.adapters.dynamodb.idempotency import DynamoDbIdempotencyStore
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.turn_log import DynamoDbTurnLog
from cinedex.adapters.dynamodb.usage_ledger import DynamoDbUsageLedger
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.ports.turn_budget import TurnBudget
from cinedex.usage.token_budget import TokenBudget
from cinedex.usage.usage_ledger import UsageLedger
from cinedex.usage.video_budget import VideoBudget

from tests.support.aws import new_table
from tests.support.memory.access import MemoryIdempotencyStore, MemoryTokenBudget, MemoryUsageLedger, MemoryVideoBudget
from tests.support.memory.chats import MemoryChatStore, MemoryTurnBudget


@dataclass(frozen=True)
class Chats:
    sessions: ChatStore
    idempotency: IdempotencyStore
    log: TurnLog
    budget: TurnBudget
    tokens: TokenBudget
    usage: UsageLedger
    video: VideoBudget


@pytest.fixture
def chats(implementation: str) -> Chats:
    if implementation == "memory":
        idempotency, usage = MemoryIdempotencyStore(), MemoryUsageLedger()
        stored = MemoryChatStore(idempotency)
        return Chats(
            stored, idempotency, stored, MemoryTurnBudget(usage), MemoryTokenBudget(usage), usage, MemoryVideoBudget()
        )
    table = DynamoDbTable(new_table())
    return Chats(
        DynamoDbChatStore(table),
        DynamoDbIdempotencyStore(table),
        DynamoDbTurnLog(table),
        DynamoDbTurnBudget(table),
        DynamoDbTokenBudget(table),
        DynamoDbUsageLedger(table),
        DynamoDbVideoBudget(table),
    )
