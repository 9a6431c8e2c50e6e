"""A query after parsing: the words to search for, the words to exclude, and the part of each video to search."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.search.domain.index.time_range import TimeRange
from cinedex.search.domain.query.negation import Negation
from cinedex.search.domain.query.query import QUOTED, Query


class ParsedQuery(BaseModel):
    """`text` is matched and embedded; phrases in it keep their quotation marks. All of `ranges` must hold."""

    model_config = ConfigDict(frozen=True)

    text: str
    negations: tuple[Negation, ...] = ()
    ranges: tuple[TimeRange, ...] = ()

    @property
    def must_not(self) -> tuple[str, ...]:
        """The excluded words, as they were typed."""
        return tuple(negation.text for negation in self.negations)

    @property
    def phrases(self) -> tuple[str, ...]:
        return Query(text=self.text).phrases

    @property
    def unquoted(self) -> str:
        """`text` without phrases in quotation marks."""
        return QUOTED.sub(" ", self.text)

    def span_in(self, whole: Span) -> Span | None:
        """The part of a video to search; None when the ranges leave nothing of it."""
        part = whole
        for time_range in self.ranges:
            span = time_range.span_in(whole)
            if span is None or not span.overlaps(part):
                return None
            part = span.clipped_to(part)
        return part
