"""`GET /v2/usage`, an extension: what the account has used, day by day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from cinedex.api.auth import Reader
from cinedex.bootstrap.access import record_usage
from cinedex.library.domain.feature import CATALOG, Feature
from cinedex.usage.operations import Operation, Usage, total

router = APIRouter(prefix="/v2", tags=["usage"])


class UsedResponse(BaseModel):
    minutes_analysed: dict[Feature, float] = Field(description="Minutes of video for which a feature became ready.")
    searches: int
    chats: int
    segments: int
    turns: int = Field(description="Turns asked in chat sessions.")
    input_tokens: int = Field(description="Tokens that language models have read for turns.")
    output_tokens: int = Field(description="Tokens that they have written.")

    @classmethod
    def of(cls, usage: Usage) -> UsedResponse:
        counted = {operation.value: usage.operations.get(operation, 0) for operation in Operation}
        return cls(
            minutes_analysed={f: usage.minutes(f) for f in CATALOG},
            turns=usage.turns,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            **counted,
        )


class DayResponse(UsedResponse):
    day: date


class UsageResponse(BaseModel):
    total: UsedResponse
    days: list[DayResponse] = Field(description="Days on which something was used, in order.")


@router.get("/usage")
def usage(
    caller: Reader,
    first: Annotated[
        date | None, Query(alias="from", description="First day, in UTC; thirty days if left out.")
    ] = None,
    last: Annotated[date | None, Query(alias="to", description="Last day; today if left out.")] = None,
) -> UsageResponse:
    """Minutes analysed for each feature, searches, chats, segmentations, turns and tokens."""
    days = record_usage().read(caller.account_id, first, last)
    shown = [DayResponse(day=d.day, **UsedResponse.of(d.usage).model_dump()) for d in days]
    return UsageResponse(total=UsedResponse.of(total(days)), days=shown)
