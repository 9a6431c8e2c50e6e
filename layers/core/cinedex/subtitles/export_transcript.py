"""Export the transcript of a video, or its translation, as a subtitle file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.subtitles.cue import Cue
from cinedex.subtitles.transcript_cues import cut_cues, words_of_text
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.read_timeline import ReadTimeline, SpokenWord, TrackQuery, words_of


class TranscriptFile(BaseModel):
    """`language` is the main one; None without speech."""

    model_config = ConfigDict(frozen=True)

    cues: tuple[Cue, ...]
    language: str | None


@dataclass(frozen=True)
class ExportTranscript:
    """Raises `NotFound`, and `StateConflict` while the transcript is not ready."""

    read_timeline: ReadTimeline

    def __call__(self, account_id: str, video_id: str, query: TrackQuery, *, translated: bool) -> TranscriptFile:
        track = Track.TRANSLATION if translated else Track.TRANSCRIPT
        video, entries = self.read_timeline.entries(account_id, video_id, query, track)
        language = video.translated_to if translated else next(iter(video.spoken_languages), None)
        return TranscriptFile(cues=tuple(cut_cues(_words(entries, query.within()))), language=language)


def _words(entries: Iterator[TimelineEntry], within: Span | None) -> Iterator[SpokenWord]:
    for entry in entries:
        words = list(words_of(entry)) or words_of_text(str(entry.body["text"]), entry.span.start_s, entry.span.end_s)
        yield from (word for word in words if within is None or word.span.overlaps(within))
