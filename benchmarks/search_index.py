"""How fast the search stores are, side by side with plain NumPy over the same vectors in the same run.

python -m benchmarks.search_index --segments 100000 --stores sqlite opensearch --opensearch-url URL
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

import numpy as np
from cinedex.domain.moment import Modality, MomentFilter, QueryVector, SegmentDocument, Vector
from cinedex.domain.span import span
from cinedex.ports.moment_index import MomentIndex
from numpy.typing import NDArray

MODEL, DIMENSION, ACCOUNT = "benchmark-384d", 384, "benchmark"
SEGMENTS_OF_A_VIDEO, WORDS_OF_A_SEGMENT, VOCABULARY = 50, 40, 20_000
CLUSTERS, CLUSTER_NOISE = 500, 0.7
QUERIES, NEAREST, CANDIDATES = 40, 10, 200
SHARES = (1.0, 0.2, 0.05, 0.005)
HEAD = (
    "filter      rows |   NumPy p50,95 |   vectors p50,95  ratio  recall |   words p50,95 |"
    " both p50,95 (200 of each)   [ms]"
)


@dataclass(frozen=True)
class Corpus:
    """Made-up segments: vectors in clusters, as sentences have them, and words by Zipf's law."""

    vectors: NDArray[np.float32]
    words: NDArray[np.int64]
    queries: NDArray[np.float32]

    @property
    def video_count(self) -> int:
        return -(-len(self.vectors) // SEGMENTS_OF_A_VIDEO)

    def video(self, number: int) -> list[SegmentDocument]:
        first = number * SEGMENTS_OF_A_VIDEO
        rows = range(first, min(first + SEGMENTS_OF_A_VIDEO, len(self.vectors)))
        return [self._segment(number, row - first, row) for row in rows]

    def _segment(self, video: int, index: int, row: int) -> SegmentDocument:
        return SegmentDocument(
            account_id=ACCOUNT,
            video_id=video_id(video),
            segment_index=index,
            span=span(index * 20.0, index * 20.0 + 20.0),
            texts={Modality.SPEECH: " ".join(f"w{word}" for word in self.words[row])},
            model=MODEL,
            vectors=(Vector(modality=Modality.SPEECH, values=tuple(self.vectors[row].tolist())),),
        )


@dataclass(frozen=True)
class Timing:
    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, calls: Sequence[Callable[[], object]]) -> Timing:
        calls[0]()
        taken = sorted(_seconds(call) * 1000 for call in calls)
        return cls(statistics.median(taken), taken[int(len(taken) * 0.95)])

    def __str__(self) -> str:
        return f"{self.p50_ms:8.1f} {self.p95_ms:8.1f}"


def video_id(number: int) -> str:
    return f"video-{number:06}"


def make_corpus(count: int, seed: int = 7) -> Corpus:
    random = np.random.default_rng(seed)
    centres = random.standard_normal((CLUSTERS, DIMENSION), np.float32)

    def near_centres(rows: int) -> NDArray[np.float32]:
        noise = random.standard_normal((rows, DIMENSION), np.float32)
        return _unit(centres[random.integers(0, CLUSTERS, rows)] + CLUSTER_NOISE * noise)

    words = np.minimum(random.zipf(1.3, (count, WORDS_OF_A_SEGMENT)), VOCABULARY)
    halves = near_centres(count).astype(np.float16).astype(np.float32)
    return Corpus(halves, words, near_centres(QUERIES))


def fill(index: MomentIndex, corpus: Corpus) -> float:
    """Segments a second, one video after the other, as the pipeline writes them."""
    started = time.perf_counter()
    for number in range(corpus.video_count):
        documents = corpus.video(number)
        index.replace_video(ACCOUNT, documents[0].video_id, documents)
    return len(corpus.vectors) / (time.perf_counter() - started)


def measure(index: MomentIndex, corpus: Corpus, share: float) -> str:
    videos = max(1, int(corpus.video_count * share))
    within = MomentFilter(account_id=ACCOUNT, video_ids=tuple(map(video_id, range(videos))))
    seen = corpus.vectors[: videos * SEGMENTS_OF_A_VIDEO]
    numbers = range(len(corpus.queries))

    def ask_both(n: int) -> object:
        return index.search(_asked(n), _query(corpus.queries[n]), within, CANDIDATES)

    exact = Timing.of([partial(brute_force, seen, corpus.queries[n]) for n in numbers])
    vectors = Timing.of([partial(_nearest, index, corpus.queries[n], within) for n in numbers])
    words = Timing.of([partial(index.search, _asked(n), None, within, NEAREST) for n in numbers])
    both = Timing.of([partial(ask_both, n) for n in numbers])
    ratio, found = vectors.p50_ms / exact.p50_ms, recall(index, corpus, within, seen)
    return f"{share:6.1%} {len(seen):9,} |{exact} |{vectors} {ratio:6.1f}x {found:7.3f} |{words} |{both}"


def recall(index: MomentIndex, corpus: Corpus, within: MomentFilter, seen: NDArray[np.float32]) -> float:
    """Share of the `NEAREST` nearest by exact cosine that the store returns."""
    found = 0
    for query in corpus.queries:
        expected = set(brute_force(seen, query).tolist())
        found += len(expected & set(_nearest(index, query, within)))
    return found / (len(corpus.queries) * min(NEAREST, len(seen)))


def brute_force(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.int64]:
    cosines = vectors @ query
    return np.argpartition(-cosines, min(NEAREST, len(cosines) - 1))[:NEAREST]


def _nearest(index: MomentIndex, query: NDArray[np.float32], within: MomentFilter) -> list[int]:
    hits = index.search("", _query(query), within, NEAREST).vectors
    return [_row(hit.document) for hit in hits]


def _row(document: SegmentDocument) -> int:
    return int(document.video_id.removeprefix("video-")) * SEGMENTS_OF_A_VIDEO + document.segment_index


def _query(query: NDArray[np.float32]) -> QueryVector:
    return QueryVector(model=MODEL, values=tuple(query.tolist()))


def _asked(number: int) -> str:
    """Two words: one that about every hundredth segment has, and a rare one."""
    return f"w{number % 20 + 150} w{number * 37 % 3000 + 1000}"


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def open_store(name: str, folder: Path, url: str | None) -> MomentIndex:
    if name == "sqlite":
        from cinedex.adapters.sqlite_moment_index import SqliteMomentIndex

        return SqliteMomentIndex(folder / "index.sqlite")
    from cinedex.adapters.opensearch_moment_index import OpenSearchMomentIndex
    from cinedex.adapters.opensearch_moment_index.client import connect
    from cinedex.adapters.opensearch_moment_index.layout import IndexLayout

    if url is None:
        raise SystemExit("--opensearch-url is needed for the store 'opensearch'")
    return OpenSearchMomentIndex(connect(url), IndexLayout(alias=f"benchmark-{time.time_ns()}", refresh="false"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--segments", type=int, default=100_000)
    options.add_argument("--stores", nargs="+", choices=["sqlite", "opensearch"], default=["sqlite"])
    options.add_argument("--opensearch-url")
    chosen = options.parse_args()
    corpus = make_corpus(chosen.segments)
    for name in chosen.stores:
        with tempfile.TemporaryDirectory() as folder:
            index = open_store(name, Path(folder), chosen.opensearch_url)
            rate = fill(index, corpus)
            print(f"\n{name}: {chosen.segments:,} segments x {DIMENSION}, filled at {rate:,.0f}/s\n{HEAD}")
            for share in SHARES:
                print(measure(index, corpus, share), flush=True)


if __name__ == "__main__":
    main()
