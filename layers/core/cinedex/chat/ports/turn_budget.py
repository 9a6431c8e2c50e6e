"""Counts the turns and tokens of accounts, exactly, however many processes count at once."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from cinedex.chat.domain.session import Turn
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed


class TurnBudget(Protocol):
    def take(self, account_id: str, day: date, limits: BudgetLimits) -> SpentBudget | None:
        """Count a turn and set its tokens aside; or count nothing and tell what is used up."""

    def give_back(self, account_id: str, day: date, limits: BudgetLimits) -> None:
        """A turn that was counted is not asked after all."""

    def settle(self, turn: Turn, day: date, used: TokensUsed) -> None:
        """Put the tokens a turn used in the place of those set aside; told twice, it counts once."""
