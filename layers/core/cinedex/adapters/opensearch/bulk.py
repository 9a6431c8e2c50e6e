"""Many writes in few requests; what failed for the moment is tried again, and only that."""

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
AT_A_TIME_MAX = 2
"""A shard builds the graph of one request in one thread, and that is nearly all that a write costs."""
SHARE_MIN = 10
PASSING = frozenset({429, 502, 503, 504})
GONE = 404

Write = tuple[str, str, str | None]
"""Index, document id, and the document as JSON; None deletes it."""


def write_all(client: OpenSearch, writes: Sequence[Write], refresh: str, sleep: Sleep = time.sleep) -> None:
    """Raises `Unavailable` caused by the first reason, when a write is refused for good, or after all attempts."""
    for _ in RETRY.attempts(sleep):
        failed = _send_in_shares(client, writes, refresh)
        refused = next((why for _, why in failed if why["status"] not in PASSING), None)
        if refused:
            raise Unavailable("The search store refuses a document.") from OpenSearchException(_reason(refused))
        writes = [write for write, _ in failed]
        if not writes:
            return
    raise Unavailable(f"The search store did not take {len(writes)} of its writes in {RETRY.attempts_max} attempts.")


def _send_in_shares(client: OpenSearch, writes: Sequence[Write], refresh: str) -> list[tuple[Write, dict[str, Any]]]:
    """Some requests at a time, in no order: no two writes of one call are to the same document."""
    size = max(SHARE_MIN, -(-len(writes) // AT_A_TIME_MAX))
    shares = [writes[start : start + size] for start in range(0, len(writes), size)]
    if len(shares) == 1:
        return _send(client, writes, refresh)
    with ThreadPoolExecutor(AT_A_TIME_MAX) as threads:
        failed = threads.map(partial(_send, client, refresh=refresh), shares)
        return [one for share in failed for one in share]


def _send(client: OpenSearch, writes: Sequence[Write], refresh: str) -> list[tuple[Write, dict[str, Any]]]:
    """The writes that failed, each with its own reason."""
    failed: list[tuple[Write, dict[str, Any]]] = []
    for request, body in _requests(writes):
        answer = client.bulk(body=body, refresh=refresh)
        results = (next(iter(item.values())) for item in answer["items"])
        pairs = zip(request, results, strict=True)
        failed.extend((write, result) for write, result in pairs if not _is_done(write, result))
    return failed


def _is_done(write: Write, result: dict[str, Any]) -> bool:
    """What is to be deleted may be gone already, with its whole index."""
    return result["status"] < 300 or (write[2] is None and result["status"] == GONE)


def _reason(result: dict[str, Any]) -> str:
    """The innermost one says what is wrong; the outer ones say that something is."""
    cause: dict[str, Any] = result.get("error", {})
    while "caused_by" in cause:
        cause = cause["caused_by"]
    return str(cause.get("reason", f"status {result['status']}"))


def _requests(writes: Sequence[Write]) -> Iterator[tuple[list[Write], str]]:
    """The writes in order, with the body of each request."""
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
