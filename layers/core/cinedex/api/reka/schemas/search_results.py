"""Body of the response to a search request."""

from __future__ import annotations

from pydantic import BaseModel, Field

from cinedex.api.reka.schemas.parsed_query import ParsedQueryResponse
from cinedex.api.signed_urls import SignedUrl
from cinedex.kernel.span import VideoSpan
from cinedex.library.domain.video import Video
from cinedex.search.domain.ranking.signal import Signal
from cinedex.search.domain.results.moment import Moment
from cinedex.search.usecases.querying.search_request import (
    SearchResults,
)
from cinedex.timeline.modality import Modality


class SimilarResult(BaseModel):
    video_id: str
    start: float
    end: float

    @classmethod
    def of(cls, similar: VideoSpan) -> SimilarResult:
        return cls(video_id=similar.video_id, start=similar.span.start_s, end=similar.span.end_s)


class SearchResult(BaseModel):
    video_id: str
    video_name: str | None
    start: float | None
    end: float | None
    score: float
    rank: int
    caption: str | None
    transcript: str | None
    thumbnail_url: str | None = None
    video_url: SignedUrl
    screen_text: str | None = Field(default=None, description="Extension: text recognised in the picture.")
    subtitles: str | None = Field(default=None, description="Extension: subtitles of the segment.")
    matched: list[Modality] = Field(description="Extension: kinds of evidence that match, strongest first.")
    matched_by: list[Signal] = Field(description="Extension: signals that found it.")
    highlights: list[str] = Field(description="Extension: matching sentences with the words in <em>.")
    similar: list[SimilarResult] = Field(description="Extension: some of the other places with the same content.")
    similar_count: int = Field(description="Extension: number of places with the same content.")

    @classmethod
    def of(cls, moment: Moment, video: Video, url: str | None) -> SearchResult:
        return cls(
            video_id=moment.video_id,
            video_name=video.display_name,
            start=moment.span.start_s,
            end=moment.span.end_s,
            score=round(moment.score, 4),
            rank=moment.rank,
            caption=moment.texts.get(Modality.CAPTION),
            transcript=moment.texts.get(Modality.SPEECH),
            screen_text=moment.texts.get(Modality.SCREEN_TEXT),
            subtitles=moment.texts.get(Modality.SUBTITLE),
            video_url=url,
            matched=list(moment.matched),
            matched_by=list(moment.matched_by),
            highlights=list(moment.highlights),
            similar=[SimilarResult.of(similar) for similar in moment.similar],
            similar_count=moment.similar_count,
        )


class SearchPoolResponse(BaseModel):
    """Number of videos that were searched, and their total duration in seconds."""

    video_count: int
    total_duration: float


class SearchResponse(BaseModel):
    data: list[SearchResult]
    next_page_token: str | None = None
    report: str | None = None
    search_pool: SearchPoolResponse
    degraded: bool = Field(
        default=False, description="Extension: true if a signal was unavailable and the results come from the others."
    )
    parsed_query: ParsedQueryResponse | None = Field(
        default=None, description="Extension: how the query was parsed; null if it was used as given."
    )
    unserved_options: list[str] = Field(
        default=[], description="Extension: options of the request that have no effect with its other options."
    )

    @classmethod
    def of(cls, results: SearchResults, urls: dict[str, str | None], unserved: list[str]) -> SearchResponse:
        """`urls`: the download URL of each video in `results`."""
        parsed = results.parsed_query
        return cls(
            data=[SearchResult.of(m, results.videos[m.video_id], urls[m.video_id]) for m in results.moments],
            next_page_token=results.next_page_token,
            report=results.report,
            search_pool=SearchPoolResponse(video_count=results.video_count, total_duration=results.total_duration_s),
            degraded=results.degraded,
            parsed_query=ParsedQueryResponse.of(parsed, results.rewrite) if parsed else None,
            unserved_options=unserved,
        )
