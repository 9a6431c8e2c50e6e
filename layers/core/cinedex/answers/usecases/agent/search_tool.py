"""The agent's search tool: moments that match a query, with each kind of evidence as a separate result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from cinedex.answers.domain.agent import Evidence
from cinedex.answers.domain.quote import Quote
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.tool import UNNUMBERED, ToolArguments, ToolResult
from cinedex.answers.usecases.analyze_frames import NO_SEGMENT
from cinedex.answers.usecases.extract_quotes import ExtractQuotes
from cinedex.kernel.span import cover
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.confidence import Threshold, cutoff
from cinedex.search.domain.ranking.fusion import best_score
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments
from cinedex.timeline.modality import Modality

SEARCH_TOOL = "search_moments"


class SearchArguments(ToolArguments):
    query: str = Field(min_length=1, max_length=400, description="What is said, shown or written in the moment.")
    video_ids: list[str] | None = Field(
        default=None, max_length=50, description="Ids of videos to search only in; leave it out for all."
    )
    limit: int = Field(default=6, ge=1, le=12, description="How many moments at most.")


@dataclass(frozen=True)
class SearchTool:
    """Results are quotes from the tracks of a video, limited to the part in scope."""

    retrieve_segments: RetrieveSegments
    extract_quotes: ExtractQuotes

    name: ClassVar[str] = SEARCH_TOOL
    description: ClassVar[str] = (
        "Find the moments of the videos in scope that match a query by meaning and by words, best first: "
        "what was said, subtitles, captions of the picture, text on the picture, objects seen."
    )
    arguments: ClassVar[type[SearchArguments]] = SearchArguments

    def __call__(self, library: ScopedLibrary, arguments: SearchArguments) -> ToolResult:
        scope = library.narrowed_to(arguments.video_ids)
        retrieved = self.retrieve_segments(Query(text=arguments.query), scope)
        scored = retrieved.scored
        lowest = cutoff(Threshold.LOW, best_score(scored))
        matching = [segment for segment in scored if segment.score >= lowest]
        shown = library.present(matching, arguments.limit)
        video_ids = [segment.document.video_id for segment in shown]
        quotes = self.extract_quotes(shown, library.videos(video_ids), library.parts(video_ids))
        results = [result for segment in shown for result in _results(segment, quotes, library)]
        left_out = len(matching) - len(shown)
        total = len(results) + left_out
        return ToolResult(
            kind="semantic",
            query=arguments.query,
            degraded=retrieved.degraded,
            total=total,
            results=tuple(results),
        )


def _results(segment: ScoredSegment, quotes: Sequence[Quote], library: ScopedLibrary) -> Iterator[Evidence]:
    """Matching kinds of evidence come first."""
    document = segment.document
    own = [q for q in quotes if q.segment.document.document_id == document.document_id]
    sources = dict.fromkeys([*segment.matched, *document.texts])
    for source in sources:
        of_source = [quote for quote in own if quote.source is source]
        if of_source and source is not Modality.METADATA:
            yield evidence_of(of_source, library).model_copy(update={"score": round(segment.score, 4)})


def evidence_of(quotes: Sequence[Quote], library: ScopedLibrary) -> Evidence:
    """One result from quotes of the same kind and segment; raises `ValueError` when there are none."""
    first = quotes[0]
    video, segment_index = library.video(first.video_id), first.segment.document.segment_index
    return Evidence(
        result_id=UNNUMBERED,
        video_id=video.video_id,
        video_name=video.display_name,
        span=cover(quote.span for quote in quotes).clipped_to(library.part(video)),
        text=" ".join(quote.text for quote in quotes),
        source=first.source,
        segment_index=None if segment_index == NO_SEGMENT else segment_index,
    )
