"""Keep the vectors of the accounts that were searched last in memory, in step with the file."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator

from cinedex.adapters.sqlite.vector_rows import PLACE, VectorRows, coded_row_bytes, exact_row_bytes

EXACT_SHARE = 0.5
"""Share of the memory up to which an account has exact vectors."""
DEAD_SHARE_MAX = 0.3

Account = tuple[str, str]
"""Account and embedding model."""

_BLOCKS = "FROM vector_block WHERE account_id = ? AND model = ? AND id > ?"
_SIZE = f"SELECT total(length(places)), total(length(half_floats)) {_BLOCKS}"  # nosec B608 # made of constants
_NEW = f"SELECT id, video, places, half_floats {_BLOCKS} ORDER BY id"  # nosec B608 # made of constants
_REMOVED = "SELECT id, block FROM removed_block WHERE id > ? ORDER BY id"
_REMOVED_RANGE = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM removed_block"


class SnapshotTooOld(Exception):
    """The transaction began before the state of the file that is in memory."""


class VectorCache:
    """Up to `bytes_max`; the caller holds a lock.

    An account has exact vectors up to half of it and codes above. If not even its codes fit, each search reads its
    vectors from the file, in pieces.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._accounts: OrderedDict[Account, VectorRows] = OrderedDict()

    @property
    def bytes_used(self) -> int:
        return sum(rows.bytes_used for rows in self._accounts.values())

    def rows(self, connection: sqlite3.Connection, account: Account, change: int) -> Iterator[VectorRows]:
        """All rows at once, or in pieces. `change` is the state of the file in this transaction.

        Blocks are immutable: a write creates a new block with a new id, in every process, so rows are never stale.
        """
        rows = self._accounts.pop(account, None)
        if rows is not None and rows.change > change:
            self._accounts[account] = rows
            raise SnapshotTooOld
        if rows is None or not _is_continued(connection, rows):
            rows = _begin(connection)
        byte_count = self._bytes_after(connection, account, rows)
        if byte_count > self._bytes_max:
            yield from _pieces(connection, account, rows.dimension)
            return
        _read(connection, account, rows)
        rows.change = change
        self._accounts[account] = rows
        while self.bytes_used > self._bytes_max:
            self._accounts.popitem(last=False)
        yield rows

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
