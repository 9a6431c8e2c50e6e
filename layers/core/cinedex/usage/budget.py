"""How much an account may ask in a day: turns, and the tokens that language models read and write for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class BudgetLimits(BaseModel):
    """A turn sets `tokens_reserved` aside until it is known what it used, so that many at once stay within."""

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
