"""How a search tells what it understood of its query."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.domain.query_reading import QueryReading
from cinedex.domain.time_words import TimeRange
from pydantic import BaseModel, Field


class TimeRangeRead(BaseModel):
    """Seconds inside each video, null where a side is open; both null when they differ with its length (`relative`)."""

    words: list[str]
    relative: bool
    start: float | None
    end: float | None

    @classmethod
    def of(cls, ranges: Sequence[TimeRange]) -> TimeRangeRead | None:
        if not ranges:
            return None
        relative = any(r.is_relative for r in ranges)
        starts = [r.start.seconds for r in ranges if r.start and not relative]
        ends = [r.end.seconds for r in ranges if r.end and not relative]
        return cls(
            words=[r.words for r in ranges],
            relative=relative,
            start=max(starts, default=None),
            end=min(ends, default=None),
        )


class Understood(BaseModel):
    """How the query was read."""

    text: str = Field(description="What was looked for.")
    must_not: list[str] = Field(description="What no hit may hold.")
    phrases: list[str] = Field(description="What each hit must hold word for word.")
    range: TimeRangeRead | None = Field(description="Where in each video, when the query says so.")

    @classmethod
    def of(cls, reading: QueryReading) -> Understood:
        return cls(
            text=reading.text,
            must_not=list(reading.must_not),
            phrases=list(reading.phrases),
            range=TimeRangeRead.of(reading.ranges),
        )
