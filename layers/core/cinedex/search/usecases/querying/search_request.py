"""The request and the result of a search."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.pagination import query_fingerprint
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query_rewrite import Rewrite
from cinedex.search.domain.query.search_scope import SearchFilter
from cinedex.search.domain.ranking.confidence import DEFAULT_THRESHOLD, Threshold
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import ALL_EVIDENCE, ALL_SIGNALS, Signal, SignalModalities
from cinedex.search.domain.results.moment import Moment
from cinedex.search.usecases.stage_timer import Stage
from cinedex.timeline.modality import Modality

QUERY_CHARS_MAX = 2_000
PAGE_MAX = 50


class Strategy(StrEnum):
    """`semantic` ranks by vectors and words; `text` finds the literal text, like a text editor."""

    SEMANTIC = "semantic"
    TEXT = "text"


class TextField(StrEnum):
    """What the `text` strategy searches; `captions` includes on-screen text."""

    TRANSCRIPT = "transcript"
    CAPTIONS = "captions"
    SUBTITLES = "subtitles"

    @property
    def feature(self) -> Feature:
        """Subtitles can be searched as soon as the video is cut into segments, which is when its scenes are ready."""
        return {TextField.TRANSCRIPT: Feature.TRANSCRIPT, TextField.CAPTIONS: Feature.CAPTIONS}.get(
            self, Feature.SCENES
        )

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return {
            TextField.TRANSCRIPT: (Modality.SPEECH,),
            TextField.CAPTIONS: (Modality.CAPTION, Modality.SCREEN_TEXT),
            TextField.SUBTITLES: (Modality.SUBTITLE,),
        }[self]


class SearchRequest(BaseModel):
    """`fields` applies to the `text` strategy; `threshold` to `group` apply to the `semantic` strategy.

    `signals`: only these are used; a single one ranks by its own measure, to compare it with the others.
    `fusion`: the fusion method; None is the default of the deployment.
    `parse_query`: time expressions and negations of the query restrict the results, see `query.query_parser`.
    `rewrite`: a language model may add to the query; None is the default of the deployment.
    `group`: adjacent segments become one moment and the same content is shown once, see `results.grouping`.
    """

    model_config = ConfigDict(frozen=True)

    account_id: str
    query: str = Field(max_length=QUERY_CHARS_MAX)
    strategy: Strategy = Strategy.SEMANTIC
    fields: tuple[TextField, ...] = tuple(TextField)
    scope: SearchFilter = SearchFilter()
    threshold: Threshold = DEFAULT_THRESHOLD
    signals: tuple[Signal, ...] = ALL_SIGNALS
    fusion: Fusion | None = None
    rerank: bool = False
    include_report: bool = False
    parse_query: bool = True
    rewrite: bool | None = None
    group: bool = True
    page_limit: int = Field(default=10, ge=1, le=PAGE_MAX)
    page_token: str | None = None

    @property
    def features(self) -> tuple[Feature, ...]:
        """A video is searched when at least one of these is ready."""
        if self.strategy is Strategy.SEMANTIC:
            return (Feature.EMBEDDINGS,)
        return tuple(f.feature for f in self.fields)

    @property
    def is_parsed(self) -> bool:
        """False when the query is used as typed."""
        return self.parse_query and self.strategy is Strategy.SEMANTIC

    @property
    def reranks(self) -> bool:
        """Reranking is skipped when the caller selects signals."""
        return self.rerank and len(self.signals) > 1 and self._uses_all_evidence

    @property
    def can_be_rewritten(self) -> bool:
        """A query is not rewritten when the caller selects signals or switches off parsing."""
        return self.is_parsed and self._uses_all_evidence

    @property
    def literal(self) -> str:
        return self.query.strip()

    def require_fields(self) -> None:
        """Raises `InvalidInput` when the `text` strategy has no field to search."""
        if self.strategy is Strategy.TEXT and not self.fields:
            raise InvalidInput("fields must name at least one field. Omit it to search all.", field="fields")

    @property
    def _uses_all_evidence(self) -> bool:
        return SignalModalities.of(self.signals) == ALL_EVIDENCE

    @property
    def fingerprint(self) -> str:
        return query_fingerprint(self, ignoring=frozenset({"page_token", "page_limit", "include_report"}))


class SearchResults(BaseModel):
    """One page. No moments and no token: nothing in the scope matches with enough confidence.

    `videos` has the video of every moment. `degraded`: a signal was not available and the others answered.
    `parsed_query` is None when the query was used as typed. `rewrite` is None when no language model was called.
    `video_count` and `total_duration_s` describe the searched videos. `stage_ms` has the milliseconds of each stage.
    """

    model_config = ConfigDict(frozen=True)

    moments: tuple[Moment, ...]
    videos: dict[str, Video]
    next_page_token: str | None
    report: str | None
    video_count: int
    total_duration_s: float
    degraded: bool
    parsed_query: ParsedQuery | None = None
    rewrite: Rewrite | None = None
    stage_ms: dict[Stage, float] = Field(default_factory=dict)
