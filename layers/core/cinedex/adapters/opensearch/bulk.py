"""Send many writes in few bulk requests, and retry those that failed temporarily."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.retry import RetryPolicy, Sleep

RETRY = RetryPolicy(attempts_max=5, pause_s=0.4, pause_s_max=3.2)
REQUEST_CHARS_MAX = 5_000_000
REQUEST_COUNT_MAX = 500
CONCURRENT_MAX = 2
"""Concurrent requests: a shard builds the vector graph of one request in one thread, which is most of its cost."""
BATCH_MIN = 10
RETRYABLE_STATUS = frozenset({429, 502, 503, 504})
NOT_FOUND = 404

Write = tuple[str, str, str | None]
"""Index, document id, and the document as JSON; None deletes the document."""


def write_all(client: OpenSearch, writes: Sequence[Write], refresh: str, sleep: Sleep = time.sleep) -> None:
    """Raises `Unavailable` when a write is rejected, with the first reason as its cause, or after all attempts."""
    for _ in RETRY.attempts("write to the search store", sleep):
        failed = _send_concurrently(client, writes, refresh)
        rejected = next((reply for _, reply in failed if reply["status"] not in RETRYABLE_STATUS), None)
        if rejected:
            raise Unavailable("The search store rejected a document.") from OpenSearchException(_reason(rejected))
        writes = [write for write, _ in failed]
        if not writes:
            return
    raise Unavailable(f"The search store rejected writes in all {RETRY.attempts_max} attempts; {len(writes)} remain.")


def _send_concurrently(client: OpenSearch, writes: Sequence[Write], refresh: str) -> list[tuple[Write, dict[str, Any]]]:
    """Concurrent requests, in no order: no two writes of one call are to the same document."""
    size = max(BATCH_MIN, -(-len(writes) // CONCURRENT_MAX))
    batches = [writes[start : start + size] for start in range(0, len(writes), size)]
    if len(batches) == 1:
        return _send(client, writes, refresh)
    with ThreadPoolExecutor(CONCURRENT_MAX) as threads:
        failed = threads.map(partial(_send, client, refresh=refresh), batches)
        return [one for batch in failed for one in batch]


def _send(client: OpenSearch, writes: Sequence[Write], refresh: str) -> list[tuple[Write, dict[str, Any]]]:
    """The failed writes, each with the reply of the server."""
    failed: list[tuple[Write, dict[str, Any]]] = []
    for request, body in _requests(writes):
        response = client.bulk(body=body, refresh=refresh)
        results = (next(iter(item.values())) for item in response["items"])
        pairs = zip(request, results, strict=True)
        failed.extend((write, result) for write, result in pairs if not _is_done(write, result))
    return failed


def _is_done(write: Write, result: dict[str, Any]) -> bool:
    """A document to delete may be missing already, also with its whole index."""
    return result["status"] < 300 or (write[2] is None and result["status"] == NOT_FOUND)


def _reason(result: dict[str, Any]) -> str:
    """The message of the innermost cause, which is the specific one."""
    cause: dict[str, Any] = result.get("error", {})
    while "caused_by" in cause:
        cause = cause["caused_by"]
    return str(cause.get("reason", f"status {result['status']}"))


def _requests(writes: Sequence[Write]) -> Iterator[tuple[list[Write], str]]:
    """The writes in order, in batches with the body of each request."""
    request: list[Write] = []
    lines: list[str] = []
    size = 0
    for write in writes:
        encoded = _encoded(write)
        if request and (size + len(encoded) > REQUEST_CHARS_MAX or len(request) == REQUEST_COUNT_MAX):
            yield request, "".join(lines)
            request, lines, size = [], [], 0
        request.append(write)
        lines.append(encoded)
        size += len(encoded)
    if request:
        yield request, "".join(lines)


def _encoded(write: Write) -> str:
    index, document_id, document = write
    action = json.dumps({"delete" if document is None else "index": {"_index": index, "_id": document_id}})
    return f"{action}\n" if document is None else f"{action}\n{document}\n"
