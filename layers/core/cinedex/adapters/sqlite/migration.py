"""Bring a search file of an earlier schema to the current one; vectors stay as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from cinedex.adapters.sqlite.schema import TEXT_TABLES, execute_all
from cinedex.adapters.sqlite.writing import add_texts
from cinedex.timeline.modality import Modality

FORMER_VERSIONS = (1, 2)
"""Schema 1: its table `words` had the texts themselves, and `lowered` the same in lower case. Neither 1 nor 2 had a
column for subtitles."""
_FORMER_MODALITIES = (
    Modality.SPEECH, Modality.CAPTION, Modality.SCREEN_TEXT, Modality.OBJECTS, Modality.METADATA,
)  # fmt: skip
_COLUMNS = ", ".join(_FORMER_MODALITIES)
_PAGE = 1_000


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Rewrites the texts of every segment, with bounded memory; the caller holds the transaction."""
    connection.execute("ALTER TABLE words RENAME TO former_words")
    if version == 1:
        connection.execute("DROP TABLE lowered")
        execute_all(connection, TEXT_TABLES)
        for segment_id, texts in _former_texts(connection):
            add_texts(connection, segment_id, texts)
    else:
        words_table = TEXT_TABLES.split(";\n")[0]
        connection.execute(words_table)
        connection.execute(
            f"INSERT INTO words (rowid, {_COLUMNS}) "  # nosec B608 # constants of this package
            f"SELECT rowid, {_COLUMNS} FROM former_words"
        )
    connection.execute("DROP TABLE former_words")


def _former_texts(connection: sqlite3.Connection) -> Iterator[tuple[int, dict[Modality, str]]]:
    page = (
        f"SELECT rowid, {_COLUMNS} FROM former_words "  # nosec B608 # constants of this package
        f"WHERE rowid > ? ORDER BY rowid LIMIT {_PAGE}"
    )
    last = -1
    while rows := connection.execute(page, (last,)).fetchall():
        for segment_id, *texts in rows:
            named = zip(_FORMER_MODALITIES, texts, strict=True)
            yield segment_id, {modality: text for modality, text in named if text is not None}
        last = rows[-1][0]
