"""A stretch of time inside a video."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Span(BaseModel):
    """Half-open interval `[start_s, end_s)` in seconds from the start of the video.

    A span may be empty (`start_s == end_s`): a single sampled frame has no length.
    Raises `ValueError` when it ends before it starts.
    """

    model_config = ConfigDict(frozen=True)

    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_s < self.start_s:
            raise ValueError(f"span ends at {self.end_s} s before it starts at {self.start_s} s")
        return self

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def middle_s(self) -> float:
        return (self.start_s + self.end_s) / 2

    def overlaps(self, other: Span) -> bool:
        """True when the two share a moment; an empty span counts as the instant it stands at."""
        if self.length_s == 0 or other.length_s == 0:
            return self.start_s <= other.end_s and other.start_s <= self.end_s
        return self.start_s < other.end_s and other.start_s < self.end_s

    def holds(self, instant_s: float) -> bool:
        return self.start_s <= instant_s < self.end_s

    def clipped_to(self, outer: Span) -> Span:
        start_s = min(max(self.start_s, outer.start_s), outer.end_s)
        return Span(start_s=start_s, end_s=max(start_s, min(self.end_s, outer.end_s)))

    def joined_with(self, other: Span) -> Span:
        return Span(start_s=min(self.start_s, other.start_s), end_s=max(self.end_s, other.end_s))


class VideoSpan(BaseModel):
    """A span of a video."""

    model_config = ConfigDict(frozen=True)

    video_id: str
    span: Span


def span(start_s: float, end_s: float) -> Span:
    return Span(start_s=start_s, end_s=end_s)


def cover(spans: Iterable[Span]) -> Span:
    """The smallest span that holds all of `spans`; raises `ValueError` when there are none."""
    listed = list(spans)
    if not listed:
        raise ValueError("no spans to cover")
    return Span(start_s=min(s.start_s for s in listed), end_s=max(s.end_s for s in listed))
