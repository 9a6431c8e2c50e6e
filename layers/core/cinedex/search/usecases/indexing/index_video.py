"""Index the documents of a video, with their vectors where there are any."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from cinedex.analysis.domain.model_results import PLACEHOLDER_CAPTIONS, Embeddings
from cinedex.analysis.domain.vectors import unpack_vectors
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentDocument, Vector
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.timeline.modality import Modality


@dataclass(frozen=True)
class IndexVideo:
    """A `VideoPublisher`. Replaces all documents of a video; changed texts keep their vectors."""

    results: ResultStore
    assemble_documents: AssembleDocuments
    index: SegmentIndex

    def publish(self, video: Video) -> int:
        """Returns the number of stored documents."""
        documents = self._with_vectors(video, self.assemble_documents(video))
        self.index.replace_video(video.account_id, video.video_id, documents, IndexedVideo.of(video))
        return len(documents)

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
            if text not in PLACEHOLDER_CAPTIONS:  # results of earlier versions have a vector for it
                vectors[index].append(Vector(modality=Modality(modality), values=values))
        return [
            d.model_copy(update={"model": embeddings.model, "vectors": tuple(vectors[d.segment_index])})
            if d.segment_index in vectors
            else d  # without `model` it is scored by its words alone
            for d in documents
        ]
