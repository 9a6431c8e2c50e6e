"""Counts the turns and tokens of an account in a day, exactly under concurrency."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from cinedex.chat.domain.session import Turn
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed


class TurnBudget(Protocol):
    def reserve(self, account_id: str, day: date, limits: BudgetLimits) -> SpentBudget | None:
        """Count a turn and reserve its tokens. If a budget is spent, count nothing and return which one."""

    def release(self, account_id: str, day: date, limits: BudgetLimits) -> None:
        """Undo `reserve` for a turn that was not created."""

    def settle(self, turn: Turn, day: date, used: TokensUsed) -> None:
        """Replace the tokens that the turn reserved by those it used. Has no effect the second time."""
