"""How a search tells what it understood of its query."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query_rewrite import Rewrite, RewriteStatus
from cinedex.search.domain.query.time_range import TimeRange


class TimeRangeResponse(BaseModel):
    """Seconds inside each video, null where a side is open; both null when they differ with its length (`relative`)."""

    words: list[str]
    relative: bool
    start: float | None
    end: float | None

    @classmethod
    def of(cls, ranges: Sequence[TimeRange]) -> TimeRangeResponse | None:
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


class Rewritten(BaseModel):
    """What a language model added to the query, and nothing when it is `unavailable` or the day's tokens are used up.

    A moment that holds one of the other words counts, but less than one that holds the word itself.
    """

    status: RewriteStatus
    also: dict[str, list[str]] = Field(description="Other words for words of the query.")
    restated: str | None = Field(description="The query in other words; compared by meaning.")

    @classmethod
    def of(cls, rewrite: Rewrite) -> Rewritten:
        also = {word: list(others) for word, others in rewrite.synonyms.items()}
        return cls(status=rewrite.status, also=also, restated=rewrite.paraphrase)


class Understood(BaseModel):
    """How the query was read."""

    text: str = Field(description="What was looked for.")
    must_not: list[str] = Field(description="What no hit may hold.")
    phrases: list[str] = Field(description="What each hit must hold word for word.")
    range: TimeRangeResponse | None = Field(description="Where in each video, when the query says so.")
    rewrite: Rewritten | None = Field(description="What a language model added; null when none was asked.")

    @classmethod
    def of(cls, parsed: ParsedQuery, rewrite: Rewrite | None) -> Understood:
        return cls(
            text=parsed.text,
            must_not=list(parsed.must_not),
            phrases=list(parsed.phrases),
            range=TimeRangeResponse.of(parsed.ranges),
            rewrite=Rewritten.of(rewrite) if rewrite else None,
        )
