"""State PublishDocuments: index the vectors of a video, then mark the feature `embeddings` as ready."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance, is_current
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo


@dataclass(frozen=True)
class PublishDocuments:
    """The last state of a run that embeds. A run that is not current any more changes nothing."""

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    publish: PublishVideo

    def __call__(
        self, account_id: str, video_id: str, run_id: str, documents_key: str, embeddings_key: str
    ) -> dict[str, Any]:
        run = self.runs.get(video_id, run_id)
        labels = (str(self.results.get(embeddings_key)["model"]),)

        def finish(before: Video) -> Video:
            if not is_current(before, run, Feature.EMBEDDINGS):
                return before
            after = advance(before, run, (Feature.EMBEDDINGS,), lambda s: s.finished(labels))
            return after.changed(documents_key=documents_key, embeddings_key=embeddings_key)

        video = self.videos.get(account_id, video_id)
        return {"indexed": self.publish(video, finish)}
