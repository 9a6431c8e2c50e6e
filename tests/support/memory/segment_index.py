"""The search store as a dictionary: for unit tests, and the plainest statement of what a store does."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.kernel.errors import StateConflict
from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.tokens import stems_of_word, surfaces
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoCount, VideoPage
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
        self._fields: dict[tuple[str, str], IndexedVideo] = {}
        self._next: MemorySegmentIndex | None = None

    def replace_video(
        self, account_id: str, video_id: str, documents: Sequence[SegmentDocument], video: IndexedVideo | None = None
    ) -> None:
        key = (account_id, video_id)
        self._videos[key] = tuple(documents)
        self._put(video or self._fields.get(key) or IndexedVideo(account_id=account_id, video_id=video_id))
        if self._next is not None:
            self._next.replace_video(account_id, video_id, documents, video)

    def set_fields(self, video: IndexedVideo) -> bool:
        if (video.account_id, video.video_id) in self._fields:
            self._put(video)
        if self._next is not None:
            self._next.set_fields(video)
        return True

    def delete_video(self, account_id: str, video_id: str) -> None:
        self._videos.pop((account_id, video_id), None)
        self._fields.pop((account_id, video_id), None)
        if self._next is not None:
            self._next.delete_video(account_id, video_id)

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        admitted = self._admitted(within)
        languages = {code for document in admitted for code in document.all_languages}
        written = surfaces(words).items()
        words_of_query = frozenset[str]().union(*(stems_of_word(s, word, languages) for word, s in written))
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

    def count(self, within: SegmentFilter) -> VideoCount:
        videos = self._of_whole(within)
        return VideoCount(videos=len(videos), duration_s=sum(v.duration_s for v in videos))

    def newest(self, within: SegmentFilter, name_part: str, limit: int) -> VideoPage:
        found = sorted((v.video_id for v in self._of_whole(within) if name_part in fold(v.name)), reverse=True)
        return VideoPage(video_ids=tuple(found[:limit]), total=len(found))

    def unknown_videos(self, limit: int) -> Sequence[tuple[str, str]]:
        return [key for key, video in self._fields.items() if not video.is_known][:limit]

    def _of_whole(self, within: SegmentFilter) -> list[IndexedVideo]:
        return [v for v in self._fields.values() if within.of_whole_videos.part_of(v) is not None]

    def _put(self, video: IndexedVideo) -> None:
        key = (video.account_id, video.video_id)
        if key not in self._fields or video.version >= self._fields[key].version:
            self._fields[key] = video

    def _admitted(self, within: SegmentFilter) -> list[SegmentDocument]:
        documents = [
            document.model_copy(update={"media": video.media, "collection_id": video.collection_id})
            for key, video in self._fields.items()
            for document in self._videos.get(key, ())
            if within.admits(document, video)
        ]
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
        before._fields, self._index._fields = self._index._fields, self._index._next._fields
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
