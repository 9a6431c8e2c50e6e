"""Daily budgets of an account: chat turns, and the tokens that language models read and write."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class BudgetLimits(BaseModel):
    """A turn reserves `tokens_reserved` until its real usage is known, so that concurrent turns stay in the budget."""

    model_config = ConfigDict(frozen=True)

    turns_max: int = Field(ge=0)
    tokens_max: int = Field(ge=0)
    tokens_reserved: int = Field(ge=0)


class SpentBudget(StrEnum):
    TURNS = "turns"
    TOKENS = "tokens"


class TokensUsed(BaseModel):
    model_config = ConfigDict(frozen=True)

    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)

    @property
    def total(self) -> int:
        return self.input_tokens + self.output_tokens


def end_of(day: date) -> datetime:
    """Days are those of UTC."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)
