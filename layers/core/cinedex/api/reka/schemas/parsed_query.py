"""How a search parsed its query."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from cinedex.search.domain.index.time_range import TimeRange
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query_rewrite import Rewrite, RewriteStatus


class TimeRangeResponse(BaseModel):
    """Seconds inside each video; null on an open side. Both are null when they depend on its length (`relative`)."""

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


class RewriteResponse(BaseModel):
    """What a language model added to the query. Nothing if `status` is not `rewritten`.

    A moment that contains a synonym scores lower than one that contains the word itself.
    """

    status: RewriteStatus
    synonyms: dict[str, list[str]] = Field(description="Synonyms for words of the query.")
    paraphrase: str | None = Field(description="The query in other words; its vector is searched as well.")

    @classmethod
    def of(cls, rewrite: Rewrite) -> RewriteResponse:
        synonyms = {word: list(others) for word, others in rewrite.synonyms.items()}
        return cls(status=rewrite.status, synonyms=synonyms, paraphrase=rewrite.paraphrase)


class ParsedQueryResponse(BaseModel):
    """How the query was parsed."""

    text: str = Field(description="The text that is matched and embedded.")
    must_not: list[str] = Field(description="Words that no result may contain.")
    phrases: list[str] = Field(description="Phrases that each result contains word for word.")
    range: TimeRangeResponse | None = Field(description="Time range inside each video, if the query names one.")
    rewrite: RewriteResponse | None = Field(description="What a language model added; null if none was used.")

    @classmethod
    def of(cls, parsed: ParsedQuery, rewrite: Rewrite | None) -> ParsedQueryResponse:
        return cls(
            text=parsed.text,
            must_not=list(parsed.must_not),
            phrases=list(parsed.phrases),
            range=TimeRangeResponse.of(parsed.ranges),
            rewrite=RewriteResponse.of(rewrite) if rewrite else None,
        )
