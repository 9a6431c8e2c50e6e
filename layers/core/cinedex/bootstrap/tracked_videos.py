"""Repositories whose changes of a video reach the search index."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cinedex.adapters.dynamodb.library.stores import outbox, stored_videos
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.runs import RUN, StoredRuns
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO, StoredVideos
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.kernel.clock import Clock
from cinedex.library.domain.video import Video
from cinedex.search.ports.index_updates import IndexUpdates
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.search.usecases.indexing.index_video import IndexVideo
from cinedex.search.usecases.indexing.update_index import RefreshFields, TrackChanges, changes_index
from cinedex.timeline.timeline_store import Timeline


class TrackedVideos(StoredVideos):
    """`track` is called for a change of indexed fields only: other functions never open the search store."""

    track: Callable[[], TrackChanges]

    def save(self, video: Video) -> Video:
        before = self.get(video.account_id, video.video_id)
        return self.track()(video, super().save) if changes_index(before, video) else super().save(video)


class TrackedRuns(StoredRuns):
    """A run that starts makes features of its video unready."""

    find_videos: Callable[[str, Sequence[str]], Sequence[Video]]
    track: Callable[[], TrackChanges]

    def open(self, video: Video, run: AnalysisRun) -> Video:
        before = self.find_videos(video.account_id, [video.video_id])
        if not before or not changes_index(before[0], video):
            return super().open(video, run)
        return self.track()(video, lambda after: StoredRuns.open(self, after, run))


def changes_of_videos(
    updates: IndexUpdates, results: ResultStore, timeline: Timeline, index: SegmentIndex, clock: Clock
) -> TrackChanges:
    index_video = IndexVideo(results, AssembleDocuments(results, timeline), index)
    return TrackChanges(updates, RefreshFields(index_video), clock)


def tracked_videos(table: DynamoDbTable, track: Callable[[], TrackChanges]) -> TrackedVideos:
    videos = stored_videos(table, TrackedVideos)
    videos.track = track
    return videos


def tracked_runs(table: DynamoDbTable, videos: StoredVideos, track: Callable[[], TrackChanges]) -> TrackedRuns:
    stored = DynamoDbRepository(table, RUN), DynamoDbRepository(table, VIDEO)
    runs = TrackedRuns(*stored, table.delete_partition, outbox(table))
    runs.find_videos, runs.track = videos.get_many, track
    return runs
