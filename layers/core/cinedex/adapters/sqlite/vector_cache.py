"""Keep the vectors of the accounts that were searched last in memory, in step with the file."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from cinedex.adapters.sqlite.vector_rows import PLACE, VectorRows, coded_row_bytes, exact_row_bytes

EXACT_SHARE = 0.9
"""Share of the memory up to which an account has its vectors as they are in the file."""
DEAD_SHARE_MAX = 0.3

Account = tuple[str, str]
"""Account and embedding model."""

_BLOCKS = "FROM vector_block WHERE account_id = ? AND model = ? AND id > ?"
_SIZE = f"SELECT total(length(places)), total(length(half_floats)) {_BLOCKS}"  # nosec B608 # made of constants
_NEW = f"SELECT id, video, places, half_floats {_BLOCKS} ORDER BY id"  # nosec B608 # made of constants
_REMOVED = "SELECT id, block FROM removed_block WHERE id > ? ORDER BY id"
_CHANGE = "SELECT number FROM library_change"
_REMOVED_RANGE = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM removed_block"


class SnapshotTooOld(Exception):
    """The transaction began before the state of the file that is in memory."""


class VectorCache:
    """Up to `bytes_max`, for any number of threads.

    An account has its vectors as in the file up to `EXACT_SHARE` of it, and codes above. If not even its codes fit,
    each search reads its vectors from the file, in pieces. Searches of one account wait for each other, unless they
    read pieces.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._accounts: OrderedDict[Account, VectorRows] = OrderedDict()
        self._reading: dict[Account, int] = {}
        self._account_locks: WeakValueDictionary[Account, threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()

    @property
    def bytes_used(self) -> int:
        return sum(rows.bytes_used for rows in self._accounts.values())

    @contextmanager
    def rows(self, connection: sqlite3.Connection, account: Account) -> Iterator[tuple[int, Iterable[VectorRows]]]:
        """The state of the file, and all rows at once or in pieces.

        Blocks are immutable: a write creates a new block with a new id, in every process, so rows are never stale. A
        transaction begins with its first read, which is here, so that no search that waits has an old one.
        """
        with self._lock:
            account_lock = self._account_locks.setdefault(account, threading.Lock())
        with account_lock:
            change = int(connection.execute(_CHANGE).fetchone()[0])
            rows = self._current(connection, account, change)
            if self._is_read(connection, account, rows):
                rows.change = change
                self._keep(account, rows)
                yield change, (rows,)
                return
        yield change, _pieces(connection, account, rows.dimension)

    def _current(self, connection: sqlite3.Connection, account: Account, change: int) -> VectorRows:
        with self._lock:
            rows = self._accounts.get(account)
            if rows is not None and rows.change > change:
                raise SnapshotTooOld
            self._accounts.pop(account, None)
        return rows if rows is not None and _is_continued(connection, rows) else _begin(connection)

    def _is_read(self, connection: sqlite3.Connection, account: Account, rows: VectorRows) -> bool:
        """False when the rows do not fit, beside those that other threads are reading."""
        byte_count = self._bytes_after(connection, account, rows)
        with self._lock:
            if byte_count + sum(self._reading.values()) > self._bytes_max:
                return False
            self._reading[account] = byte_count
        try:
            _read(connection, account, rows)
        finally:
            with self._lock:
                del self._reading[account]
        return True

    def _keep(self, account: Account, rows: VectorRows) -> None:
        with self._lock:
            self._accounts[account] = rows
            while self.bytes_used > self._bytes_max:
                self._accounts.popitem(last=False)

    def _bytes_after(self, connection: sqlite3.Connection, account: Account, rows: VectorRows) -> int:
        """The size with the new blocks; encodes the rows when they would be too large."""
        places, halves = connection.execute(_SIZE, (*account, rows.last_block)).fetchone()
        added = int(places) // PLACE.itemsize
        if added and not rows.dimension:
            rows.dimension = int(halves) // (2 * added)
        count = rows.count + added
        if not rows.is_coded and count * exact_row_bytes(rows.dimension) > EXACT_SHARE * self._bytes_max:
            rows.encode()
        return count * (coded_row_bytes if rows.is_coded else exact_row_bytes)(rows.dimension)


def _begin(connection: sqlite3.Connection) -> VectorRows:
    return VectorRows(dimension=0, is_coded=False, last_removed=connection.execute(_REMOVED_RANGE).fetchone()[1])


def _is_continued(connection: sqlite3.Connection, rows: VectorRows) -> bool:
    """False when the list of removed blocks has a gap, or many rows are of removed blocks."""
    first, _ = connection.execute(_REMOVED_RANGE).fetchone()
    return first <= rows.last_removed + 1 and rows.dead_share <= DEAD_SHARE_MAX


def _read(connection: sqlite3.Connection, account: Account, rows: VectorRows) -> None:
    removed = connection.execute(_REMOVED, (rows.last_removed,)).fetchall()
    if removed:
        rows.last_removed = removed[-1][0]
        rows.remove([block for _, block in removed])
    for block, video, places, halves in connection.execute(_NEW, (*account, rows.last_block)):
        rows.append(block, video, places, halves)
    rows.flush()


def _pieces(connection: sqlite3.Connection, account: Account, dimension: int) -> Iterator[VectorRows]:
    piece = VectorRows(dimension, is_coded=False)
    for block, video, places, halves in connection.execute(_NEW, (*account, 0)):
        piece.append(block, video, places, halves)
        if piece.chunks:
            yield piece
            piece = VectorRows(dimension, is_coded=False)
    piece.flush()
    yield piece
