"""Budgets of turns and tokens: reserved up to a limit, and settled once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed
from cinedex.usage.operations import Usage, total

from tests.contract.chat.conftest import Chats
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
