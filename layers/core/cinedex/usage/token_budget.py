"""Counts the tokens of an account in a day for what is no turn of a chat, exactly, however many count at once."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from cinedex.usage.budget import TokensUsed


class TokenBudget(Protocol):
    def set_aside(self, account_id: str, day: date, tokens: int, tokens_max: int) -> bool:
        """False, and nothing is set aside, where the day has not so many left of `tokens_max`."""

    def spend(self, account_id: str, day: date, set_aside: int, used: TokensUsed) -> None:
        """Put the tokens that were used in the place of those set aside."""
