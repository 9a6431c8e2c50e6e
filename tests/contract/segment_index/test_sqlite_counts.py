"""The number of videos in a scope, which the SQLite store counts again only after a change."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from cinedex.adapters.sqlite import SqliteSegmentIndex, count_cache, reading
from cinedex.adapters.sqlite.filtering import FilterSql
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoConditions, VideoCount

from tests.support.segments import segment, segment_filter


def _add(index: SqliteSegmentIndex, video_id: str, collection_id: str = "c1") -> None:
    video = IndexedVideo(account_id="mine", video_id=video_id, version=1, collection_id=collection_id, duration_s=10.0)
    index.replace_video("mine", video_id, [segment(video_id, 0, "text")], video)


def test_the_videos_are_counted_once_until_another_process_changes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[FilterSql] = []

    def count(connection: sqlite3.Connection, condition: FilterSql) -> VideoCount:
        passes.append(condition)
        return counted(connection, condition)

    counted = reading.count
    monkeypatch.setattr(count_cache.reading, "count", count)
    index, other = (SqliteSegmentIndex(tmp_path / "index.sqlite") for _ in range(2))
    _add(other, "a")
    assert [index.count(segment_filter()).videos for _ in range(3)] == [1, 1, 1]
    assert len(passes) == 1
    _add(other, "b", "c2")
    assert index.count(segment_filter()) == VideoCount(videos=2, duration_s=20.0)
    other.set_fields(IndexedVideo(account_id="mine", video_id="b", version=2, collection_id="c1", duration_s=5.0))
    assert index.count(segment_filter()).duration_s == 15.0
    other.delete_video("mine", "a")
    assert index.count(segment_filter()).videos == 1
    assert len(passes) == 4


def test_each_filter_has_its_own_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count_cache, "FILTERS_MAX", 2)
    index = SqliteSegmentIndex(tmp_path / "index.sqlite")
    for video_id, collection_id in (("a", "c1"), ("b", "c2"), ("c", "c2")):
        _add(index, video_id, collection_id)
    filters = [segment_filter(videos=VideoConditions(collection_ids=(c,))) for c in ("c1", "c2", "c3")]
    for _ in range(2):
        assert [index.count(within).videos for within in (*filters, segment_filter("a", "b"))] == [1, 2, 0, 2]
