"""Alternatives to our search stores with the same interface; see `benchmarks/requirements.txt`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from cinedex.kernel.span import span
from cinedex.search.domain.index.segment_document import (
    QueryVector,
    SegmentDocument,
    SegmentFilter,
    SignalHits,
    VectorHit,
    WordHit,
)
from cinedex.timeline.modality import Modality

from benchmarks.corpus import ACCOUNT, DIMENSION, SEGMENTS_PER_VIDEO, Corpus, number_of, video_id


class OtherLibrary(Protocol):
    def fill(self, corpus: Corpus) -> None:
        """Insert all segments in one batch, as the documentation of the library recommends."""

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        """Same contract as `SegmentIndex.search`."""


class LanceDb:
    """A table with exact vector search (without a vector index), a full-text index and filters before the search."""

    def __init__(self, folder: Path) -> None:
        import lancedb

        self._database = lancedb.connect(folder)
        self._table: Any = None

    def fill(self, corpus: Corpus) -> None:
        import pyarrow

        count, videos = corpus.count, range(corpus.video_count)
        columns = {
            "row": pyarrow.array(range(count)),
            "video": pyarrow.array(np.arange(count) // SEGMENTS_PER_VIDEO),
            "text": pyarrow.array([text for video in videos for text in corpus.texts(video)]),
            "vector": pyarrow.FixedSizeListArray.from_arrays(corpus.vectors(len(videos)).ravel(), DIMENSION),
        }
        self._table = self._database.create_table("segments", pyarrow.table(columns))
        self._table.create_fts_index("text")
        self._table.create_scalar_index("video")

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        condition = f"video IN ({', '.join(str(number_of(v)) for v in within.video_ids)})"
        values = list(vector.values) if vector else None
        by_words = self._table.search(words, query_type="fts") if words else None
        by_vector = self._table.search(values).distance_type("cosine") if values else None
        lexical, nearest = (
            q.where(condition, prefilter=True).limit(limit).select(["row", "text", score]).to_list() if q else []
            for q, score in ((by_words, "_score"), (by_vector, "_distance"))
        )
        return SignalHits(
            words=tuple(WordHit(document=document(hit["row"], hit["text"]), score=hit["_score"]) for hit in lexical),
            vectors=tuple(vector_hit(hit["row"], hit["text"], 1 - hit["_distance"]) for hit in nearest),
        )


class Usearch:
    """HNSW in half precision. It has no filters, so that a search requests more hits and discards those outside."""

    def __init__(self, _folder: Path) -> None:
        from usearch.index import Index

        self._index = Index(ndim=DIMENSION, metric="cos", dtype="f16")
        self._texts: list[str] = []

    def fill(self, corpus: Corpus) -> None:
        videos = range(corpus.video_count)
        self._texts = [text for video in videos for text in corpus.texts(video)]
        self._index.add(np.arange(corpus.count), corpus.vectors(len(videos)))

    def search(self, _words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        """Ignores the words, because the library has no full-text search."""
        if vector is None:
            return SignalHits()
        candidates = len(within.video_ids) * SEGMENTS_PER_VIDEO
        count = min(len(self._index), 2 * limit * max(1, len(self._index) // candidates))
        matches = self._index.search(np.asarray(vector.values, np.float32), count)
        videos = {number_of(v) for v in within.video_ids}
        inside = [m for m in matches if int(m.key) // SEGMENTS_PER_VIDEO in videos][:limit]
        hits = (vector_hit(int(m.key), self._texts[int(m.key)], 1 - float(m.distance)) for m in inside)
        return SignalHits(vectors=tuple(hits))


def vector_hit(row: int, text: str, cosine: float) -> VectorHit:
    return VectorHit(document=document(row, text), cosines={Modality.SPEECH: cosine})


def document(row: int, text: str) -> SegmentDocument:
    """The same document as in the results of our stores, so that its construction takes the same time."""
    number, index = divmod(row, SEGMENTS_PER_VIDEO)
    at = span(index * 20.0, index * 20.0 + 20.0)
    texts = {Modality.SPEECH: text}
    return SegmentDocument(account_id=ACCOUNT, video_id=video_id(number), segment_index=index, span=at, texts=texts)


LIBRARIES: dict[str, type[LanceDb] | type[Usearch]] = {"lancedb": LanceDb, "usearch": Usearch}
NAMES: Sequence[str] = tuple(LIBRARIES)
