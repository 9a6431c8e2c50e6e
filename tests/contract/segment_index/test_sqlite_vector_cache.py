"""What the SQLite store caches of vectors in memory: never stale, never more than the limit."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cinedex.adapters.sqlite import SqliteSegmentIndex, vector_cache
from cinedex.adapters.sqlite.vector_cache import EXACT_SHARE
from cinedex.adapters.sqlite.vector_rows import (
    EXPONENT_DIFFERENCE,
    PLACE,
    ROW,
    VectorChunk,
    VectorRows,
    _scaled,
    bits_of,
    coded_row_bytes,
    exact_row_bytes,
)
from cinedex.adapters.sqlite.vectors import RESCORED_PER_HIT, AdmittedVideos, Nearest
from cinedex.adapters.sqlite.vectors import _nearest as _nearest_rows
from cinedex.search.domain.index.segment_document import EMBEDDED, QueryVector
from cinedex.timeline.modality import Modality

from tests.support.segments import MODEL, segment, segment_filter, unit

VIDEOS = tuple(f"video {n}" for n in range(8))
SEGMENTS = 50
REPLACE = """
import sys
from pathlib import Path
from cinedex.adapters.sqlite import SqliteSegmentIndex
from tests.support.segments import segment
SqliteSegmentIndex(Path(sys.argv[1])).replace_video("mine", "video 3", [segment("video 3", 7, "x", vector=(1, 0, 0))])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "index.sqlite"
    index = SqliteSegmentIndex(path)
    for place, video_id in enumerate(VIDEOS, start=1):
        documents = [segment(video_id, i, "text", vector=(1, i, place)) for i in range(SEGMENTS)]
        index.replace_video("mine", video_id, documents)
    return path


def _nearest(index: SqliteSegmentIndex, *video_ids: str, limit: int = 20) -> list[str]:
    vector = QueryVector(model=MODEL, values=unit(1, 0, 0))
    return [h.document.document_id for h in index.search("", vector, segment_filter(*video_ids), limit).vectors]


def _cosines(index: SqliteSegmentIndex, *video_ids: str) -> list[tuple[str, float]]:
    vector = QueryVector(model=MODEL, values=unit(1, 0, 0))
    hits = index.search("", vector, segment_filter(*video_ids), 20).vectors
    return [(h.document.document_id, round(h.score, 5)) for h in hits]


def test_a_replacement_by_another_process_is_visible_at_once(path: Path) -> None:
    index = SqliteSegmentIndex(path)
    assert _nearest(index, *VIDEOS)[0] == "video 0:0"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", REPLACE, path], env=environment, check=True)
    assert _nearest(index, *VIDEOS)[0] == "video 3:7"
    assert _nearest(index, "video 3") == ["video 3:7"]
    index.delete_video("mine", "video 3")
    assert _nearest(index, *VIDEOS)[0] == "video 0:0"


def _room(videos: int, coded: bool) -> int:
    """For so many videos, and not for one more."""
    if coded:
        return videos * SEGMENTS * coded_row_bytes(3)
    return math.ceil(videos * SEGMENTS * exact_row_bytes(3) / EXACT_SHARE)


