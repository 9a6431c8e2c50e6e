"""What the SQLite store caches of vectors in memory: never stale, never more than the limit."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cinedex.adapters.sqlite import SqliteSegmentIndex
from cinedex.adapters.sqlite.vector_blocks import VectorBlockCache
from cinedex.search.domain.index.segment_document import QueryVector

from tests.support.segments import MODEL, segment, segment_filter, unit

VIDEOS = tuple(f"video {n}" for n in range(8))
SEGMENTS = 50
ONE_VIDEO_BYTES = SEGMENTS * (3 * 4 + 25)
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


def test_a_replacement_by_another_process_is_visible_at_once(path: Path) -> None:
    index = SqliteSegmentIndex(path)
    assert _nearest(index, *VIDEOS)[0] == "video 0:0"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", REPLACE, path], env=environment, check=True)
    assert _nearest(index, *VIDEOS)[0] == "video 3:7"
    assert _nearest(index, "video 3") == ["video 3:7"]
    index.delete_video("mine", "video 3")
    assert _nearest(index, *VIDEOS)[0] == "video 0:0"


@pytest.mark.parametrize("videos_kept", [0, 1, 3, 8])
def test_the_size_of_the_cache_does_not_change_results(
    path: Path, videos_kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinedex.adapters.sqlite.vector_blocks.MATRIX_ROWS", SEGMENTS)
    expected = {pool: _nearest(SqliteSegmentIndex(path), *pool) for pool in (VIDEOS, VIDEOS[2:5], VIDEOS[6:])}
    index = SqliteSegmentIndex(path, cache_bytes_max=videos_kept * ONE_VIDEO_BYTES)
    for _ in range(3):
        for pool, expected_nearest in expected.items():
            assert _nearest(index, *pool) == expected_nearest
            cache: VectorBlockCache = index._vectors_of(path.name)._cache
            assert cache.bytes_used <= videos_kept * ONE_VIDEO_BYTES


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
