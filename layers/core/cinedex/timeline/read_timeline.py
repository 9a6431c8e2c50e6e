"""Read a track of a video: a page of entries, or of words, or the whole text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.errors import InvalidInput, StateConflict
from cinedex.kernel.fingerprint import fingerprint
from cinedex.kernel.pagination import CursorToken, invalid_token
from cinedex.kernel.span import Span, span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.timeline.entries import TimelineEntry, TimelinePage, Track
from cinedex.timeline.timeline_store import Timeline

PAGE_LIMIT_MAX = 500
FOREVER_S = 1e6
WORDS_DONE = re.compile(r"[0-9]{1,6}")

MADE_BY: dict[Track, Feature] = {
    Track.TRANSCRIPT: Feature.TRANSCRIPT,
    Track.TRANSLATION: Feature.TRANSCRIPT,
    Track.SCENES: Feature.SCENES,
    Track.CAPTIONS: Feature.CAPTIONS,
    Track.SCREEN_TEXT: Feature.CAPTIONS,
    Track.OBJECTS: Feature.OBJECTS,
}


class TrackQuery(BaseModel):
    """A range of a track; `page_token` comes from the previous page."""

    model_config = ConfigDict(frozen=True)

    start_s: float | None = None
    end_s: float | None = None
    page_limit: int = 50
    page_token: str | None = None

    def question(self, what: str) -> str:
        """The same for every page of one reading; a token is of use for its own reading only."""
        return fingerprint(what, str(self.start_s), str(self.end_s))[:24]

    def within(self) -> Span | None:
        """Raises `InvalidInput` for a range that is negative or ends before it starts."""
        if self.start_s is None and self.end_s is None:
            return None
        start_s, end_s = self.start_s or 0.0, math.inf if self.end_s is None else self.end_s
        if not math.isfinite(start_s) or start_s < 0:
            raise InvalidInput("start must be a number of seconds from 0.", field="start_s")
        if math.isnan(end_s) or end_s < start_s:
            raise InvalidInput("end must be a number of seconds from 0, and not before start.", field="end_s")
        return span(min(start_s, FOREVER_S), min(end_s, FOREVER_S))

    def limit(self) -> int:
        if not 1 <= self.page_limit <= PAGE_LIMIT_MAX:
            raise InvalidInput(f"page_limit must lie between 1 and {PAGE_LIMIT_MAX}.", field="page_limit")
        return self.page_limit


class SpokenWord(BaseModel):
    model_config = ConfigDict(frozen=True)

    span: Span
    text: str


@dataclass(frozen=True)
class ReadTimeline:
    """Raises `NotFound` for the video and `StateConflict` while the feature is not ready."""

    videos: VideoRepository
    timeline: Timeline

    def page(
        self, account_id: str, video_id: str, track: Track, query: TrackQuery
    ) -> tuple[tuple[TimelineEntry, ...], str | None]:
        video, generation = self._ready(account_id, video_id, track)
        question = query.question(f"{video_id} {track.value} {generation}")
        after = _unpack(query.page_token, question)
        page = self.timeline.page(video.video_id, track, generation, query.within(), after, query.limit())
        return page.entries, _pack(page.next_after, question)

    def words(self, account_id: str, video_id: str, query: TrackQuery) -> tuple[tuple[SpokenWord, ...], str | None]:
        """Words with their times; the token has the utterance and the word after which the next page begins."""
        video, generation = self._ready(account_id, video_id, Track.TRANSCRIPT)
        within, limit = query.within(), query.limit()
        question = query.question(f"{video_id} words {generation}")
        shown: list[SpokenWord] = []
        position: str | None = None
        for cursor, word in self._words(video.video_id, generation, within, _unpack(query.page_token, question)):
            if len(shown) == limit:
                return tuple(shown), _pack(position, question)
            shown.append(word)
            position = cursor
        return tuple(shown), None

    def text(self, account_id: str, video_id: str, query: TrackQuery, track: Track = Track.TRANSCRIPT) -> str:
        _, entries = self.entries(account_id, video_id, query, track)
        return " ".join(str(e.body["text"]) for e in entries)

    def entries(
        self, account_id: str, video_id: str, query: TrackQuery, track: Track
    ) -> tuple[Video, Iterator[TimelineEntry]]:
        """All entries in the range of the query; they are read page by page."""
        video, generation = self._ready(account_id, video_id, track)
        pages = self._pages(video.video_id, track, generation, query.within(), None)
        return video, (entry for page in pages for entry in page.entries)

    def _ready(self, account_id: str, video_id: str, track: Track) -> tuple[Video, int]:
        feature = MADE_BY[track]
        video = self.videos.get(account_id, video_id).require_ready(feature)
        if track is Track.TRANSLATION and video.translated_to is None:
            raise StateConflict("The transcript of this video was not translated. Trigger it with translate_to.")
        return video, video.feature(feature).generation

    def _pages(
        self, video_id: str, track: Track, generation: int, within: Span | None, after: str | None
    ) -> Iterator[TimelinePage]:
        while True:
            page = self.timeline.page(video_id, track, generation, within, after, PAGE_LIMIT_MAX)
            yield page
            after = page.next_after
            if after is None:
                return

    def _words(
        self, video_id: str, generation: int, within: Span | None, position: str | None
    ) -> Iterator[tuple[str, SpokenWord]]:
        before, _, done = (position or "").partition("+")
        skip = _count(done)
        for page in self._pages(video_id, Track.TRANSCRIPT, generation, within, before or None):
            for previous, cursor, entry in zip((before, *page.cursors), page.cursors, page.entries, strict=False):
                words = list(enumerate(words_of(entry), start=1))
                for number, word in words[skip:]:
                    if within is None or word.span.overlaps(within):
                        yield (cursor if number == len(words) else f"{previous}+{number}"), word
                skip = 0
            before = page.cursors[-1] if page.cursors else before


def words_of(entry: TimelineEntry) -> Iterator[SpokenWord]:
    """None of a translation, and of a transcript without words."""
    rows: list[Any] = entry.body.get("words") or []
    for start_s, end_s, text in rows:
        yield SpokenWord(span=span(start_s, max(start_s, end_s)), text=str(text).strip())


def _count(done: str) -> int:
    if done and not WORDS_DONE.fullmatch(done):
        raise invalid_token()
    return int(done or 0)


def _pack(cursor: str | None, query: str) -> str | None:
    return CursorToken(query=query, cursor=cursor).pack() if cursor else None


def _unpack(token: str | None, query: str) -> str | None:
    return CursorToken.unpack(token, query).cursor if token else None
