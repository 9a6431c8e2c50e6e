"""Budgets and slots in the database of a real stack, under concurrency."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from cinedex.adapters.dynamodb.budgets import DynamoDbTurnBudget
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.turn_log import DynamoDbTurnLog
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed

from local.emulator import launch
from local.stack import RunningStack
from tests.support.turns import event, session, turn

DAY = date(2026, 3, 1)


@pytest.fixture
def table(scripted_stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> DynamoDbTable:
    for name, value in launch.client_environment(scripted_stack.emulator.access).items():
        monkeypatch.setenv(name, value)
    return DynamoDbTable(scripted_stack.deployment.outputs["LibraryTableName"])


def test_a_budget_is_exact_under_concurrency(table: DynamoDbTable, tmp_path: Path) -> None:
    budget, account = DynamoDbTurnBudget(table), tmp_path.name
    limits = BudgetLimits(turns_max=100, tokens_max=1000, tokens_reserved=100)
    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(lambda _: budget.reserve(account, DAY, limits), range(40)))
        assert (taken.count(None), taken.count(SpentBudget.TOKENS)) == (10, 30)
        turns = [turn(session(account), tokens_reserved=100) for _ in range(10)]
        list(pool.map(lambda t: budget.settle(t, DAY, TokensUsed(input_tokens=10)), turns * 2))
        again = list(pool.map(lambda _: budget.reserve(account, DAY, limits), range(40)))
    assert again.count(None) == 9


def test_of_many_concurrent_writes_of_a_slot_one_succeeds(table: DynamoDbTable) -> None:
    log, made = DynamoDbTurnLog(table), turn(session())
    for sequence in range(1, 6):
        writes = [event(made.model_copy(update={"attempt": n}), sequence, message=str(n)) for n in range(16)]
        with ThreadPoolExecutor(16) as pool:
            won = list(pool.map(log.append, writes))
        assert won.count(True) == 1
        assert [stored.event.message for stored in log.events(made.turn_id, after=sequence - 1)] == [
            str(won.index(True))
        ]
