"""The search store as a dictionary: for unit tests, and the plainest statement of what a store does."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.kernel.errors import StateConflict
from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.tokens import query_terms, stem
from cinedex.search.domain.index.reindexing import IndexVersion, IndexVersions
from cinedex.search.domain.index.segment_document import (
    QueryVector,
    SegmentDocument,
    SegmentFilter,
    SignalHits,
    VectorHit,
)
from cinedex.search.domain.ranking.lexical import word_hit
from cinedex.search.domain.ranking.similarity import cosine
from cinedex.timeline.modality import Modality


class MemorySegmentIndex:
    def __init__(self) -> None:
        self._videos: dict[tuple[str, str], tuple[SegmentDocument, ...]] = {}
        self._next: MemorySegmentIndex | None = None

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        self._videos[account_id, video_id] = tuple(documents)
        if self._next is not None:
            self._next.replace_video(account_id, video_id, documents)

    def delete_video(self, account_id: str, video_id: str) -> None:
        self.replace_video(account_id, video_id, ())

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        admitted = self._admitted(within)
        words_of_query = frozenset(map(stem, query_terms(words)))
        lexical = (word_hit(document, words_of_query, within.modalities) for document in admitted)
        close = (_vector_hit(document, vector, within.modalities) for document in admitted)
        return SignalHits(
            words=tuple(sorted((h for h in lexical if h), key=lambda h: -h.score)[:limit]),
            vectors=tuple(sorted((h for h in close if h), key=lambda h: -h.score)[:limit]),
        )

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        folded = fold(text)
        documents = (
            document
            for document in self._admitted(within)
            if any(folded in fold(document.texts.get(m, "")) for m in within.modalities)
        )
        return [_without_vectors(document) for document in documents][:limit]

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        documents = (d for d in self._admitted(within) if any(m in d.texts for m in within.modalities))
        return [_without_vectors(document) for document in documents][:limit]

    def _admitted(self, within: SegmentFilter) -> list[SegmentDocument]:
        documents = (d for of_video in self._videos.values() for d in of_video if within.admits(d))
        return sorted(documents, key=lambda d: (d.video_id, d.segment_index))


class MemoryIndexVersions:
    """`IndexVersionStore`."""

    def __init__(self, index: MemorySegmentIndex) -> None:
        self._index = index
        self._old: list[MemorySegmentIndex] = []

    def versions(self) -> IndexVersions:
        following = [self._index._next] if self._index._next is not None else []
        live, beside, old = (tuple(map(_version, some)) for some in ([self._index], following, self._old))
        return IndexVersions(live=live, next=beside, old=old)

    def next_index(self) -> MemorySegmentIndex:
        if self._index._next is None:
            self._index._next = MemorySegmentIndex()
        return self._index._next

    def swap(self) -> None:
        if self._index._next is None:
            raise StateConflict("There is no next index.")
        before = MemorySegmentIndex()
        before._videos, self._index._videos = self._index._videos, self._index._next._videos
        self._index._next = None
        self._old.append(before)

    def drop_next(self) -> None:
        self._index._next = None

    def drop_old(self) -> None:
        self._old.clear()


def _version(index: MemorySegmentIndex) -> IndexVersion:
    return IndexVersion(name="memory", segment_count=sum(map(len, index._videos.values())))


def _vector_hit(
    document: SegmentDocument, vector: QueryVector | None, modalities: Sequence[Modality]
) -> VectorHit | None:
    if vector is None or document.model != vector.model:
        return None
    cosines = {v.modality: cosine(v.values, vector.values) for v in document.vectors if v.modality in modalities}
    return VectorHit(document=_without_vectors(document), cosines=cosines) if cosines else None


def _without_vectors(document: SegmentDocument) -> SegmentDocument:
    return document.model_copy(update={"vectors": ()})
