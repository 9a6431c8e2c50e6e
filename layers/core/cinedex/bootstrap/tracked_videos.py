"""Repositories whose changes of a video reach the search index."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cinedex.adapters.dynamodb.runs import StoredRuns
from cinedex.adapters.dynamodb.videos import StoredVideos
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.library.domain.video import Video
from cinedex.search.usecases.indexing.update_index import TrackChanges, changes_index


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
