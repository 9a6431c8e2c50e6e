"""`ResultStore`: JSON that tasks leave behind."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.kernel.errors import NotFound


@pytest.mark.parametrize("document", [{}, [], None, "é 日本 🎬", {"a": [1, 2.5, None, True, {"b": "ü"}]}])
def test_a_document_comes_back_as_it_was_stored(results: ResultStore, document: Any) -> None:
    results.put("results/a/v/x.json", document)
    assert results.has("results/a/v/x.json")
    assert results.get("results/a/v/x.json") == document


def test_a_document_that_is_not_there_is_not_found(results: ResultStore) -> None:
    assert not results.has("results/a/v/x.json")
    with pytest.raises(NotFound, match=r"results/a/v/x\.json"):
        results.get("results/a/v/x.json")


def test_writing_again_replaces(results: ResultStore) -> None:
    results.put("k", 1)
    results.put("k", 2)
    assert results.get("k") == 2


def test_deleting_a_video_removes_all_its_documents_and_no_others(results: ResultStore) -> None:
    mine = [f"results/a/v/{i}.json" for i in range(3)]
    others = ["results/a/v2/0.json", "results/b/v/0.json"]
    for key in (*mine, *others):
        results.put(key, {})
    results.delete_video("a", "v")
    assert [k for k in (*mine, *others) if results.has(k)] == others


def test_deleting_an_unknown_video_leaves_the_others(results: ResultStore) -> None:
    results.put("results/a/v/0.json", 1)
    results.delete_video("a", "unknown")
    assert results.has("results/a/v/0.json")


def test_deleting_a_document_leaves_those_whose_keys_begin_with_its_own(results: ResultStore) -> None:
    results.put("results/a/v/x.json", 1)
    results.put("results/a/v/x.json.2", 2)
    results.delete("results/a/v/x.json")
    results.delete("results/a/v/unknown.json")
    assert [results.has("results/a/v/x.json"), results.has("results/a/v/x.json.2")] == [False, True]
