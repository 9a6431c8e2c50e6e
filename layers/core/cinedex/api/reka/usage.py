"""`GET /v2/usage`, an extension: usage of the account by day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from cinedex.api.auth import Reader
from cinedex.api.requests.dates import Day
from cinedex.bootstrap.access import charge_video, record_usage
from cinedex.library.domain.feature import CATALOG, Feature
from cinedex.usage.operations import Operation, Usage, total
from cinedex.usage.video_budget import VideoBudgetStatus

router = APIRouter(prefix="/v2", tags=["usage"])


class UsageCounts(BaseModel):
    minutes_analysed: dict[Feature, float] = Field(description="Minutes of video for which the feature became ready.")
    searches: int
    chats: int
    segments: int
    turns: int = Field(description="Turns started in chat sessions.")
    input_tokens: int = Field(description="Input tokens of language models.")
    output_tokens: int = Field(description="Output tokens of language models.")

    @classmethod
    def of(cls, usage: Usage) -> UsageCounts:
        return cls(
            minutes_analysed={f: usage.minutes(f) for f in CATALOG},
            searches=usage.operations.get(Operation.SEARCH, 0),
            chats=usage.operations.get(Operation.CHAT, 0),
            segments=usage.operations.get(Operation.SEGMENT, 0),
            turns=usage.turns,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
        )


class DayUsageResponse(UsageCounts):
    day: date


class VideoBudgetResponse(BaseModel):
    """Minutes of video whose analysis began today, in UTC."""

    used: float
    limit: float | None = Field(description="None without a limit.")
    resets_at: datetime

    @classmethod
    def of(cls, status: VideoBudgetStatus) -> VideoBudgetResponse:
        return cls(used=status.used_minutes, limit=status.minutes_max, resets_at=status.resets_at)


class UsageResponse(BaseModel):
    total: UsageCounts
    days: list[DayUsageResponse] = Field(description="Days with usage, in ascending order.")
    video_minutes_today: VideoBudgetResponse


@router.get("/usage")
def usage(
    caller: Reader,
    first: Annotated[
        Day | None, Query(alias="from", description="First day, in UTC. Default: 29 days before the last.")
    ] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day, in UTC. Default: today.")] = None,
) -> UsageResponse:
    """Get the minutes analysed, searches, chats, segmentations, turns and tokens, in total and by day."""
    days = record_usage().read(caller.account_id, first, last)
    by_day = [DayUsageResponse(day=d.day, **UsageCounts.of(d.usage).model_dump()) for d in days]
    today = VideoBudgetResponse.of(charge_video().today(caller.account_id))
    return UsageResponse(total=UsageCounts.of(total(days)), days=by_day, video_minutes_today=today)
