"""Bulk requests whose items fail one by one."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from cinedex.kernel.errors import Unavailable

pytest.importorskip("opensearchpy")
from cinedex.adapters.opensearch import bulk


class Store:
    """Answers bulk requests; `failing` maps an id to how often it still fails, and with which status."""

    def __init__(self, failing: dict[str, tuple[int, int]] | None = None) -> None:
        self.failing = failing or {}
        self.requests: list[list[str]] = []
        self.stored: set[str] = set()

    def bulk(self, body: str, refresh: str) -> dict[str, Any]:
        lines = [json.loads(line) for line in body.splitlines()]
        actions = [(name, line[name]) for line in lines for name in ("index", "delete") if name in line]
        self.requests.append([target["_id"] for _, target in actions])
        items = [{name: self._result(target["_id"])} for name, target in actions]
        return {"errors": any("error" in next(iter(i.values())) for i in items), "items": items}

    def _result(self, document_id: str) -> dict[str, Any]:
        times, status = self.failing.get(document_id, (0, 200))
        if times:
            self.failing[document_id] = (times - 1, status)
            return {"_id": document_id, "status": status, "error": {"reason": "because"}}
        self.stored.add(document_id)
        return {"_id": document_id, "status": 201}


class ConcurrentStore(Store):
    """Answers the first requests only once all of them are there."""

    def __init__(self, failing: dict[str, tuple[int, int]]) -> None:
        super().__init__(failing)
        self.all_there = threading.Barrier(bulk.CONCURRENT_MAX)

    def bulk(self, body: str, refresh: str) -> dict[str, Any]:
        if len(self.requests) < bulk.CONCURRENT_MAX:
            self.all_there.wait(timeout=10)
        return super().bulk(body, refresh)


def write_all(store: Store, writes: list[bulk.Write]) -> None:
    """Without pauses."""
    bulk.write_all(store, writes, "false", lambda _pause_s: None)  # type: ignore[arg-type]


def _writes(*ids: str) -> list[bulk.Write]:
    return [("index", document_id, json.dumps({"text": document_id})) for document_id in ids]


def test_only_the_items_that_failed_are_sent_again() -> None:
    store = Store({"b": (2, 429), "c": (1, 503)})
    write_all(store, _writes("a", "b", "c", "d"))
    assert store.requests == [["a", "b", "c", "d"], ["b", "c"], ["b"]]
    assert store.stored == {"a", "b", "c", "d"}


def test_a_rejected_item_is_reported_and_not_retried() -> None:
    store = Store({"b": (9, 400)})
    with pytest.raises(Unavailable) as refused:
        write_all(store, _writes("a", "b"))
    assert refused.value.message == "The search store rejected a document."
    assert "because" in str(refused.value.__cause__)
    assert len(store.requests) == 1


def test_a_store_that_stays_throttled_is_unavailable_after_all_attempts() -> None:
    store = Store({"a": (99, 429)})
    with pytest.raises(Unavailable, match=r"rejected writes in all \d attempts; 1 remain"):
        write_all(store, _writes("a"))
    assert len(store.requests) == bulk.RETRY.attempts_max


def test_large_and_numerous_writes_are_cut_into_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "REQUEST_COUNT_MAX", 2)
    store = Store()
    write_all(store, _writes("a", "b", "c"))
    monkeypatch.setattr(bulk, "REQUEST_CHARS_MAX", 10)
    write_all(store, _writes("d", "e"))
    assert store.requests == [["a", "b"], ["c"], ["d"], ["e"]]


def test_many_writes_are_sent_in_concurrent_batches_and_only_failures_are_retried() -> None:
    count = bulk.CONCURRENT_MAX * bulk.BATCH_MIN
    ids = [f"{number:02}" for number in range(count)]
    store = ConcurrentStore({ids[0]: (1, 429), ids[-1]: (1, 503)})
    write_all(store, _writes(*ids))
    *first, again = store.requests
    assert [len(request) for request in first] == [bulk.BATCH_MIN] * bulk.CONCURRENT_MAX
    assert (again, store.stored) == ([ids[0], ids[-1]], set(ids))


def test_nothing_to_write_sends_nothing() -> None:
    store = Store()
    write_all(store, [])
    assert store.requests == []
