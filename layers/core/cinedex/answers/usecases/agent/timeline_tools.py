"""The agent's tools to read the tracks of a video range: speech, captions, on-screen text and objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from cinedex.answers.domain.agent import Evidence
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.tool import RESULTS_MAX, UNNUMBERED, RangeArguments, ToolResult
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span
from cinedex.kernel.text.folding import fold
from cinedex.library.domain.video import Video
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.modality import Modality
from cinedex.timeline.read_timeline import MADE_BY
from cinedex.timeline.timeline_store import Timeline

READ_MAX = 400
"""Entries of a track that one call reads."""


class ObjectsArguments(RangeArguments):
    label: str | None = Field(default=None, max_length=80, description='Only this kind of thing, such as "person".')


@dataclass(frozen=True)
class TrackReader:
    timeline: Timeline

    def entries(
        self, library: ScopedLibrary, requested: RangeArguments, track: Track
    ) -> tuple[Video, list[TimelineEntry]]:
        """Entries in the requested part of the scope, clipped to it.

        Raises `NotFound`, `StateConflict` when the track is not ready, and `InvalidInput` for a range that ends before
        it starts.
        """
        feature = MADE_BY[track]
        video = library.video(requested.video_id).require_ready(feature)
        within = range_in(library.part(video), requested)
        if within is None:
            return video, []
        entries = self._read(video, track, within)
        return video, [e.model_copy(update={"span": e.span.clipped_to(within)}) for e in entries]

    def _read(self, video: Video, track: Track, within: Span) -> list[TimelineEntry]:
        """A page ends early if its entries are large."""
        generation, after = video.feature(MADE_BY[track]).generation, None
        entries: list[TimelineEntry] = []
        while len(entries) < READ_MAX:
            page = self.timeline.page(video.video_id, track, generation, within, after, READ_MAX - len(entries))
            entries += page.entries
            after = page.next_after
            if after is None:
                break
        return entries


@dataclass(frozen=True)
class TrackTool:
    """One tool for each track with text entries."""

    reader: TrackReader
    name: str
    description: str
    track: Track
    source: Modality
    field: str

    arguments: ClassVar[type[RangeArguments]] = RangeArguments

    def __call__(self, library: ScopedLibrary, arguments: RangeArguments) -> ToolResult:
        video, entries = self.reader.entries(library, arguments, self.track)
        results = [entry_evidence(video, entry, str(entry.body[self.field]), self.source) for entry in entries]
        return ToolResult(kind=self.track.value, total=len(results), results=tuple(results[:RESULTS_MAX]))


@dataclass(frozen=True)
class ObjectsTool:
    reader: TrackReader

    name: ClassVar[str] = "get_objects"
    description: ClassVar[str] = (
        "Which kinds of things the detector saw in a video or a part of it, segment by segment."
    )
    arguments: ClassVar[type[ObjectsArguments]] = ObjectsArguments

    def __call__(self, library: ScopedLibrary, arguments: ObjectsArguments) -> ToolResult:
        video, entries = self.reader.entries(library, arguments, Track.OBJECTS)
        labelled = [(entry, text) for entry in entries if (text := _label_counts(entry, arguments.label))]
        results = [entry_evidence(video, entry, text, Modality.OBJECTS) for entry, text in labelled]
        return ToolResult(kind="objects", total=len(results), results=tuple(results[:RESULTS_MAX]))


def timeline_tools(timeline: Timeline) -> Iterator[TrackTool | ObjectsTool]:
    reader = TrackReader(timeline)
    yield TrackTool(
        reader, "get_transcript", "What was said in a video or a part of it, with times.",
        Track.TRANSCRIPT, Modality.SPEECH, "text",
    )  # fmt: skip
    yield TrackTool(
        reader, "get_captions", "Descriptions of what a video or a part of it shows, segment by segment.",
        Track.CAPTIONS, Modality.CAPTION, "caption",
    )  # fmt: skip
    yield TrackTool(
        reader, "get_screen_text", "Text that can be read on the picture of a video or a part of it, with times.",
        Track.SCREEN_TEXT, Modality.SCREEN_TEXT, "text",
    )  # fmt: skip
    yield ObjectsTool(reader)


def entry_evidence(video: Video, entry: TimelineEntry, text: str, source: Modality) -> Evidence:
    return Evidence(
        result_id=UNNUMBERED,
        video_id=video.video_id,
        video_name=video.display_name,
        span=entry.span,
        text=text,
        source=source,
        segment_index=entry.index if source in (Modality.CAPTION, Modality.OBJECTS) else None,
    )


def range_in(part: Span, requested: RangeArguments) -> Span | None:
    """The requested range inside the part in scope; None when they do not overlap."""
    start_s = requested.start_s or 0.0
    end_s = part.end_s if requested.end_s is None else requested.end_s
    if requested.end_s is not None and end_s < start_s:
        raise InvalidInput("end_s must not be before start_s.", field="end_s")
    if end_s < part.start_s or start_s > part.end_s:
        return None
    return Span(start_s=start_s, end_s=max(start_s, end_s)).clipped_to(part)


def _label_counts(entry: TimelineEntry, label: str | None) -> str:
    """`person (5 sightings), cup (1 sighting)`, most seen first."""
    counts = Counter(str(d["type"]) for d in entry.body["detections"])
    shown = {t: n for t, n in counts.most_common() if label is None or fold(t) == fold(label)}
    return ", ".join(f"{thing} ({n} sighting{'s' * (n > 1)})" for thing, n in shown.items())
