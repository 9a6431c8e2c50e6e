"""Budgets: turns and tokens are reserved up to a limit and settled once; minutes of video are charged once a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cinedex.adapters.dynamodb.budgets import DynamoDbVideoBudget
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.usage_ledger import DynamoDbUsageLedger
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed
from cinedex.usage.operations import Operation, Usage, total
from cinedex.usage.video_budget import VideoCharge

from tests.contract.chat.conftest import Chats
from tests.support.aws import new_table
from tests.support.memory.scenario import NOON
from tests.support.turns import session, turn

DAY = NOON.date()
LIMITS = BudgetLimits(turns_max=3, tokens_max=1000, tokens_reserved=100)


def used(chats: Chats) -> Usage:
    return total(chats.usage.read("mine", DAY, DAY))


def test_turns_are_reserved_up_to_the_limit(chats: Chats) -> None:
    taken = [chats.budget.reserve("mine", DAY, LIMITS) for _ in range(5)]
    assert taken == [None, None, None, SpentBudget.TURNS, SpentBudget.TURNS]
    assert used(chats).turns == 3
    assert chats.budget.reserve("yours", DAY, LIMITS) is None
    assert chats.budget.reserve("mine", DAY + timedelta(days=1), LIMITS) is None


def test_reserved_tokens_are_replaced_by_those_used(chats: Chats) -> None:
    limits = BudgetLimits(turns_max=100, tokens_max=250, tokens_reserved=100)
    started = turn(session(), tokens_reserved=100)
    assert [chats.budget.reserve("mine", DAY, limits) for _ in range(3)] == [None, None, SpentBudget.TOKENS]
    for _ in range(2):
        chats.budget.settle(started, DAY, TokensUsed(input_tokens=40, output_tokens=5))
    assert (used(chats).input_tokens, used(chats).output_tokens) == (40, 5)
    assert [chats.budget.reserve("mine", DAY, limits) for _ in range(2)] == [None, SpentBudget.TOKENS]


def test_the_reservation_of_a_turn_that_was_not_created_is_released(chats: Chats) -> None:
    chats.budget.reserve("mine", DAY, LIMITS)
    chats.budget.release("mine", DAY, LIMITS)
    assert [chats.budget.reserve("mine", DAY, LIMITS) for _ in range(4)] == [None, None, None, SpentBudget.TURNS]


def test_tokens_outside_turns_count_against_the_same_budget(chats: Chats) -> None:
    limits = BudgetLimits(turns_max=100, tokens_max=250, tokens_reserved=100)
    assert chats.tokens.reserve("mine", DAY, 60, 250)
    assert [chats.budget.reserve("mine", DAY, limits) for _ in range(2)] == [None, SpentBudget.TOKENS]
    assert [chats.tokens.reserve("mine", DAY, tokens, 250) for tokens in (91, 90, 1)] == [False, True, False]
    chats.tokens.settle("mine", DAY, 90, TokensUsed(input_tokens=40, output_tokens=5))
    assert (used(chats).input_tokens, used(chats).output_tokens, used(chats).turns) == (40, 5, 1)
    assert [chats.tokens.reserve("mine", DAY, tokens, 250) for tokens in (46, 45)] == [False, True]
    assert chats.tokens.reserve("yours", DAY, 250, 250)


def test_tokens_beyond_the_limit_are_not_reserved(chats: Chats) -> None:
    assert not chats.tokens.reserve("mine", DAY, 11, 10)
    assert chats.tokens.reserve("mine", DAY, 10, 10)


@pytest.mark.parametrize(
    ("limits", "spent"),
    [
        (BudgetLimits(turns_max=0, tokens_max=10, tokens_reserved=1), SpentBudget.TURNS),
        (BudgetLimits(turns_max=1, tokens_max=10, tokens_reserved=11), SpentBudget.TOKENS),
    ],
)
def test_a_budget_below_one_turn_rejects_the_first_turn(chats: Chats, limits: BudgetLimits, spent: SpentBudget) -> None:
    assert chats.budget.reserve("mine", DAY, limits) is spent
    assert used(chats).turns == 0


# Minutes of video


def charge(run_id: str = "run", video_id: str = "video", **fields: Any) -> VideoCharge:
    given = {"account_id": "mine", "etag": '"e-1"', "forced": False, "ms": 60_000, **fields}
    return VideoCharge(video_id=video_id, run_id=run_id, **given)


def test_a_video_is_charged_once_a_day_and_each_forced_run_once(chats: Chats) -> None:
    for each in (charge("1"), charge("2"), charge("3", forced=True), charge("3", forced=True), charge("4")):
        assert chats.video.charge(each, DAY, None)
    assert chats.video.used_ms("mine", DAY) == 120_000
    assert chats.video.charge(charge("1"), DAY + timedelta(days=1), None)
    assert chats.video.used_ms("mine", DAY + timedelta(days=1)) == 60_000
    assert chats.video.used_ms("yours", DAY) == 0


def test_a_forced_run_is_also_the_charge_of_its_day(chats: Chats) -> None:
    assert chats.video.charge(charge("1", forced=True), DAY, None)
    assert chats.video.charge(charge("2"), DAY, None)
    assert chats.video.used_ms("mine", DAY) == 60_000


def test_another_file_of_a_video_is_charged_again(chats: Chats) -> None:
    assert chats.video.charge(charge("1"), DAY, None)
    assert chats.video.charge(charge("2", etag='"e-2"'), DAY, None)
    assert chats.video.used_ms("mine", DAY) == 120_000


def test_only_the_last_video_passes_the_limit_and_the_next_is_refused(chats: Chats) -> None:
    charged = [chats.video.charge(charge(video_id=v), DAY, 90_000) for v in ("a", "b", "c", "a")]
    assert charged == [True, True, False, True]
    assert chats.video.used_ms("mine", DAY) == 120_000
    assert chats.video.charge(charge(video_id="c"), DAY, 120_001)


def test_a_charge_that_has_read_an_older_sum_cannot_pass_the_limit(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    budget = DynamoDbVideoBudget(DynamoDbTable(new_table()))
    assert budget.charge(charge(video_id="a"), DAY, 60_000)
    sums = iter([0, 60_000])
    monkeypatch.setattr(budget, "used_ms", lambda *_: next(sums))
    assert not budget.charge(charge(video_id="b"), DAY, 60_000)


def test_the_minutes_of_video_and_the_usage_of_a_day_are_counted_in_one_item(chats: Chats) -> None:
    chats.video.charge(charge(), DAY, None)
    chats.budget.reserve("mine", DAY, LIMITS)
    assert (used(chats).turns, chats.video.used_ms("mine", DAY)) == (1, 60_000)


def test_the_operations_of_a_day_are_counted_in_several_items(aws: None) -> None:
    table = DynamoDbTable(new_table())
    ledger = DynamoDbUsageLedger(table)
    for _ in range(100):
        ledger.count("mine", DAY, Operation.SEARCH)
    assert len(list(table.query("A#mine"))) > 8
    assert total(ledger.read("mine", DAY, DAY)).operations[Operation.SEARCH] == 100
    assert [day.day for day in ledger.read("mine", DAY - timedelta(days=1), DAY + timedelta(days=1))] == [DAY]


def test_operations_that_an_earlier_version_counted_are_in_the_usage(aws: None) -> None:
    table = DynamoDbTable(new_table())
    table.put({"pk": "A#mine", "sk": f"U#{DAY}", "searches": 5, "chat_turns": 2})
    ledger = DynamoDbUsageLedger(table)
    ledger.count("mine", DAY, Operation.SEARCH)
    usage = total(ledger.read("mine", DAY, DAY))
    assert (usage.operations[Operation.SEARCH], usage.turns) == (6, 2)
