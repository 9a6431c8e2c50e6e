"""State BuildDocuments: store the texts of each segment that the embedding model reads."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.analysis.domain.state_events import StoredDocuments
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.library.domain.object_keys import documents_key
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.segment_document import EMBEDDED, SegmentDocument
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.timeline.modality import Modality

CONTEXT_CHARS_MAX = 300


@dataclass(frozen=True)
class BuildDocuments:
    videos: VideoRepository
    results: ResultStore
    assemble_documents: AssembleDocuments

    def __call__(self, account_id: str, video_id: str, run_id: str) -> StoredDocuments:
        documents = self.assemble_documents(self.videos.get(account_id, video_id))
        slots = [(d.segment_index, m) for d in documents for m in EMBEDDED if d.texts.get(m)]
        by_index = {d.segment_index: d for d in documents}
        key = documents_key(account_id, video_id, run_id)
        self.results.put(
            key,
            {
                "slots": [[index, modality.value] for index, modality in slots],
                "texts": [_in_context(by_index[index], modality) for index, modality in slots],
            },
        )
        return StoredDocuments(documents_key=key, count=len(slots))


def _in_context(document: SegmentDocument, modality: Modality) -> str:
    """A caption is embedded together with the metadata of the video, which names the topic that a scene lacks.

    The metadata follows the caption and is cut, because the model reads only the beginning of a text and weighs all of
    it equally.
    """
    text, metadata = document.texts[modality], document.texts.get(Modality.METADATA, "")
    return f"{text}\n{metadata[:CONTEXT_CHARS_MAX]}" if metadata and modality is Modality.CAPTION else text
