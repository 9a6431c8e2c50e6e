"""How the SQLite store proposes segments by the words of a query."""

from __future__ import annotations

from pathlib import Path

import pytest
from cinedex.adapters.sqlite import SqliteSegmentIndex
from cinedex.adapters.sqlite.words import lexical
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoConditions
from cinedex.search.domain.index.segment_document import SegmentFilter
from cinedex.timeline.modality import Modality

from tests.support.segments import segment, segment_filter


@pytest.fixture
def index(tmp_path: Path) -> SqliteSegmentIndex:
    return SqliteSegmentIndex(tmp_path / "index.sqlite")


def _found(index: SqliteSegmentIndex, words: str, limit: int, within: SegmentFilter | None = None) -> list[str]:
    hits = index.search(words, None, within or segment_filter(), limit).words
    return [hit.document.document_id for hit in hits]


def _titled(index: SqliteSegmentIndex, video_id: str, count: int, title: str, speech: str = "nothing") -> None:
    documents = [
        segment(video_id, i, speech).model_copy(update={"texts": {Modality.SPEECH: speech, Modality.METADATA: title}})
        for i in range(count)
    ]
    index.replace_video("mine", video_id, documents)


def test_a_spoken_word_is_proposed_before_a_word_of_many_titles(index: SqliteSegmentIndex) -> None:
    index.replace_video("mine", "a", [segment("a", 0, "a rocket")])
    _titled(index, "b", 30, "rocket")
    assert _found(index, "rocket", 1) == ["a:0"]
    assert len(_found(index, "rocket", 50)) == 31


def test_a_rare_word_counts_more_than_a_frequent_one(index: SqliteSegmentIndex) -> None:
    index.replace_video("mine", "a", [segment("a", 0, "a heron")])
    index.replace_video("mine", "b", [segment("b", i, "a red door") for i in range(30)])
    assert _found(index, "red heron", 1) == ["a:0"]


def test_of_equal_segments_the_newest_are_proposed_in_order_of_time(index: SqliteSegmentIndex) -> None:
    for video_id in ("c", "a", "b"):
        index.replace_video("mine", video_id, [segment(video_id, i, "red") for i in range(2)])
    assert _found(index, "red", 3) == ["a:1", "b:0", "b:1"]


def test_the_same_words_of_another_account_take_no_place(
    index: SqliteSegmentIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "RANKED_MAX", 4)
    index.replace_video("mine", "a", [segment("a", i, "red") for i in range(3)])
    index.replace_video("yours", "a", [segment("a", i, "red", account_id="yours") for i in range(20)])
    assert _found(index, "red", 10) == ["a:0", "a:1", "a:2"]
    index.delete_video("yours", "a")
    assert _found(index, "red", 10) == ["a:0", "a:1", "a:2"]
    assert _found(index, "red", 10, segment_filter(account_id="yours")) == []
    assert _found(index, "red", 10, segment_filter(account_id="nobody")) == []


@pytest.mark.parametrize("terms_max", [1, 200])
def test_old_segments_are_found_behind_newer_ones_that_a_condition_leaves_out(
    index: SqliteSegmentIndex, terms_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their videos when these are few, or among ten times as many segments."""
    monkeypatch.setattr(lexical, "RANKED_MAX", 4)
    monkeypatch.setattr(lexical, "TERMS_MAX", terms_max)
    for number, width in enumerate((1920.0, 1920.0, *[640.0] * 20)):
        video = IndexedVideo(account_id="mine", video_id=f"{number:02}", version=1, width=width)
        index.replace_video("mine", video.video_id, [segment(video.video_id, 0, "red")], video)
    wide = segment_filter(videos=VideoConditions.model_validate({"width": {"gte": 1000}}))
    assert _found(index, "red", 5, wide) == ["00:0", "01:0"]
    nothing = segment_filter(videos=VideoConditions.model_validate({"width": {"gte": 5000}}))
    assert _found(index, "red", 5, nothing) == []


def test_a_query_of_many_words_has_a_place_for_each(index: SqliteSegmentIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "RANKED_TOTAL", 3)
    words = "alpha bravo charlie delta echo foxtrot"
    index.replace_video("mine", "a", [segment("a", i, word) for i, word in enumerate(words.split())])
    assert len(_found(index, words, 10)) == 6
