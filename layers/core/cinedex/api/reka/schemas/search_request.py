"""Body of a search request."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from cinedex.api.requests.dates import DateTime, Until
from cinedex.api.requests.ids import Id
from cinedex.api.requests.strict_body import StrictBody
from cinedex.kernel.number_range import NumberRange
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.user_metadata import KEYS_MAX, Key, MetadataFilter, MetadataFilterValue
from cinedex.search.domain.query.search_scope import SearchFilter
from cinedex.search.domain.ranking.confidence import DEFAULT_THRESHOLD, Threshold
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, Signal
from cinedex.search.usecases.querying.search_request import (
    PAGE_MAX,
    QUERY_CHARS_MAX,
    SearchRequest,
    Strategy,
    TextField,
)

SEMANTIC_ONLY = ("threshold", "signals", "fusion", "rerank", "parse_query", "rewrite", "group")


class RangeFilter(StrictBody):
    """Both ends are included; null leaves an end open."""

    gte: float | None = Field(default=None, allow_inf_nan=False)
    lte: float | None = Field(default=None, allow_inf_nan=False)

    @classmethod
    def range_of(cls, given: Self | None) -> NumberRange:
        return NumberRange() if given is None else NumberRange(gte=given.gte, lte=given.lte)


class VideoFilter(StrictBody):
    """Which videos are searched. `id` lists video ids; durations are seconds, sizes are pixels.

    Extensions: `language` lists spoken languages, `features` lists features that must be ready, and `metadata` has a
    value or a range of numbers for each key of the user metadata. Other keys are refused.
    """

    id: list[Id] | None = None
    duration: RangeFilter | None = None
    width: RangeFilter | None = None
    height: RangeFilter | None = None
    language: list[str] | None = Field(default=None, description="ISO 639-1.")
    features: list[Feature] | None = None
    metadata: dict[Key, MetadataFilterValue] | None = Field(default=None, max_length=KEYS_MAX)


class SearchBody(StrictBody):
    query: str = Field(max_length=QUERY_CHARS_MAX)
    strategy: Strategy = Strategy.SEMANTIC
    fields: list[TextField] | None = Field(
        default=None, description="Fields that the text strategy searches, at least one; null: both."
    )
    video_ids: list[Id] | None = None
    group_ids: list[Id] | None = None
    threshold: Threshold | None = Field(default=None, description=f"Null: {DEFAULT_THRESHOLD.value}.")
    signals: list[Signal] | None = Field(
        default=None, min_length=1, description="Extension: rank by these signals only; null: by all of them, fused."
    )
    fusion: Fusion | None = Field(
        default=None, description="Extension: how signals are fused into one order; null: the deployment's setting."
    )
    rerank: bool = False
    filter: VideoFilter | None = None
    datetime_from: DateTime | None = Field(default=None, description="UTC unless an offset is given.")
    datetime_to: Until | None = Field(
        default=None, description="Included; a date without a time: the whole day, in UTC."
    )
    timestamp_from: float | None = Field(default=None, allow_inf_nan=False)
    timestamp_to: float | None = Field(default=None, allow_inf_nan=False)
    page_limit: int = Field(default=10, ge=1, le=PAGE_MAX)
    page_token: str | None = None
    include_report: bool = False
    parse_query: bool = Field(
        default=True, description="Extension: false searches time expressions and negations as plain words."
    )
    rewrite: bool | None = Field(
        default=None,
        description="Extension: whether a language model may add to the query; null: the deployment's setting.",
    )
    group: bool = Field(default=True, description="Extension: false returns each segment as a result of its own.")

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
            parse_query=self.parse_query,
            rewrite=self.rewrite,
            group=self.group,
            page_limit=self.page_limit,
            page_token=self.page_token,
        )

    def unserved(self) -> list[str]:
        """The options of this request that have no effect. One with its default value asks for nothing."""
        request = self.request("")
        if self.strategy is Strategy.TEXT:
            without_effect: tuple[str, ...] = SEMANTIC_ONLY
        else:
            used = {"rerank": request.reranks, "rewrite": request.can_be_rewritten, "fusion": len(request.signals) > 1}
            without_effect = ("fields", *(name for name, is_used in used.items() if not is_used))
        return [name for name in without_effect if self._asks_for(name)]

    def _asks_for(self, name: str) -> bool:
        value = getattr(self, name)
        return value is not None and value != type(self).model_fields[name].default

    def _scope(self) -> SearchFilter:
        filters = self.filter or VideoFilter()
        return SearchFilter(
            video_ids=_intersection(self.video_ids, filters.id),
            collection_ids=None if self.group_ids is None else tuple(self.group_ids),
            duration_s=RangeFilter.range_of(filters.duration),
            width=RangeFilter.range_of(filters.width),
            height=RangeFilter.range_of(filters.height),
            datetime_from=self.datetime_from,
            datetime_to=self.datetime_to,
            timestamp_from=self.timestamp_from,
            timestamp_to=self.timestamp_to,
            languages=_without_region(filters.language),
            features=tuple(filters.features or ()),
            metadata=MetadataFilter(keys=filters.metadata or {}),
        )


def _intersection(first: list[str] | None, second: list[str] | None) -> tuple[str, ...] | None:
    """Ids in both lists; an absent list excludes nothing."""
    if first is None or second is None:
        given = first if second is None else second
        return None if given is None else tuple(given)
    return tuple(i for i in first if i in second)


def _without_region(languages: list[str] | None) -> tuple[str, ...] | None:
    """Videos store the language without its region: "en" for "en-GB"."""
    return None if languages is None else tuple(code.lower().split("-")[0] for code in languages)
