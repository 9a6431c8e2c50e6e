"""Collect what is known of each segment as texts: for the index, and for the embedding model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cinedex.analysis.ports.result_store import ResultStore
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.segment_document import EMBEDDED, SegmentDocument
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.timeline.modality import Modality

CONTEXT_CHARS_MAX = 300


@dataclass(frozen=True)
class BuildDocuments:
    """State of the machine: store the texts that the embedding model is to read."""

    videos: VideoRepository
    results: ResultStore
    gather: AssembleDocuments

    def __call__(self, account_id: str, video_id: str, run_id: str) -> dict[str, Any]:
        documents = self.gather(self.videos.get(account_id, video_id))
        slots = [(d.segment_index, m) for d in documents for m in EMBEDDED if d.texts.get(m)]
        by_index = {d.segment_index: d for d in documents}
        key = f"results/{account_id}/{video_id}/{run_id}/documents.json"
        self.results.put(
            key,
            {
                "slots": [[index, modality.value] for index, modality in slots],
                "texts": [_in_context(by_index[index], modality) for index, modality in slots],
            },
        )
        return {"documents_key": key, "count": len(slots)}


def _in_context(document: SegmentDocument, modality: Modality) -> str:
    """A caption is read together with what the video is about: few scenes say of which planet they tell.

    Behind it and not too long, because a model reads the beginning of a text, and all of it counts alike.
    """
    text, about = document.texts[modality], document.texts.get(Modality.ABOUT, "")
    return f"{text}\n{about[:CONTEXT_CHARS_MAX]}" if about and modality is Modality.CAPTION else text
