"""Latency of the search stores, compared with NumPy over the same vectors in the same run.

python -m benchmarks.search_index --segments 100000 --stores sqlite opensearch lancedb usearch --opensearch-url URL

`lancedb` and `usearch` are alternatives and need `benchmarks/requirements.txt`.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter
from cinedex.search.ports.index_versions import IndexVersionStore
from cinedex.search.ports.segment_index import SegmentIndex
from numpy.typing import NDArray

from benchmarks.corpus import (
    ACCOUNT,
    DIMENSION,
    MODEL,
    SEGMENTS_PER_VIDEO,
    Corpus,
    make_corpus,
    number_of,
    video_id,
)
from benchmarks.other_libraries import LIBRARIES, NAMES, OtherLibrary

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

Store = SegmentIndex | OtherLibrary

NEAREST, CANDIDATES = 10, 200
SHARES = (1.0, 0.2, 0.05, 0.005)
HEAD = (
    "filter      rows |   NumPy p50,95 |   vectors p50,95  ratio  recall |   words p50,95 |"
    " both p50,95 (200 of each)   [ms]"
)


@dataclass(frozen=True)
class Timing:
    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, calls: Sequence[Callable[[], object]]) -> Timing:
        calls[0]()
        times_ms = sorted(_seconds(call) * 1000 for call in calls)
        return cls(statistics.median(times_ms), times_ms[int(len(times_ms) * 0.95)])

    def __str__(self) -> str:
        return f"{self.p50_ms:8.1f} {self.p95_ms:8.1f}"


def fill(store: Store, corpus: Corpus) -> float:
    """Segments a second; our stores are filled one video at a time, like in the pipeline and in reindexing."""
    started = time.perf_counter()
    if isinstance(store, tuple(LIBRARIES.values())):
        store.fill(corpus)
    else:
        for number in range(corpus.video_count):
            documents = corpus.video(number)
            store.replace_video(ACCOUNT, documents[0].video_id, documents)
    return corpus.count / (time.perf_counter() - started)


def measure(index: Store, corpus: Corpus, share: float) -> str:
    videos = max(1, int(corpus.video_count * share))
    within = SegmentFilter(account_id=ACCOUNT, video_ids=tuple(map(video_id, range(videos))))
    matrix = corpus.vectors(videos)
    numbers = range(len(corpus.queries))

    def search_both(n: int) -> object:
        return index.search(_words(n), _query(corpus.queries[n]), within, CANDIDATES)

    exact = Timing.of([partial(brute_force, matrix, corpus.queries[n]) for n in numbers])
    vectors = Timing.of([partial(_nearest, index, corpus.queries[n], within) for n in numbers])
    words = Timing.of([partial(index.search, _words(n), None, within, NEAREST) for n in numbers])
    both = Timing.of([partial(search_both, n) for n in numbers])
    ratio, share_found = vectors.p50_ms / exact.p50_ms, recall(index, corpus, within, matrix)
    return f"{share:6.1%} {len(matrix):9,} |{exact} |{vectors} {ratio:6.1f}x {share_found:7.3f} |{words} |{both}"


def recall(index: Store, corpus: Corpus, within: SegmentFilter, matrix: NDArray[np.float32]) -> float:
    """Share of the `NEAREST` nearest by exact cosine that the store returns."""
    hits = 0
    for query in corpus.queries:
        expected = set(brute_force(matrix, query).tolist())
        hits += len(expected & set(_nearest(index, query, within)))
    return hits / (len(corpus.queries) * min(NEAREST, len(matrix)))


def brute_force(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.int64]:
    cosines = vectors @ query
    return np.argpartition(-cosines, min(NEAREST, len(cosines) - 1))[:NEAREST]


def _nearest(index: Store, query: NDArray[np.float32], within: SegmentFilter) -> list[int]:
    hits = index.search("", _query(query), within, NEAREST).vectors
    return [_row(hit.document) for hit in hits]


def _row(document: SegmentDocument) -> int:
    return number_of(document.video_id) * SEGMENTS_PER_VIDEO + document.segment_index


def _query(query: NDArray[np.float32]) -> QueryVector:
    return QueryVector(model=MODEL, values=tuple(query.tolist()))


def _words(number: int) -> str:
    """Two words: one that occurs in about every hundredth segment, and a rare one."""
    return f"w{number % 20 + 150} w{number * 37 % 3000 + 1000}"


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def create_and_fill(name: str, folder: Path, url: str | None, corpus: Corpus) -> tuple[Store, str]:
    """The store, and its fill rate as text."""
    if name == "opensearch":
        return fill_opensearch(url, corpus)
    if name in LIBRARIES:
        store: Store = LIBRARIES[name](folder)
    else:
        from cinedex.adapters.sqlite import SqliteSegmentIndex

        store = SqliteSegmentIndex(folder / "index.sqlite")
    return store, f"filled at {fill(store, corpus):,.0f}/s"


def fill_opensearch(url: str | None, corpus: Corpus) -> tuple[Store, str]:
    """Like reindexing: fills a second index, swaps the alias, then merges the segments."""
    from cinedex.adapters.opensearch import IndexLayout, OpenSearchIndexVersions, OpenSearchSegmentIndex, connect

    if url is None:
        raise SystemExit("--opensearch-url is needed for the store 'opensearch'")
    client, layout = connect(url), IndexLayout(alias=f"benchmark-{time.time_ns()}")
    versions = OpenSearchIndexVersions(client, layout)
    rate = fill(versions.next_index(), corpus)
    merging_s = _seconds(partial(swap_and_merge, client, versions, layout.alias))
    return OpenSearchSegmentIndex(client, layout), f"filled at {rate:,.0f}/s, then merged in {merging_s:.0f} s"


def swap_and_merge(client: OpenSearch, versions: IndexVersionStore, alias: str) -> None:
    versions.swap()
    client.indices.forcemerge(index=alias, params={"max_num_segments": 1, "request_timeout": 900})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--segments", type=int, default=100_000)
    options.add_argument("--stores", nargs="+", choices=["sqlite", "opensearch", *NAMES], default=["sqlite"])
    options.add_argument("--opensearch-url")
    options.add_argument(
        "--shares", nargs="+", type=float, default=SHARES, help="share of the segments inside the filter"
    )
    chosen = options.parse_args()
    corpus = make_corpus(chosen.segments)
    for name in chosen.stores:
        with tempfile.TemporaryDirectory() as folder:
            store, fill_rate = create_and_fill(name, Path(folder), chosen.opensearch_url, corpus)
            print(f"\n{name}: {chosen.segments:,} segments x {DIMENSION}, {fill_rate}\n{HEAD}")
            for share in chosen.shares:
                print(measure(store, corpus, share), flush=True)


if __name__ == "__main__":
    main()
