"""The part of a library that the tools of one turn can access."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cinedex.answers.domain.agent import AgentTask
from cinedex.kernel.errors import NotFound
from cinedex.kernel.span import Span
from cinedex.kernel.text.folding import fold
from cinedex.library.domain.feature import CATALOG, Feature
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.indexed_video import VideoPage
from cinedex.search.domain.query.search_scope import SearchFilter, SearchScope
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.querying.scope_videos import ScopeVideos

ANY_FEATURE = tuple(CATALOG)


@dataclass(frozen=True)
class LibraryReader:
    """What a `ScopedLibrary` reads from."""

    index: SegmentIndex
    scope_videos: ScopeVideos


@dataclass(frozen=True)
class ScopedLibrary:
    """Videos are read from the library when a tool needs them, each once in a turn."""

    scope: SearchScope
    reader: LibraryReader
    known: dict[str, Video] = field(default_factory=dict)

    def video(self, video_id: str) -> Video:
        """Raises `NotFound`, with one message for unknown videos, those out of scope and those of other accounts."""
        video = self.videos([video_id]).get(video_id)
        if video is None:
            raise NotFound(f"Video {video_id[:64]!r} is not in scope.", field="video_id")
        return video

    def videos(self, video_ids: Iterable[str]) -> dict[str, Video]:
        """Those of the videos that are in the scope."""
        requested = tuple(dict.fromkeys(video_ids))
        missing = [video_id for video_id in requested if video_id not in self.known]
        if missing:
            self.known.update(self.reader.scope_videos(self.scope, missing))
        return {video_id: self.known[video_id] for video_id in requested if video_id in self.known}

    def part(self, video: Video) -> Span:
        """The part of the video in scope."""
        return (self.scope.part_of(video) or video.whole).clipped_to(video.whole)

    def parts(self, video_ids: Iterable[str]) -> dict[str, Span]:
        return {video_id: self.part(video) for video_id, video in self.videos(video_ids).items()}

    def present(self, segments: Sequence[ScoredSegment], limit: int) -> list[ScoredSegment]:
        """The first segments whose videos are in the scope; the index may still have others."""
        present: list[ScoredSegment] = []
        while segments and len(present) < limit:
            batch, segments = segments[: limit - len(present)], segments[limit - len(present) :]
            videos = self.videos(s.document.video_id for s in batch)
            present += [s for s in batch if s.document.video_id in videos]
        return present

    def narrowed_to(self, video_ids: Sequence[str] | None) -> SearchScope:
        """Raises `NotFound` when one of them is not in scope."""
        if video_ids is None:
            return self.scope
        self.videos(video_ids)
        return self.scope.narrowed_to([self.video(video_id).video_id for video_id in video_ids])

    def newest(self, name_part: str, limit: int) -> VideoPage:
        return self.reader.index.newest(self.scope.segments(), fold(name_part), limit)

    @property
    def video_count(self) -> int:
        return self.reader.index.count(self.scope.segments()).videos


def scoped_library(task: AgentTask, reader: LibraryReader, any_of: tuple[Feature, ...] = ANY_FEATURE) -> ScopedLibrary:
    """Every video in the scope of the task that has one of the features `any_of` ready."""
    requested = SearchFilter(video_ids=task.scope.video_ids, collection_ids=task.scope.collection_ids)
    return ScopedLibrary(SearchScope(task.account_id, requested, any_of, dict(task.scope.windows)), reader)
