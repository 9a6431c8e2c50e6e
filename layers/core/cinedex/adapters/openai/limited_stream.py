"""A body of a response that ends in time, also if its server sends comments and nothing else."""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, Iterable, Iterator

import httpx


class LimitedStream(httpx.SyncByteStream):
    """`ends` is a time of `time.monotonic`; data after it raises `httpx.ReadTimeout`."""

    def __init__(self, stream: Iterable[bytes] | AsyncIterable[bytes], ends: float) -> None:
        assert isinstance(stream, httpx.SyncByteStream)
        self._stream, self._ends = stream, ends

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            if time.monotonic() > self._ends:
                raise httpx.ReadTimeout("The response did not end in time.")
            yield piece

    def close(self) -> None:
        self._stream.close()
