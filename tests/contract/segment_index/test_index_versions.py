"""A new index is filled next to the live one and replaces it, in every store."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import StateConflict
from cinedex.search.domain.index.reindexing import IndexVersion
from cinedex.search.domain.index.segment_document import QueryVector
from cinedex.search.ports.index_versions import IndexVersionStore
from cinedex.search.ports.segment_index import SegmentIndex

from tests.support.segments import MODEL, segment, segment_filter, unit

Versioned = tuple[SegmentIndex, IndexVersionStore]
NEWER = "newer-3d"


def words(index: SegmentIndex, query: str) -> list[str]:
    return [hit.document.document_id for hit in index.search(query, None, segment_filter("a", "b"), 10).words]


def near(index: SegmentIndex, model: str) -> list[str]:
    vector = QueryVector(model=model, values=unit(1, 0, 0))
    return [hit.document.document_id for hit in index.search("", vector, segment_filter("a", "b"), 10).vectors]


def counts(versions: tuple[IndexVersion, ...]) -> int:
    return sum(version.segment_count or 0 for version in versions)


def test_the_next_index_serves_searches_only_after_the_swap(versioned: Versioned) -> None:
    live, store = versioned
    live.replace_video("mine", "a", [segment("a", 0, "old", vector=(1, 0, 0)), segment("a", 1, "old")])
    store.next_index().replace_video("mine", "a", [segment("a", 0, "new", vector=(1, 0, 0), model=NEWER)])
    assert (words(live, "old"), words(live, "new")) == (["a:0", "a:1"], [])
    assert (near(live, MODEL), near(live, NEWER)) == (["a:0"], [])
    store.swap()
    assert (words(live, "old"), words(live, "new")) == ([], ["a:0"])
    assert (near(live, MODEL), near(live, NEWER)) == ([], ["a:0"])


def test_writes_during_reindexing_go_to_both_indexes(versioned: Versioned) -> None:
    live, store = versioned
    live.replace_video("mine", "a", [segment("a", 0, "first")])
    beside = store.next_index()
    live.replace_video("mine", "b", [segment("b", 0, "meanwhile", vector=(1, 0, 0))])
    beside.replace_video("mine", "a", [segment("a", 0, "first")])
    live.delete_video("mine", "a")
    assert (words(live, "meanwhile"), words(live, "first")) == (["b:0"], [])
    store.swap()
    assert (words(live, "meanwhile"), words(live, "first")) == (["b:0"], [])
    assert near(live, MODEL) == ["b:0"]


def test_a_restarted_process_continues_with_the_same_next_index(versioned: Versioned) -> None:
    live, store = versioned
    store.next_index().replace_video("mine", "a", [segment("a", 0, "one")])
    store.next_index().replace_video("mine", "b", [segment("b", 0, "two")])
    store.swap()
    assert len(words(live, "one two")) == 2


def test_versions_are_counted_and_dropped(versioned: Versioned) -> None:
    live, store = versioned
    live.replace_video("mine", "a", [segment("a", i, "old", vector=(1, 0, 0)) for i in range(3)])
    store.next_index().replace_video("mine", "a", [segment("a", 0, "new")])
    store.swap()
    versions = store.versions()
    assert (counts(versions.live), counts(versions.next), counts(versions.old)) == (1, 0, 3)
    store.drop_old()
    assert store.versions().old == ()
    assert words(live, "new") == ["a:0"]


def test_recent_writes_are_counted(versioned: Versioned) -> None:
    _, store = versioned
    store.next_index().replace_video("mine", "a", [segment("a", i, "new", vector=(1, 0, 0)) for i in range(3)])
    assert counts(store.versions().next) == 3


def test_a_next_index_can_be_deleted(versioned: Versioned) -> None:
    live, store = versioned
    live.replace_video("mine", "a", [segment("a", 0, "old")])
    store.next_index().replace_video("mine", "a", [segment("a", 0, "new")])
    store.drop_next()
    store.drop_old()
    assert words(live, "old") == ["a:0"]
    with pytest.raises(StateConflict):
        store.swap()
    live.replace_video("mine", "b", [segment("b", 0, "after")])
    assert words(live, "after") == ["b:0"]
    assert store.versions().next == ()


def test_a_new_index_can_follow_a_new_index(versioned: Versioned) -> None:
    live, store = versioned
    for turn in range(3):
        store.next_index().replace_video("mine", "a", [segment("a", 0, f"turn{turn}")])
        store.swap()
        store.drop_old()
        assert words(live, f"turn{turn}") == ["a:0"]
    assert words(live, "turn0 turn1") == []
