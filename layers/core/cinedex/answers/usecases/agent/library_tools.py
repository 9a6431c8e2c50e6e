"""The agent's tools to list videos and to get an overview of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from pydantic import Field

from cinedex.answers.domain.agent import Evidence
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.subtitles_tool import SubtitlesTool
from cinedex.answers.usecases.agent.timeline_tools import TrackReader, entry_evidence
from cinedex.answers.usecases.agent.tool import UNNUMBERED, RangeArguments, ToolArguments, ToolResult
from cinedex.kernel.timecode import timecode
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.timeline.entries import Track
from cinedex.timeline.modality import Modality

SCENES_MAX = 8
T = TypeVar("T")


class ListArguments(ToolArguments):
    name_contains: str | None = Field(default=None, max_length=200, description="Only videos with this in their name.")
    limit: int = Field(default=20, ge=1, le=40)


class OverviewArguments(ToolArguments):
    video_id: str = Field(description="Id of a video in scope.")


@dataclass(frozen=True)
class ListVideosTool:
    name: ClassVar[str] = "list_videos"
    description: ClassVar[str] = "The videos in scope, newest first: id, name, length, description."
    arguments: ClassVar[type[ListArguments]] = ListArguments

    def __call__(self, library: ScopedLibrary, arguments: ListArguments) -> ToolResult:
        name_part = arguments.name_contains or ""
        page = library.newest(name_part, arguments.limit)
        videos = library.videos(page.video_ids)
        results = tuple(_metadata(video, library) for video in videos.values())
        total = page.total - len(page.video_ids) + len(videos)
        return ToolResult(kind="videos", query=name_part, total=total, results=results)


@dataclass(frozen=True)
class OverviewTool:
    """The description of a video, and a sample of its captions and speech; of its subtitles where it has no speech."""

    reader: TrackReader
    subtitles: SubtitlesTool

    name: ClassVar[str] = "video_overview"
    description: ClassVar[str] = "What a video is about: its description, and what is seen and said from start to end."
    arguments: ClassVar[type[OverviewArguments]] = OverviewArguments

    def __call__(self, library: ScopedLibrary, arguments: OverviewArguments) -> ToolResult:
        video = library.video(arguments.video_id)
        captions = self._sample(library, video, Track.CAPTIONS, Feature.CAPTIONS, Modality.CAPTION, "caption")
        speech = self._sample(library, video, Track.TRANSCRIPT, Feature.TRANSCRIPT, Modality.SPEECH, "text")
        said = speech or self._cues(library, video)
        sampled = sorted([*captions, *said], key=lambda result: result.span.start_s)
        results = (_metadata(video, library), *sampled)
        return ToolResult(kind="overview", total=len(results), results=results)

    def _cues(self, library: ScopedLibrary, video: Video) -> list[Evidence]:
        cues = list(self.subtitles.read(library, video, RangeArguments(video_id=video.video_id)))
        return _evenly(cues, SCENES_MAX)

    def _sample(
        self, library: ScopedLibrary, video: Video, track: Track, feature: Feature, source: Modality, field: str
    ) -> list[Evidence]:
        """Evenly spaced entries; none while the feature is not ready."""
        if video.feature(feature).status is not FeatureStatus.READY:
            return []
        _, entries = self.reader.entries(library, RangeArguments(video_id=video.video_id), track)
        return [entry_evidence(video, e, str(e.body[field]), source) for e in _evenly(entries, SCENES_MAX)]


def _metadata(video: Video, library: ScopedLibrary) -> Evidence:
    parts = [video.display_name, f"{timecode(video.whole.end_s)} long", video.description or ""]
    return Evidence(
        result_id=UNNUMBERED,
        video_id=video.video_id,
        video_name=video.display_name,
        span=library.part(video),
        text=". ".join(text for text in parts if text),
        source=Modality.METADATA,
    )


def _evenly(items: Sequence[T], count: int) -> list[T]:
    if len(items) <= count:
        return list(items)
    return [items[round(i * (len(items) - 1) / (count - 1))] for i in range(count)]
