"""`POST /v2/search`: moments of a library, by meaning or by literal text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from cinedex.api.auth import Searcher
from cinedex.api.reka.schemas.parsed_query import Understood
from cinedex.bootstrap.access import record_usage
from cinedex.bootstrap.library import read_videos
from cinedex.bootstrap.search import search_moments
from cinedex.kernel.number_range import NumberRange
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.user_metadata import KEYS_MAX, Key, Wanted, WantedValue
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.segment_document import VideoSpan
from cinedex.search.domain.query.search_scope import SearchFilter
from cinedex.search.domain.ranking.confidence import DEFAULT_THRESHOLD, Threshold
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, Signal
from cinedex.search.domain.results.moment import Moment
from cinedex.search.usecases.querying.search_request import (
    PAGE_MAX,
    QUERY_CHARS_MAX,
    SearchRequest,
    SearchResults,
    Strategy,
    TextField,
)
from cinedex.timeline.modality import Modality
from cinedex.usage.operations import Operation

router = APIRouter(prefix="/v2", tags=["search"])


class Filter(BaseModel):
    """`id` lists video ids; the ranges include both ends, durations in seconds, sizes in pixels.

    Extensions: `language` lists what may be spoken, `features` what must be ready, and `metadata` says what the
    video's own must be: a value, or a range of numbers.
    """

    id: list[str] | None = None
    duration: NumberRange | None = None
    width: NumberRange | None = None
    height: NumberRange | None = None
    language: list[str] | None = Field(default=None, description="ISO 639-1.")
    features: list[Feature] | None = None
    metadata: dict[Key, WantedValue] | None = Field(default=None, max_length=KEYS_MAX)


class SearchBody(BaseModel):
    query: str = Field(max_length=QUERY_CHARS_MAX)
    strategy: Strategy = Strategy.SEMANTIC
    fields: list[TextField] | None = Field(
        default=None, description="Where the text strategy looks, which refuses an empty list; null: both."
    )
    video_ids: list[str] | None = None
    group_ids: list[str] | None = None
    threshold: Threshold | None = Field(default=None, description=f"Null means {DEFAULT_THRESHOLD.value}.")
    signals: list[Signal] | None = Field(
        default=None, min_length=1, description="Extension: rank by these alone, to compare them; null: all, fused."
    )
    fusion: Fusion | None = Field(
        default=None, description="Extension: how several signals make one order; null: as the deployment does."
    )
    rerank: bool = False
    filter: Filter | None = None
    datetime_from: datetime | None = Field(default=None, description="UTC unless it names an offset.")
    datetime_to: datetime | None = None
    timestamp_from: float | None = Field(default=None, allow_inf_nan=False)
    timestamp_to: float | None = Field(default=None, allow_inf_nan=False)
    page_limit: int = Field(default=10, ge=1, le=PAGE_MAX)
    page_token: str | None = None
    include_report: bool = False
    understand: bool = Field(
        default=True, description="Extension: false takes time words and negations of the query as plain words."
    )
    rewrite: bool | None = Field(
        default=None, description="Extension: whether a language model may add to the query; null: as deployed."
    )
    group: bool = Field(default=True, description="Extension: false gives each segment by itself.")

    def request(self, account_id: str) -> SearchRequest:
        return SearchRequest(
            account_id=account_id,
            query=self.query,
            strategy=self.strategy,
            fields=tuple(TextField if self.fields is None else self.fields),
            scope=self._scope(),
            threshold=self.threshold or DEFAULT_THRESHOLD,
            signals=tuple(dict.fromkeys(self.signals or ALL_SIGNALS)),
            fusion=self.fusion,
            rerank=self.rerank,
            include_report=self.include_report,
            parse_query=self.understand,
            rewrite=self.rewrite,
            group=self.group,
            page_limit=self.page_limit,
            page_token=self.page_token,
        )

    def _scope(self) -> SearchFilter:
        narrowed = self.filter or Filter()
        return SearchFilter(
            video_ids=_both(self.video_ids, narrowed.id),
            collection_ids=None if self.group_ids is None else tuple(self.group_ids),
            duration_s=narrowed.duration or NumberRange(),
            width=narrowed.width or NumberRange(),
            height=narrowed.height or NumberRange(),
            datetime_from=_aware(self.datetime_from),
            datetime_to=_aware(self.datetime_to),
            timestamp_from=self.timestamp_from,
            timestamp_to=self.timestamp_to,
            languages=_primary(narrowed.language),
            features=tuple(narrowed.features or ()),
            metadata=Wanted(keys=narrowed.metadata or {}),
        )


class SimilarPlace(BaseModel):
    video_id: str
    start: float
    end: float

    @classmethod
    def of(cls, place: VideoSpan) -> SimilarPlace:
        return cls(video_id=place.video_id, start=place.span.start_s, end=place.span.end_s)


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
    video_url: str | None
    screen_text: str | None = Field(default=None, description="Extension: what was read on the picture.")
    matched: list[Modality] = Field(description="Extension: which kinds of evidence matched.")
    matched_by: list[Signal] = Field(description="Extension: which single signals found it.")
    highlights: list[str] = Field(description="Extension: matching sentences, the words marked with <em>.")
    similar: list[SimilarPlace] = Field(description="Extension: some other places that show the same.")
    similar_count: int = Field(description="Extension: how many there are of them.")

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
            video_url=url,
            matched=list(moment.matched),
            matched_by=list(moment.matched_by),
            highlights=list(moment.highlights),
            similar=[SimilarPlace.of(place) for place in moment.similar],
            similar_count=moment.similar_count,
        )


class SearchPool(BaseModel):
    """What was searched: videos, and their seconds in all."""

    video_count: int
    total_duration: float


class SearchResponse(BaseModel):
    data: list[SearchResult]
    next_page_token: str | None = None
    report: str | None = None
    search_pool: SearchPool
    degraded: bool = Field(default=False, description="Extension: true when a signal was down and the rest answered.")

    understood: Understood | None = Field(
        default=None, description="Extension: how the query was read; null when it was taken as it stands."
    )

    @classmethod
    def of(cls, found: SearchResults) -> SearchResponse:
        urls = {v.video_id: read_videos().url_of(v) for v in found.videos.values()}
        return cls(
            data=[SearchResult.of(m, found.videos[m.video_id], urls[m.video_id]) for m in found.moments],
            next_page_token=found.next_page_token,
            report=found.report,
            search_pool=SearchPool(video_count=found.video_count, total_duration=found.total_duration_s),
            degraded=found.degraded,
            understood=Understood.of(found.parsed_query, found.rewrite) if found.parsed_query else None,
        )


SERVER_TIMING: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Server-Timing": {
                "schema": {"type": "string"},
                "description": "Extension: how long each stage took, in milliseconds (W3C Server Timing).",
            }
        }
    }
}


@router.post("/search", responses=SERVER_TIMING)
def search(caller: Searcher, body: SearchBody, response: Response) -> SearchResponse:
    """The best moments first; none when nothing in the pool matches with confidence."""
    results = search_moments()(body.request(caller.account_id))
    response.headers["Server-Timing"] = ", ".join(f"{stage};dur={ms:.2f}" for stage, ms in results.stage_ms.items())
    found = SearchResponse.of(results)
    record_usage().count(caller.account_id, Operation.SEARCH)
    return found


def _both(first: list[str] | None, second: list[str] | None) -> tuple[str, ...] | None:
    """Ids in both lists; a list that is not given excludes nothing."""
    if first is None or second is None:
        given = first if second is None else second
        return None if given is None else tuple(given)
    return tuple(i for i in first if i in second)


def _primary(languages: list[str] | None) -> tuple[str, ...] | None:
    """What is spoken is known without a region."""
    return None if languages is None else tuple(code.lower().split("-")[0] for code in languages)


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
