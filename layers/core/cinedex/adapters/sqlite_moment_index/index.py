"""Every method of the search store is one transaction on the file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cinedex.adapters.sqlite_moment_index import lexical, reading, writing
from cinedex.adapters.sqlite_moment_index.filtering import fill_pool
from cinedex.adapters.sqlite_moment_index.schema import connect
from cinedex.domain.errors import Unavailable
from cinedex.domain.moment import MomentFilter, QueryVector, SegmentDocument, SignalHits, VectorHit, WordHit

if TYPE_CHECKING:
    from cinedex.adapters.sqlite_moment_index.vectors import ExactVectors

KEPT_BYTES_MAX = 512 * 1024 * 1024
"""Of vectors in memory: those of 300,000 segments that have one of 384 numbers."""


class SqliteMomentIndex:
    """One file, any number of processes and threads: readers never wait, writers take turns.

    A process killed in the middle of a write leaves the state before it. The file needs a disk with
    working locks and shared memory, so not NFS.
    """

    def __init__(self, path: Path, kept_bytes_max: int = KEPT_BYTES_MAX) -> None:
        self._path = path
        self._local = threading.local()
        self._kept_bytes_max = kept_bytes_max
        self._exact: ExactVectors | None = None
        self._lock = threading.Lock()

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        with self._transaction("IMMEDIATE") as connection:
            writing.delete_video(connection, account_id, video_id)
            writing.add_video(connection, account_id, video_id, documents)

    def delete_video(self, account_id: str, video_id: str) -> None:
        self.replace_video(account_id, video_id, ())

    def search(self, words: str, vector: QueryVector | None, within: MomentFilter, limit: int) -> SignalHits:
        with self._reading(within) as connection:
            by_words = lexical.best(connection, words, within, limit)
            by_vector = self._vectors().nearest(connection, vector, within, limit) if vector else {}
            found = reading.by_id(connection, (*by_words, *by_vector))
        return SignalHits(
            words=tuple(WordHit(document=found[i], score=score) for i, score in by_words.items()),
            vectors=tuple(VectorHit(document=found[i], cosines=cosines) for i, cosines in by_vector.items()),
        )

    def search_literal(self, text: str, within: MomentFilter, limit: int) -> Sequence[SegmentDocument]:
        with self._reading(within) as connection:
            return reading.holding(connection, text.lower(), within, limit)

    def documents(self, within: MomentFilter, limit: int) -> Sequence[SegmentDocument]:
        with self._reading(within) as connection:
            return reading.holding(connection, "", within, limit)

    def _vectors(self) -> ExactVectors:
        """Made at the first question that needs it: a function that never searches starts without NumPy."""
        from cinedex.adapters.sqlite_moment_index.vectors import ExactVectors

        with self._lock:
            if self._exact is None:
                self._exact = ExactVectors(self._kept_bytes_max)
            return self._exact

    @contextmanager
    def _reading(self, within: MomentFilter) -> Iterator[sqlite3.Connection]:
        with self._transaction("DEFERRED") as connection:
            fill_pool(connection, within)
            yield connection

    @contextmanager
    def _transaction(self, mode: Literal["IMMEDIATE", "DEFERRED"]) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connection()
            connection.execute(f"BEGIN {mode}")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.rollback()
        except sqlite3.Error as error:
            raise Unavailable(f"The search file {self._path.name} cannot be used: {error}.") from error

    def _connection(self) -> sqlite3.Connection:
        """One for each thread, made at first use: a connection must not be shared while it is in use."""
        if not hasattr(self._local, "connection"):
            self._local.connection = connect(self._path)
        connection: sqlite3.Connection = self._local.connection
        return connection
