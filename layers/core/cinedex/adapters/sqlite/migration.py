"""Bring a search file of the schema before to the current one; vectors stay as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from cinedex.adapters.sqlite.schema import TEXT_COLUMNS, TEXT_TABLES, execute_all
from cinedex.adapters.sqlite.writing import add_texts
from cinedex.timeline.modality import Modality

FORMER_VERSION = 1
"""Its table `words` had the texts themselves, and `lowered` the same in lower case."""
_PAGE = 1_000


def migrate(connection: sqlite3.Connection) -> None:
    """Rewrites the texts of every segment, with bounded memory; the caller holds the transaction."""
    connection.execute("ALTER TABLE words RENAME TO former_words")
    connection.execute("DROP TABLE lowered")
    execute_all(connection, TEXT_TABLES)
    for segment_id, texts in _former_texts(connection):
        add_texts(connection, segment_id, texts)
    connection.execute("DROP TABLE former_words")


def _former_texts(connection: sqlite3.Connection) -> Iterator[tuple[int, dict[Modality, str]]]:
    page = (
        f"SELECT rowid, {', '.join(TEXT_COLUMNS)} FROM former_words "  # nosec B608 # constants of this package
        f"WHERE rowid > ? ORDER BY rowid LIMIT {_PAGE}"
    )
    last = -1
    while rows := connection.execute(page, (last,)).fetchall():
        for segment_id, *texts in rows:
            yield segment_id, {m: text for m, text in zip(Modality, texts, strict=True) if text is not None}
        last = rows[-1][0]
