"""Documents of the segment index, the filter of a search, and the hits that a store returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span
from cinedex.kernel.text.stemming import ENGLISH_ONLY
from cinedex.kernel.text.tokens import stems
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoConditions
from cinedex.search.domain.index.time_range import TimeRange
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
    different models are never compared. `media` identifies the file of the video; empty when it is not known.
    `languages` are those of a text, as codes of ISO 639-1 where there are any, if it may be in others than English.
    """

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_id: str
    collection_id: str | None = None
    segment_index: int
    span: Span
    texts: dict[Modality, str] = Field(default_factory=dict)
    languages: dict[Modality, tuple[str, ...]] = Field(default_factory=dict)
    model: str | None = None
    vectors: tuple[Vector, ...] = ()
    media: str = ""

    @property
    def document_id(self) -> str:
        return f"{self.video_id}:{self.segment_index}"

    def languages_of(self, modality: Modality) -> tuple[str, ...]:
        return self.languages.get(modality, ENGLISH_ONLY)

    @property
    def all_languages(self) -> tuple[str, ...]:
        return tuple(sorted({code for codes in self.languages.values() for code in codes}))

    def stems_of(self, modality: Modality) -> frozenset[str]:
        return stems(self.texts.get(modality, ""), self.languages_of(modality))


def sort_by_time(documents: Iterable[SegmentDocument]) -> list[SegmentDocument]:
    """By video and time, as a store returns them."""
    return sorted(documents, key=lambda d: (d.video_id, d.segment_index))


class SegmentFilter(BaseModel):
    """The segments that a search covers; applied before ranking.

    `video_ids` None are all videos of the account that `videos` admits. A segment must overlap `within`, every one of
    `ranges`, the recording times of `videos` and, for some videos, `windows`. The index admits every segment of a video
    whose fields it does not know.
    """

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_ids: tuple[str, ...] | None = None
    excluded_ids: tuple[str, ...] = ()
    videos: VideoConditions = VideoConditions()
    within: Span | None = None
    windows: dict[str, Span] = Field(default_factory=dict)
    ranges: tuple[TimeRange, ...] = ()
    modalities: tuple[Modality, ...] = tuple(Modality)

    @property
    def is_empty(self) -> bool:
        """True when no video can be in the scope."""
        return self.video_ids == () or self.videos.collection_ids == () or self.videos.languages == ()

    @property
    def of_whole_videos(self) -> SegmentFilter:
        """The same videos from beginning to end, with all kinds of evidence."""
        return SegmentFilter(
            account_id=self.account_id, video_ids=self.video_ids, excluded_ids=self.excluded_ids, videos=self.videos
        )

    def part_of(self, video: IndexedVideo) -> Span | None:
        """The part of the video to search; None when it is not in the scope, or nothing of it is."""
        if not self._admits_video(video):
            return None
        part: Span | None = WHOLE_VIDEO
        for window in self._windows_of(video):
            part = _shared(part, window)
        return part

    def admits(self, document: SegmentDocument, video: IndexedVideo) -> bool:
        part = self.part_of(video)
        return part is not None and part.overlaps(document.span)

    def _admits_video(self, video: IndexedVideo) -> bool:
        is_listed = self.video_ids is None or video.video_id in self.video_ids
        is_here = video.account_id == self.account_id and is_listed and video.video_id not in self.excluded_ids
        return is_here and (not video.is_known or self.videos.admits(video))

    def _windows_of(self, video: IndexedVideo) -> Iterator[Span | None]:
        yield self.windows.get(video.video_id, WHOLE_VIDEO)
        if video.is_known and self.ranges:
            whole = Span(start_s=0.0, end_s=video.duration_s)
            yield from (time_range.span_in(whole) for time_range in self.ranges)
        if video.is_known and self.videos.needs_recording_time:
            yield _recorded_window(video, self.videos)
        yield self.within or WHOLE_VIDEO


def _shared(part: Span | None, window: Span | None) -> Span | None:
    if part is None or window is None or not window.overlaps(part):
        return None
    return window.clipped_to(part)


def _recorded_window(video: IndexedVideo, videos: VideoConditions) -> Span | None:
    """The part of the video that was recorded between the two times; None when there is none."""
    if video.recorded_at_s is None:
        return None
    since_s, until_s = videos.recorded_from_s, videos.recorded_to_s
    start_s = 0.0 if since_s is None else max(0.0, since_s - video.recorded_at_s)
    end_s = video.duration_s if until_s is None else min(video.duration_s, until_s - video.recorded_at_s)
    return Span(start_s=start_s, end_s=end_s) if start_s <= end_s else None


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
