"""Counts the tokens of an account in a day for calls outside chat turns, exactly under concurrency."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from cinedex.usage.budget import TokensUsed


class TokenBudget(Protocol):
    def reserve(self, account_id: str, day: date, tokens: int, tokens_max: int) -> bool:
        """False without effect if fewer than `tokens` are left of `tokens_max`."""

    def settle(self, account_id: str, day: date, reserved: int, used: TokensUsed) -> None:
        """Replace the reserved tokens by those used."""
