"""The segment index in SQLite; every method is one transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cinedex.adapters.sqlite import reading, video_rows, writing
from cinedex.adapters.sqlite.connection import SchemaMismatch, connect
from cinedex.adapters.sqlite.count_cache import CountCache
from cinedex.adapters.sqlite.files import SearchFiles
from cinedex.adapters.sqlite.filtering import filter_sql, videos_sql
from cinedex.adapters.sqlite.words import lexical
from cinedex.kernel.errors import StorageFull, StoreUnavailable, Unavailable
from cinedex.kernel.text.folding import fold
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoCount, VideoPage
from cinedex.search.domain.index.segment_document import (
    QueryVector,
    SegmentDocument,
    SegmentFilter,
    SignalHits,
    VectorHit,
    WordHit,
)

if TYPE_CHECKING:
    from cinedex.adapters.sqlite.vectors import NearestVectors

NOT_AVAILABLE = "The search store is not available."
CACHE_BYTES_MAX = 1024 * 1024 * 1024
"""Memory for vectors of 384 dimensions: 1,100,000 as stored, or the codes of 2,200,000."""
PRIMARY_CODE = 0xFF
"""The bits of an extended result code of SQLite that say what kind of error it is."""
SNAPSHOTS_MAX = 20
"""Attempts of a search while other searches read later states of the file."""


class SqliteSegmentIndex:
    """One file for any number of processes and threads: readers never wait, writers wait for each other.

    While the next file is filled (`SqliteIndexVersions`), writes go to both. A process that is killed during a write
    leaves the previous state. The files need a disk with locks and shared memory, so not NFS.
    """

    def __init__(self, path: Path, cache_bytes_max: int = CACHE_BYTES_MAX) -> None:
        self._files = SearchFiles(path)
        self._local = threading.local()
        self._cache_bytes_max = cache_bytes_max
        self._exact: tuple[str, NearestVectors] | None = None
        self._lock = threading.Lock()
        self._counts = CountCache()

    def replace_video(
        self, account_id: str, video_id: str, documents: Sequence[SegmentDocument], video: IndexedVideo | None = None
    ) -> None:
        def replace(connection: sqlite3.Connection) -> None:
            writing.delete_documents(connection, account_id, video_id)
            writing.add_video(connection, account_id, video_id, documents, video)

        self._write(replace)

    def set_fields(self, video: IndexedVideo) -> bool:
        self._write(lambda connection: video_rows.set_fields(connection, video))
        return True

    def delete_video(self, account_id: str, video_id: str) -> None:
        self._write(lambda connection: writing.delete_video(connection, account_id, video_id))

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        if vector is None:
            return self._search(words, None, within, limit)
        from cinedex.adapters.sqlite.vector_cache import SnapshotTooOld

        for _ in range(SNAPSHOTS_MAX):
            with suppress(SnapshotTooOld):
                return self._search(words, vector, within, limit)
        raise StoreUnavailable(NOT_AVAILABLE)

    def _search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        with self._reading() as (connection, live):
            condition = filter_sql(connection, within)
            by_vector = self._vectors_of(live).nearest(connection, vector, within, condition, limit) if vector else {}
            by_words = lexical.best(connection, words, within, condition, limit)
            documents = reading.by_id(connection, (*by_words, *by_vector))
        return SignalHits(
            words=tuple(WordHit(document=documents[i], score=score) for i, score in by_words.items()),
            vectors=tuple(VectorHit(document=documents[i], cosines=cosines) for i, cosines in by_vector.items()),
        )

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        with self._reading() as (connection, _):
            return reading.containing(connection, fold(text), filter_sql(connection, within), limit)

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        with self._reading() as (connection, _):
            return reading.containing(connection, "", filter_sql(connection, within), limit)

    def count(self, within: SegmentFilter) -> VideoCount:
        with self._reading() as (connection, live):
            return self._counts.count(connection, live, within)

    def newest(self, within: SegmentFilter, name_part: str, limit: int) -> VideoPage:
        with self._reading() as (connection, _):
            return reading.newest(connection, videos_sql(within), name_part, limit)

    def unknown_videos(self, limit: int) -> Sequence[tuple[str, str]]:
        with self._reading() as (connection, _):
            return reading.unknown_videos(connection, limit)

    def _write(self, write: Callable[[sqlite3.Connection], None]) -> None:
        """To every file that is written to. Reads the roles again after the last write, because a next file may have
        been created in the meantime."""
        written: set[str] = set()
        while missing := [name for name in self._files.roles().written if name not in written]:
            for name in missing:
                self._write_to(name, write)
                written.add(name)

    def _write_to(self, name: str, write: Callable[[sqlite3.Connection], None]) -> None:
        try:
            with self._transaction(name, "IMMEDIATE") as connection:
                write(connection)
        except SchemaMismatch:
            roles = self._files.roles()
            if roles.next is None or name != roles.live:
                raise
            # The next file, which will replace this one, is being filled.

    @contextmanager
    def _reading(self) -> Iterator[tuple[sqlite3.Connection, str]]:
        live = self._files.roles().live
        with self._transaction(live, "DEFERRED") as connection:
            yield connection, live

    def _vectors_of(self, name: str) -> NearestVectors:
        """Created at the first search, so that functions that never search do not import NumPy."""
        from cinedex.adapters.sqlite.vectors import NearestVectors

        with self._lock:
            if self._exact is None or self._exact[0] != name:
                self._exact = (name, NearestVectors(self._cache_bytes_max))
            return self._exact[1]

    @contextmanager
    def _transaction(self, name: str, mode: Literal["IMMEDIATE", "DEFERRED"]) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connection(name)
            connection.execute(f"BEGIN {mode}")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.rollback()
        except sqlite3.Error as error:
            error.add_note(f"Search file: {name}")
            raise _domain_error(error) from error

    def _connection(self, name: str) -> sqlite3.Connection:
        """One connection for each thread and file, because connections cannot be shared between threads."""
        connections: dict[str, sqlite3.Connection] = self._local.__dict__.setdefault("connections", {})
        if name not in connections:
            for stale in connections.keys() - set(self._files.roles().written):
                connections.pop(stale).close()
            connections[name] = connect(self._files.path_of(name))
        return connections[name]


def _domain_error(error: sqlite3.Error) -> Unavailable:
    """`SQLITE_IOERR_SHMSIZE`: there is no space for the file of shared memory next to the search file."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code & PRIMARY_CODE == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE:
        return StorageFull()
    return StoreUnavailable(NOT_AVAILABLE)
