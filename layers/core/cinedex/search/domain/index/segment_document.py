"""Documents of the segment index, the filter of a search, and the hits that a store returns."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span
from cinedex.timeline.modality import Modality

WHOLE_VIDEO = Span(start_s=0.0, end_s=1e9)
"""Longer than any video."""


EMBEDDED = (Modality.SPEECH, Modality.CAPTION, Modality.SUBTITLE)
"""The modalities that have vectors."""


class Vector(BaseModel):
    """Unit length; `values` has as many entries as the model has dimensions."""

    model_config = ConfigDict(frozen=True)

    modality: Modality
    values: tuple[float, ...]


class SegmentDocument(BaseModel):
    """One segment of a video as the search store keeps it.

    `texts` has only modalities with text; `model` is the embedding model of `vectors`, None without vectors. Vectors of
    different models are never compared.
    """

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_id: str
    collection_id: str | None = None
    segment_index: int
    span: Span
    texts: dict[Modality, str] = Field(default_factory=dict)
    model: str | None = None
    vectors: tuple[Vector, ...] = ()

    @property
    def document_id(self) -> str:
        return f"{self.video_id}:{self.segment_index}"


def sort_by_time(documents: Iterable[SegmentDocument]) -> list[SegmentDocument]:
    """By video and time, as a store returns them."""
    return sorted(documents, key=lambda d: (d.video_id, d.segment_index))


class SegmentFilter(BaseModel):
    """The segments that a search covers; applied before ranking.

    `video_ids` is the resolved scope and is never empty when a search reaches the index. A segment must overlap
    `within` and, for some videos, `windows`.
    """

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_ids: tuple[str, ...]
    within: Span | None = None
    windows: dict[str, Span] = Field(default_factory=dict)
    modalities: tuple[Modality, ...] = tuple(Modality)

    @cached_property
    def parts(self) -> dict[str, Span]:
        """The part of each video to search; a video with no part left is absent."""
        within = self.within or WHOLE_VIDEO
        if not self.windows:
            return dict.fromkeys(self.video_ids, within)
        windows = {video_id: self.windows.get(video_id, within) for video_id in self.video_ids}
        return {v: window.clipped_to(within) for v, window in windows.items() if window.overlaps(within)}

    def admits(self, document: SegmentDocument) -> bool:
        part = self.parts.get(document.video_id)
        return document.account_id == self.account_id and part is not None and part.overlaps(document.span)


class QueryVector(BaseModel):
    """The vector of a query; compared with vectors of the same `model` only."""

    model_config = ConfigDict(frozen=True)

    model: str
    values: tuple[float, ...]


class WordHit(BaseModel):
    """A document that contains words of the query; `score` is the store's BM25, higher is better."""

    model_config = ConfigDict(frozen=True)

    document: SegmentDocument
    score: float


class VectorHit(BaseModel):
    """A document and the cosine of each of its vectors to the query; the best one ranks it."""

    model_config = ConfigDict(frozen=True)

    document: SegmentDocument
    cosines: dict[Modality, float]

    @property
    def score(self) -> float:
        return max(self.cosines.values())


class SignalHits(BaseModel):
    """The candidates of each signal, best first; documents have no vectors.

    `degraded` when a requested signal was not available.
    """

    model_config = ConfigDict(frozen=True)

    words: tuple[WordHit, ...] = ()
    vectors: tuple[VectorHit, ...] = ()
    degraded: bool = False

    def with_scaled_cosines(self, factor: float) -> SignalHits:
        if factor == 1.0:
            return self
        vectors = (
            VectorHit(document=h.document, cosines={m: c * factor for m, c in h.cosines.items()}) for h in self.vectors
        )
        return self.model_copy(update={"vectors": tuple(vectors)})
