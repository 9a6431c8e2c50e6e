"""Libraries that a user could pick instead, asked as our search stores are; see `benchmarks/requirements.txt`."""

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

from benchmarks.corpus import ACCOUNT, DIMENSION, SEGMENTS_OF_A_VIDEO, Corpus, number_of, video_id


class Rival(Protocol):
    def fill(self, corpus: Corpus) -> None:
        """All at once, as its own guide says."""

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        """As `SegmentIndex.search`."""


class LanceDb:
    """A table without an index over its vectors, so exact, with a full-text index; filters come first."""

    def __init__(self, folder: Path) -> None:
        import lancedb

        self._database = lancedb.connect(folder)
        self._table: Any = None

    def fill(self, corpus: Corpus) -> None:
        import pyarrow

        count, videos = corpus.count, range(corpus.video_count)
        columns = {
            "row": pyarrow.array(range(count)),
            "video": pyarrow.array(np.arange(count) // SEGMENTS_OF_A_VIDEO),
            "text": pyarrow.array([text for video in videos for text in corpus.texts(video)]),
            "vector": pyarrow.FixedSizeListArray.from_arrays(corpus.vectors(len(videos)).ravel(), DIMENSION),
        }
        self._table = self._database.create_table("segments", pyarrow.table(columns))
        self._table.create_fts_index("text")
        self._table.create_scalar_index("video")

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        pool = f"video IN ({', '.join(str(number_of(v)) for v in within.video_ids)})"
        near = list(vector.values) if vector else None
        by_words = self._table.search(words, query_type="fts") if words else None
        by_vector = self._table.search(near).distance_type("cosine") if near else None
        lexical, close = (
            q.where(pool, prefilter=True).limit(limit).select(["row", "text", scored]).to_list() if q else []
            for q, scored in ((by_words, "_score"), (by_vector, "_distance"))
        )
        return SignalHits(
            words=tuple(WordHit(document=found(hit["row"], hit["text"]), score=hit["_score"]) for hit in lexical),
            vectors=tuple(near_hit(hit["row"], hit["text"], 1 - hit["_distance"]) for hit in close),
        )


class Usearch:
    """HNSW in half precision; it knows no filter, so it is asked for more and what is outside is thrown away."""

    def __init__(self, _folder: Path) -> None:
        from usearch.index import Index

        self._index = Index(ndim=DIMENSION, metric="cos", dtype="f16")
        self._texts: list[str] = []

    def fill(self, corpus: Corpus) -> None:
        videos = range(corpus.video_count)
        self._texts = [text for video in videos for text in corpus.texts(video)]
        self._index.add(np.arange(corpus.count), corpus.vectors(len(videos)))

    def search(self, _words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        """No words: it has no full text."""
        if vector is None:
            return SignalHits()
        admitted = len(within.video_ids) * SEGMENTS_OF_A_VIDEO
        wanted = min(len(self._index), 2 * limit * max(1, len(self._index) // admitted))
        found = self._index.search(np.asarray(vector.values, np.float32), wanted)
        videos = {number_of(v) for v in within.video_ids}
        inside = [m for m in found if int(m.key) // SEGMENTS_OF_A_VIDEO in videos][:limit]
        hits = (near_hit(int(m.key), self._texts[int(m.key)], 1 - float(m.distance)) for m in inside)
        return SignalHits(vectors=tuple(hits))


def near_hit(row: int, text: str, cosine: float) -> VectorHit:
    return VectorHit(document=found(row, text), cosines={Modality.SPEECH: cosine})


def found(row: int, text: str) -> SegmentDocument:
    """The same document as our stores give, so that making it costs the same."""
    number, index = divmod(row, SEGMENTS_OF_A_VIDEO)
    at = span(index * 20.0, index * 20.0 + 20.0)
    texts = {Modality.SPEECH: text}
    return SegmentDocument(account_id=ACCOUNT, video_id=video_id(number), segment_index=index, span=at, texts=texts)


RIVALS: dict[str, type[LanceDb] | type[Usearch]] = {"lancedb": LanceDb, "usearch": Usearch}
NAMES: Sequence[str] = tuple(RIVALS)
