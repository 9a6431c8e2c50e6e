"""How documents come into a store and leave it, in every store."""

from __future__ import annotations

from cinedex.search.domain.index.segment_document import QueryVector
from cinedex.search.ports.segment_index import SegmentIndex

from tests.support.segments import MODEL, segment, segment_filter

LIMIT = 10


def listed(index: SegmentIndex, *video_ids: str) -> list[tuple[str, int]]:
    return [(d.video_id, d.segment_index) for d in index.documents(segment_filter(*video_ids), LIMIT)]


def test_replacing_a_video_removes_its_old_documents(index: SegmentIndex) -> None:
    index.replace_video("mine", "a", [segment("a", i, f"old {i}", vector=(1, 0, 0)) for i in range(3)])
    index.replace_video("mine", "a", [segment("a", 0, "new")])
    assert listed(index, "a") == [("a", 0)]
    assert index.search("old", None, segment_filter("a"), LIMIT).words == ()
    assert index.search_literal("old", segment_filter("a"), LIMIT) == []
    assert index.search("", QueryVector(model=MODEL, values=(1, 0, 0)), segment_filter("a"), LIMIT).vectors == ()


def test_replacing_with_the_same_documents_changes_nothing(index: SegmentIndex) -> None:
    documents = [segment("a", i, f"number {i}") for i in range(3)]
    index.replace_video("mine", "a", documents)
    index.replace_video("mine", "a", documents)
    assert list(index.documents(segment_filter("a"), LIMIT)) == documents


def test_deleting_a_video_leaves_the_others(index: SegmentIndex) -> None:
    index.replace_video("mine", "a", [segment("a", 0, "first")])
    index.replace_video("mine", "b", [segment("b", 0, "second")])
    index.delete_video("mine", "a")
    assert listed(index, "a", "b") == [("b", 0)]


def test_deleting_an_unknown_video_is_no_error(index: SegmentIndex) -> None:
    index.delete_video("mine", "never seen")
    assert listed(index, "never seen") == []


def test_an_account_cannot_replace_or_delete_a_video_of_another(index: SegmentIndex) -> None:
    index.replace_video("mine", "a", [segment("a", 0, "mine")])
    index.replace_video("theirs", "a", [segment("a", 0, "theirs", account_id="theirs")])
    index.delete_video("theirs", "a")
    assert listed(index, "a") == [("a", 0)]


def test_a_segment_without_texts_is_stored_but_matches_nothing(index: SegmentIndex) -> None:
    index.replace_video("mine", "a", [segment("a", 0), segment("a", 1, "something")])
    assert listed(index, "a") == [("a", 1)]


def test_texts_of_any_script_and_length_are_stored_unchanged(index: SegmentIndex) -> None:
    texts = ["Größe und Straße 🎬", "日本語のテキスト", "word " * 20_000, "\u0000 and \ud7ff"]
    index.replace_video("mine", "a", [segment("a", i, text) for i, text in enumerate(texts)])
    assert [d.texts for d in index.documents(segment_filter("a"), LIMIT)] == [segment("a", 0, t).texts for t in texts]
