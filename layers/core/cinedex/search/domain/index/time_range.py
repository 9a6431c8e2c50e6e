"""A part of a video that a query names with a time expression, independent of the length of the video."""

from __future__ import annotations

from math import inf

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span


class Instant(BaseModel):
    """A point of a video: seconds, or a share of its length, counted from its start or from its end."""

    model_config = ConfigDict(frozen=True)

    seconds: float = 0.0
    share: float = 0.0
    seconds_max: float = inf
    from_end: bool = False

    @property
    def is_relative(self) -> bool:
        return self.from_end or self.share > 0

    def seconds_in(self, length_s: float) -> float:
        """Seconds from the start of a video of `length_s`."""
        distance_s = min(self.seconds + self.share * length_s, self.seconds_max, length_s)
        return length_s - distance_s if self.from_end else distance_s


class TimeRange(BaseModel):
    """A range of time; a side that is None is open. `words` is the expression as it was typed."""

    model_config = ConfigDict(frozen=True)

    words: str
    start: Instant | None = None
    end: Instant | None = None

    @property
    def is_relative(self) -> bool:
        """True when the seconds depend on the length of the video."""
        return any(side.is_relative for side in (self.start, self.end) if side)

    def span_in(self, whole: Span) -> Span | None:
        """The range in a video that covers `whole`; None when the video ends before the range begins."""
        length_s = whole.length_s
        start_s = self.start.seconds_in(length_s) if self.start else 0.0
        end_s = self.end.seconds_in(length_s) if self.end else length_s
        return Span(start_s=start_s, end_s=end_s) if start_s < end_s else None
