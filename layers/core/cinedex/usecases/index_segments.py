"""Put what is known of a video into the search store, with its vectors where they are still valid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cinedex.domain.errors import NotFound
from cinedex.domain.feature import Feature, FeatureStatus
from cinedex.domain.findings import TELLING_NOTHING, Embeddings
from cinedex.domain.moment import Modality, SegmentDocument, Vector
from cinedex.domain.vectors import unpack_vectors
from cinedex.domain.video import Video
from cinedex.ports.library import RunRepository, VideoRepository
from cinedex.ports.media_store import ResultStore
from cinedex.ports.moment_index import MomentIndex
from cinedex.ports.progress import ProgressReader
from cinedex.usecases.advance_features import advance, is_current
from cinedex.usecases.edit_video import edit_video
from cinedex.usecases.gather_segments import GatherSegments
from cinedex.usecases.meter_usage import MeterUsage


@dataclass(frozen=True)
class IndexSegments:
    """Replaces all documents of a video; words that changed do not cost new vectors."""

    results: ResultStore
    gather: GatherSegments
    index: MomentIndex

    def __call__(self, video: Video) -> int:
        """The number of documents stored."""
        documents = self._with_vectors(video, self.gather(video))
        self.index.replace_video(video.account_id, video.video_id, documents)
        return len(documents)

    def publish(self, videos: VideoRepository, video: Video, finish: Callable[[Video], Video]) -> int:
        """Index what `finish` makes of the video, then store it; the number of documents stored.

        So nothing is stored that the index has refused. What somebody else has stored meanwhile is indexed as well.
        Whoever deletes the video meanwhile cannot know of what is written here: it is removed again, and
        `NotFound` raised.
        """
        try:
            finished = finish(video)
            indexed = self(finished)
            stored = edit_video(videos, video.account_id, video.video_id, finish)
            if stored != finished.changed(revision=stored.revision):
                indexed = self(stored)
        except NotFound:
            if not videos.get_many(video.account_id, [video.video_id]):
                self.forget(video)
            raise
        return indexed

    def forget(self, video: Video) -> None:
        """Remove all that was found in a video: documents, tracks and results."""
        self.index.delete_video(video.account_id, video.video_id)
        self.gather.timeline.delete(video.video_id)
        self.results.delete_video(video.account_id, video.video_id)

    def _with_vectors(self, video: Video, documents: list[SegmentDocument]) -> list[SegmentDocument]:
        ready = video.feature(Feature.EMBEDDINGS).status is FeatureStatus.READY
        if not ready or video.embeddings_key is None or video.documents_key is None:
            return documents
        embeddings = Embeddings.model_validate(self.results.get(video.embeddings_key))
        embedded = self.results.get(video.documents_key)
        vectors: dict[int, list[Vector]] = defaultdict(list)
        for (index, modality), text, values in zip(
            embedded["slots"], embedded["texts"], unpack_vectors(embeddings), strict=True
        ):
            if text not in TELLING_NOTHING:  # older results have a vector of it
                vectors[index].append(Vector(modality=Modality(modality), values=values))
        return [
            d.model_copy(update={"model": embeddings.model, "vectors": tuple(vectors[d.segment_index])})
            if d.segment_index in vectors
            else d  # judged by its words alone: there is nothing that could be near
            for d in documents
        ]


@dataclass(frozen=True)
class FinishEmbeddings:
    """Last state of a run that embeds: the vectors go into the index, then the feature is ready."""

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    index: IndexSegments

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
        return {"indexed": self.index.publish(self.videos, video, finish)}


@dataclass(frozen=True)
class FinishAnalysis:
    """The machine has come to its end: the run is no longer in flight.

    A video deleted meanwhile may have been indexed after its deletion; that is undone here.
    """

    videos: VideoRepository
    runs: RunRepository
    progress: ProgressReader
    index: MomentIndex
    meter: MeterUsage

    def __call__(self, account_id: str, video_id: str, run_id: str) -> None:
        try:
            self.meter.add_run(self.videos.get(account_id, video_id), self.runs.get(video_id, run_id))
        except NotFound:
            self.index.delete_video(account_id, video_id)
        self.runs.close(video_id, run_id)
        self.progress.forget(video_id, run_id)
