"""Latency of searches by the number of videos of the account, as ratios to the smallest account, with the SQLite store.

python -m benchmarks.large_library.search [--sizes 10 1000 10000] [--segments 40]

Fills accounts of these sizes in one search file, without an analysis. The texts are made of the sentences of the
labelled sets in `samples/search`, the vectors lie in clusters. The videos of the hits are read from memory: their
number does not depend on the account. Times are those of the processor, because a search runs in one process.

100,000 videos with `--segments 10` are a million segments; they take an hour to fill.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from zlib import crc32

import numpy as np
from cinedex.adapters.sqlite import SqliteSegmentIndex, writing
from cinedex.kernel.span import span
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentDocument, Vector
from cinedex.search.domain.query.english.query_parser import parse_english_query
from cinedex.search.domain.query.search_scope import SearchFilter
from cinedex.search.ports.text_embedder import TextVectors
from cinedex.search.usecases.querying.check_moments import CheckMoments
from cinedex.search.usecases.querying.hybrid_search import HybridSearch
from cinedex.search.usecases.querying.page_moments import PageMoments
from cinedex.search.usecases.querying.scope_videos import ScopeVideos
from cinedex.search.usecases.querying.search_moments import SearchMoments
from cinedex.search.usecases.querying.search_request import SearchRequest, Strategy
from cinedex.search.usecases.retrieval.literal_search import LiteralSearch
from cinedex.search.usecases.retrieval.rerank_moments import RerankMoments
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments
from cinedex.timeline.modality import Modality

from benchmarks.corpus import DIMENSION, MODEL, make_corpus, sample_clusters
from benchmarks.large_library.report import report

SIZES = (10, 1_000, 10_000)
RATIO_MAX = 1.5
REPETITIONS = 30
SAMPLES = Path(__file__).parents[2] / "samples/search"
READY = FeatureState(status=FeatureStatus.READY, generation=1)
FEATURES = {f: READY for f in (Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.OBJECTS, Feature.EMBEDDINGS)}
ROUTES: dict[str, dict[str, object]] = {
    "search": {},
    "search in the first minute": {"suffix": " in the first minute"},
    "search a group": {"scope": SearchFilter(collection_ids=("group-1",))},
    "search five videos": {"scope": SearchFilter(video_ids=tuple(f"video-{n:06}" for n in range(5)))},
    "search by duration": {"scope": SearchFilter.model_validate({"duration_s": {"gte": 30}})},
    "search a literal text": {"strategy": Strategy.TEXT},
}


class FilledVideos:
    """Every id is that of a video, as a table of any size answers a batch of keys."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> list[Video]:
        assert account_id == self._account_id
        return [video_of(account_id, int(video_id.removeprefix("video-"))) for video_id in video_ids]


class ClusterVectors:
    """The vector of a text is one of a cluster of the corpus, always the same."""

    def __init__(self) -> None:
        self._queries = make_corpus(1).queries

    def embed(self, texts: Sequence[str]) -> TextVectors:
        rows = (self._queries[crc32(text.encode()) % len(self._queries)] for text in texts)
        return TextVectors(model=MODEL, vectors=tuple(tuple(map(float, row)) for row in rows))


class NoSnapshots:
    """Lists are not read again."""

    def save(self, *_: object) -> None: ...

    def find(self, *_: object) -> None: ...


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def sentences() -> list[str]:
    """The descriptions and queries of the labelled sets."""
    lines = [line for name in ("media", "library") for line in (SAMPLES / f"{name}.jsonl").read_text().splitlines()]
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    return sorted({e.get("description") or e.get("query") for e in entries} - {None})


def video_of(account_id: str, number: int) -> Video:
    return Video(
        video_id=f"video-{number:06}",
        account_id=account_id,
        media=StoredMedia(bucket="media", key=f"uploads/{number}", etag=str(number), size_bytes=1),
        status=UploadStatus.UPLOADED,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        name=f"clip {number:06d}.mp4",
        collection_id=f"group-{number % 10 if number < 100 else 'of-many'}",
        plan_key="plan",
        probe=Probe(duration_s=60.0 + number % 600, format="mp4", width=1280, height=720, video_codec="h264"),
        features=FEATURES,
        revision=1,
    )


def documents_of(video: Video, number: int, count: int, texts: Sequence[str]) -> Iterator[SegmentDocument]:
    chosen, rows = random.Random(number), np.random.default_rng(number)  # synthetic data
    vectors = sample_clusters(CENTRES, rows, count).tolist()
    for index in range(count):
        spoken, seen = " ".join(chosen.sample(texts, 3)), chosen.choice(texts)
        yield SegmentDocument(
            account_id=video.account_id,
            video_id=video.video_id,
            segment_index=index,
            span=span(index * 10.0, index * 10.0 + 10.0),
            texts={Modality.SPEECH: f"{spoken} Number {number}.", Modality.CAPTION: seen},
            model=MODEL,
            vectors=(Vector(modality=Modality.SPEECH, values=tuple(vectors[index])),),
        )


CENTRES = make_corpus(1).centres
assert CENTRES.shape[1] == DIMENSION


def fill(index: SqliteSegmentIndex, account_id: str, videos: int, segments: int, texts: Sequence[str]) -> None:
    """Many videos in one transaction."""
    numbers = iter(range(videos))
    while batch := list(islice(numbers, 500)):
        with index._transaction(index._files.roles().live, "IMMEDIATE") as connection:
            for number in batch:
                video = video_of(account_id, number)
                documents = list(documents_of(video, number, segments, texts))
                writing.add_video(connection, account_id, video.video_id, documents, IndexedVideo.of(video))


def search_of(index: SqliteSegmentIndex, account_id: str) -> SearchMoments:
    vectors, checked = ClusterVectors(), CheckMoments(ScopeVideos(FilledVideos(account_id)))  # type: ignore[arg-type]
    return SearchMoments(
        parse_english_query,
        index,
        LiteralSearch(index),
        HybridSearch(RetrieveSegments(index, vectors), RerankMoments(vectors)),
        checked,
        PageMoments(index, NoSnapshots(), checked, WallClock()),
    )


def measure(search: SearchMoments, account_id: str, options: dict[str, object], queries: Sequence[str]) -> float:
    """The median in milliseconds, after one search that is not counted."""
    rest = {name: value for name, value in options.items() if name != "suffix"}
    times_s = []
    for query in [queries[0], *queries]:
        text = query + str(options.get("suffix", ""))
        request = SearchRequest.model_validate({"account_id": account_id, "query": text, **rest})
        started = time.process_time()
        search(request)
        times_s.append(time.process_time() - started)
    return median(times_s[1:]) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--segments", type=int, default=40, help="segments of each video")
    options = parser.parse_args()
    texts = sentences()
    queries = random.Random(1).sample([t for t in texts if len(t) < 60], REPETITIONS)  # synthetic data
    with tempfile.TemporaryDirectory() as folder:
        index = SqliteSegmentIndex(Path(folder) / "index.sqlite")
        for size in options.sizes:
            fill(index, f"account-{size}", size, options.segments, texts)
        measured = {
            route: [measure(search_of(index, a), a, request, queries) for a in map("account-{}".format, options.sizes)]
            for route, request in ROUTES.items()
        }
    print(json.dumps(measured))
    if not report(options.sizes, measured, RATIO_MAX):
        raise SystemExit(f"A ratio is over {RATIO_MAX}.")


if __name__ == "__main__":
    main()