@pytest.mark.parametrize("bytes_max", [0, _room(4, coded=True), _room(8, coded=True), _room(8, coded=False)])
def test_the_memory_for_vectors_changes_neither_results_nor_cosines(
    path: Path, bytes_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the file, as codes, or exact."""
    monkeypatch.setattr("cinedex.adapters.sqlite.vector_rows.CHUNK_ROWS", SEGMENTS)
    whole = SqliteSegmentIndex(path)
    pools = (VIDEOS, VIDEOS[2:5], VIDEOS[6:])
    expected = {pool: _cosines(whole, *pool) for pool in pools}
    index = SqliteSegmentIndex(path, cache_bytes_max=bytes_max)
    for _ in range(3):
        for pool in pools:
            assert _cosines(index, *pool) == expected[pool]
            assert index._vectors_of(path.name).cache.bytes_used <= bytes_max


def test_vectors_become_codes_when_there_are_many(path: Path) -> None:
    index = SqliteSegmentIndex(path, cache_bytes_max=_room(8, coded=False))
    before = _cosines(index, *VIDEOS)
    index.replace_video("mine", "video 9", [segment("video 9", 0, "text", vector=(1, 0, 0))])
    assert _nearest(index, *VIDEOS, "video 9")[0] == "video 9:0"
    assert _cosines(index, *VIDEOS) == before
    assert index._vectors_of(path.name).cache._accounts["mine", MODEL].is_coded


def test_a_reader_that_missed_removals_reads_all_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cinedex.adapters.sqlite.writing.REMOVED_MAX", 2)
    index = SqliteSegmentIndex(path)
    _nearest(index, *VIDEOS)
    for video_id in VIDEOS[:5]:
        index.delete_video("mine", video_id)
    assert {hit.split(":")[0] for hit in _nearest(index, limit=500)} == set(VIDEOS[5:])


@pytest.mark.parametrize("is_coded", [False, True])
def test_of_many_equal_vectors_only_the_first_are_returned(is_coded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A nearer one is among them, wherever it is."""
    monkeypatch.setattr("cinedex.adapters.sqlite.vector_rows.CHUNK_ROWS", 400)
    rows = VectorRows(3, is_coded=is_coded)
    for block in range(10):
        places, vectors = np.zeros(100, PLACE), np.tile(np.array([0.6, 0.8, 0.0], "<f2"), (100, 1))
        places["segment"] = np.arange(100) + block * 100
        if block == 7:
            vectors[50] = (1.0, 0.0, 0.0)
        rows.append(block + 1, 1, places.tobytes(), vectors.tobytes())
    rows.flush()
    query, everything = np.array([1, 0, 0], np.float32), AdmittedVideos.of([(1,)], has_parts=False)
    near = _nearest_rows(rows, query, everything, tuple(Modality), 10)
    enough = RESCORED_PER_HIT * 10 if is_coded else len(EMBEDDED) * 10
    assert near.rows["segment"].tolist() == [*range(enough - 1), 750]


@pytest.mark.parametrize("is_coded", [False, True])
def test_the_nearest_of_many_are_found(is_coded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """20,000 vectors around 200 topics, compared when they are among the 2,000 nearest by their bits."""
    monkeypatch.setattr("cinedex.adapters.sqlite.vectors.CANDIDATES", 2_000)
    random = np.random.default_rng(7)
    topics = random.normal(size=(200, 64))
    vectors = topics[random.integers(0, 200, 20_000)] + 0.8 * random.normal(size=(20_000, 64))
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    rows = VectorRows(64, is_coded=is_coded)
    for block in range(200):
        places = np.zeros(100, PLACE)
        places["segment"] = np.arange(100) + block * 100
        rows.append(block + 1, 1, places.tobytes(), vectors[block * 100 : (block + 1) * 100].astype("<f2").tobytes())
    rows.flush()
    everything = AdmittedVideos.of([(1,)], has_parts=False)
    found = 0
    for query in vectors[:20] + 0.05 * random.normal(size=(20, 64)):
        exact = set(np.argsort(-(vectors @ query))[:10].tolist())
        near = _nearest_rows(rows, query.astype(np.float32), everything, tuple(Modality), 10)
        found += len(exact & set(near.rows["segment"].tolist()))
    assert found >= 198


@pytest.mark.parametrize(("bytes_max", "account_id"), [(0, "mine"), (0, "yours"), (_room(8, coded=False), "yours")])
def test_a_search_does_not_wait_for_another_one_that_compares(
    path: Path, bytes_max: int, account_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose account is too large for the memory waits for no other, any one for none of another account."""
    index = SqliteSegmentIndex(path, cache_bytes_max=bytes_max)
    index.replace_video("yours", "a", [segment("a", 0, "x", vector=(1, 0, 0), account_id="yours")])
    vector, found = QueryVector(model=MODEL, values=unit(1, 0, 0)), []

    def ask() -> None:
        found.extend(index.search("", vector, segment_filter(account_id=account_id), 1).vectors)

    def compare(*arguments: Any) -> Nearest:
        if threading.current_thread() is threading.main_thread() and not found:
            other = threading.Thread(target=ask, daemon=True)
            other.start()
            other.join(30)
        return _nearest_rows(*arguments)

    monkeypatch.setattr("cinedex.adapters.sqlite.vectors._nearest", compare)
    index.search("", vector, segment_filter(account_id="mine"), 1)
    assert [hit.document.account_id for hit in found] == [account_id]


def test_accounts_that_are_read_at_the_same_time_fit_into_the_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one, which does not fit beside the first, is read in pieces."""
    index = SqliteSegmentIndex(path, cache_bytes_max=_room(12, coded=True))
    documents = [segment("a", i, "x", vector=(1, i, 0), account_id="yours") for i in range(8 * SEGMENTS)]
    index.replace_video("yours", "a", documents)
    vector, found = QueryVector(model=MODEL, values=unit(1, 0, 0)), []
    read = vector_cache._read

    def ask() -> None:
        found.extend(index.search("", vector, segment_filter(account_id="yours"), 5).vectors)
        found.append(index._vectors_of(path.name).cache.bytes_used)

    def read_slowly(*arguments: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            other = threading.Thread(target=ask, daemon=True)
            other.start()
            other.join(30)
        read(*arguments)

    monkeypatch.setattr(vector_cache, "_read", read_slowly)
    index.search("", vector, segment_filter(account_id="mine"), 1)
    assert [hit.document.segment_index for hit in found[:-1]] == list(range(5))
    assert found[-1] == 0


def _chunk(vectors: np.ndarray[Any, Any]) -> VectorChunk:
    count = len(vectors)
    return VectorChunk(np.zeros(count, ROW), np.ones(count, bool), bits_of(vectors, vectors.mean(axis=0)), vectors)


def test_the_cosines_are_those_of_the_stored_numbers() -> None:
    """Also of numbers that are not normalized in half precision, and of more rows than are converted at once."""
    random = np.random.default_rng(3)
    vectors = (random.normal(size=(600, 5)) * 10.0 ** random.integers(-8, 1, (600, 5))).astype(np.float16)
    chosen, query = np.arange(1, 600), random.normal(size=5).astype(np.float32)
    expected = vectors.astype(np.float32)[chosen] @ query
    assert _chunk(vectors).cosines(query, chosen) == pytest.approx(expected, rel=1e-6, abs=1e-7)


def test_every_half_precision_number_is_converted_exactly() -> None:
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)]
    assert (_scaled(finite[:, None])[:, 0] * EXPONENT_DIFFERENCE == finite.astype(np.float32)).all()


def test_the_bits_of_a_library_that_grew_are_relative_to_its_mean() -> None:
    rows, random = VectorRows(16, is_coded=False), np.random.default_rng(5)
    for block in range(40):
        places = np.zeros(10, PLACE)
        vectors = (random.normal(size=(10, 16)) + (3 if block else -30)).astype("<f2")
        rows.append(block + 1, 1, places.tobytes(), vectors.tobytes())
        rows.flush()
    assert rows.mean is not None
    assert rows.mean.mean() > 0
    assert np.concatenate([c.bits[0] for c in rows.chunks]).tolist() == [
        int(bits) for c in rows.chunks if c.vectors is not None for bits in bits_of(c.vectors, rows.mean)[0]
    ]


def test_concurrent_readers_see_complete_videos(path: Path) -> None:
    index = SqliteSegmentIndex(path)
    wrong: list[list[str]] = []

    def ask() -> None:
        for _ in range(20):
            nearest = _nearest(index, "video 0", "video 1", limit=500)
            if len(nearest) != 2 * SEGMENTS:
                wrong.append(nearest)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(10):
        documents = [segment("video 1", i, "text", vector=(1, i, turn)) for i in range(SEGMENTS)]
        index.replace_video("mine", "video 1", documents)
    for thread in threads:
        thread.join()
    assert wrong == []
