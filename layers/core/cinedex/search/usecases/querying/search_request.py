"""What a search is asked, and what it answers."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.pagination import fingerprint
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.search.domain.query.parsed_query import ParsedQuery, parse_query
from cinedex.search.domain.query.query_rewrite import Rewrite
from cinedex.search.domain.ranking.confidence import DEFAULT_THRESHOLD, Threshold
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, EVERYTHING, Evidence, Signal
from cinedex.search.domain.results.moment import Moment
from cinedex.search.usecases.querying.resolve_scope import SearchFilter
from cinedex.search.usecases.querying.stage_timer import Stage
from cinedex.timeline.modality import Modality

QUERY_CHARS_MAX = 2_000
PAGE_MAX = 50


class Strategy(StrEnum):
    """`semantic` ranks by meaning and words; `text` finds the literal text, like a text editor."""

    SEMANTIC = "semantic"
    TEXT = "text"


class TextField(StrEnum):
    """Where the `text` strategy looks; on-screen text comes with the captions."""

    TRANSCRIPT = "transcript"
    CAPTIONS = "captions"

    @property
    def feature(self) -> Feature:
        return Feature.TRANSCRIPT if self is TextField.TRANSCRIPT else Feature.CAPTIONS

    @property
    def modalities(self) -> tuple[Modality, ...]:
        if self is TextField.TRANSCRIPT:
            return (Modality.SPEECH,)
        return (Modality.CAPTION, Modality.SCREEN_TEXT)


class SearchRequest(BaseModel):
    """`fields` are those of the `text` strategy; from `threshold` to `group` all is for the `semantic` strategy only.

    `signals`: these alone are asked; a single one ranks in its own order, to compare it with all.
    `fusion`: how several signals make one order; None is the way of the deployment.
    `understand`: time words and negations of the query narrow what is found, see `domain.parsed_query`.
    `rewrite`: a language model may add to the query; None is as the deployment is set.
    `group`: neighbours become one moment and the same content is shown once, see `domain.grouping`.
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
    understand: bool = True
    rewrite: bool | None = None
    group: bool = True
    page_limit: int = Field(default=10, ge=1, le=PAGE_MAX)
    page_token: str | None = None

    @property
    def features(self) -> tuple[Feature, ...]:
        """One of these must be ready for a video to be in the pool."""
        if self.strategy is Strategy.SEMANTIC:
            return (Feature.EMBEDDINGS,)
        return tuple(f.feature for f in self.fields)

    @property
    def reranks(self) -> bool:
        """Who asks some signals alone gets what they say."""
        return self.rerank and len(self.signals) > 1 and Evidence.of(self.signals) == EVERYTHING

    @property
    def can_be_rewritten(self) -> bool:
        """Who wants the query as it stands, or some signals alone, gets that."""
        return self.understand and self.strategy is Strategy.SEMANTIC and Evidence.of(self.signals) == EVERYTHING

    @property
    def literal(self) -> str:
        return self.query.strip()

    def require_fields(self) -> None:
        """Raises `InvalidInput` when the `text` strategy is to look nowhere."""
        if self.strategy is Strategy.TEXT and not self.fields:
            raise InvalidInput("fields must name at least one; leave it out to look in all.", field="fields")

    def understood(self) -> ParsedQuery | None:
        """None when the query is to be taken as it stands; raises `InvalidInput` when it names nothing to look for."""
        return parse_query(self.query) if self.understand and self.strategy is Strategy.SEMANTIC else None

    @property
    def fingerprint(self) -> str:
        return fingerprint(self, ignoring=frozenset({"page_token", "page_limit", "include_report"}))


class SearchResults(BaseModel):
    """One page. No moments and no token: no confident match in the pool.

    `videos` holds the video of every moment. `degraded` tells that a signal was down and the rest answered.
    `understood` is how the query was read; None when it was taken as it stands. `rewrite` is what a language model
    added to it; None when none was asked. `stage_ms` are the milliseconds that each stage took.
    """

    model_config = ConfigDict(frozen=True)

    moments: tuple[Moment, ...]
    videos: dict[str, Video]
    next_page_token: str | None
    report: str | None
    pool_video_count: int
    pool_duration_s: float
    degraded: bool
    understood: ParsedQuery | None = None
    rewrite: Rewrite | None = None
    stage_ms: dict[Stage, float] = Field(default_factory=dict)
