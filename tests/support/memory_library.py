"""Videos, tracks and text vectors in memory, for tests of use cases that only read them."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from cinedex.domain.errors import NotFound, Unavailable
from cinedex.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.domain.probe import Probe
from cinedex.domain.span import Span
from cinedex.domain.timeline import TimelineEntry, TimelinePage, Track
from cinedex.domain.video import StoredMedia, UploadStatus, Video
from cinedex.domain.words import STOP_WORDS, stem, words
from cinedex.ports.text_embedder import TextVectors

READY = FeatureState(status=FeatureStatus.READY, generation=1)
ALL_READY = (Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.OBJECTS, Feature.EMBEDDINGS)


def video(
    video_id: str,
    *,
    duration_s: float = 60.0,
    ready: Sequence[Feature] = ALL_READY,
    account_id: str = "mine",
    **fields: Any,
) -> Video:
    return Video(
        video_id=video_id,
        account_id=account_id,
        media=StoredMedia(bucket="media", key=f"uploads/{account_id}/{video_id}/{video_id}.mp4"),
        status=UploadStatus.UPLOADED,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        probe=Probe(duration_s=duration_s, format="mp4", width=640, height=360),
        features={feature: READY for feature in ready},
        **fields,
    )


class MemoryVideos:
    def __init__(self, *videos: Video) -> None:
        self._videos = {(v.account_id, v.video_id): v for v in videos}

    def add(self, video: Video) -> Video:
        return self.save(video)

    def get(self, account_id: str, video_id: str) -> Video:
        found = self._videos.get((account_id, video_id))
        if found is None:
            raise NotFound(f"No video {video_id}.")
        return found

    def save(self, video: Video) -> Video:
        self._videos[video.account_id, video.video_id] = video
        return video

    def list(self, account_id: str) -> Sequence[Video]:
        return [v for v in self._videos.values() if v.account_id == account_id]

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        return [found for i in video_ids if (found := self._videos.get((account_id, i)))]

    def delete(self, account_id: str, video_id: str) -> None:
        self._videos.pop((account_id, video_id), None)


class MemoryTimeline:
    def __init__(self) -> None:
        self._entries: dict[tuple[str, Track], tuple[TimelineEntry, ...]] = {}

    def replace(self, video_id: str, track: Track, generation: int, entries: Sequence[TimelineEntry]) -> None:
        self._entries[video_id, track] = tuple(entries)

    def page(
        self,
        video_id: str,
        track: Track,
        generation: int,
        within: Span | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> TimelinePage:
        entries = self._entries.get((video_id, track), ())
        return TimelinePage(entries=tuple(e for e in entries if within is None or e.span.overlaps(within))[:limit])

    def entries(self, video_id: str, track: Track, generation: int) -> Iterator[TimelineEntry]:
        return iter(self._entries.get((video_id, track), ()))

    def delete(self, video_id: str) -> None:
        self._entries = {key: e for key, e in self._entries.items() if key[0] != video_id}


class WordVectors:
    """Unit vectors of hashed word stems: texts with words in common are close, and nothing else is."""

    model = "words-2048d"

    def __init__(self) -> None:
        self.down = False

    def embed(self, texts: Sequence[str]) -> TextVectors:
        if self.down:
            raise Unavailable("The text model is down.")
        return TextVectors(model=self.model, vectors=tuple(_vector(text) for text in texts))


def _vector(text: str) -> tuple[float, ...]:
    counts = [1e-9] * 2048
    for word in words(text):
        if word not in STOP_WORDS:
            counts[zlib.crc32(stem(word).encode()) % 2048] += 1.0
    length = math.sqrt(sum(c * c for c in counts))
    return tuple(c / length for c in counts)
