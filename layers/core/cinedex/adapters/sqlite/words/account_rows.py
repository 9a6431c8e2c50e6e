"""The rows of an account in the full-text index, which are adjacent.

FTS5 lists the rows of a word in the order of their ids and skips to a range of them, so a search reads no row of
another account.
"""

from __future__ import annotations

import sqlite3

SEGMENT_BITS = 40
"""The id of a row is that of its segment below these bits, and the number of the account above."""

_FIND = "SELECT number FROM account WHERE account_id = ?"
_ADD = "INSERT INTO account (account_id) VALUES (?) RETURNING number"


def find(connection: sqlite3.Connection, account_id: str) -> int | None:
    """What to add to the id of a segment of the account; None for an account without segments."""
    row = connection.execute(_FIND, (account_id,)).fetchone()
    return None if row is None else int(row[0]) << SEGMENT_BITS


def put(connection: sqlite3.Connection, account_id: str) -> int:
    """As `find`; gives a new account its number."""
    offset = find(connection, account_id)
    return offset if offset is not None else int(connection.execute(_ADD, (account_id,)).fetchone()[0]) << SEGMENT_BITS
