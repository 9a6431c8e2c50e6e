"""Bring a search file of an earlier schema to the current one; vectors stay as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from cinedex.adapters.sqlite.schema import (
    ACCOUNT_TABLE,
    TEXT_COLUMNS,
    TEXT_TABLES,
    VIDEO_TABLES,
    WORDS_TABLE,
    execute_all,
)
from cinedex.adapters.sqlite.video_rows import scope_of
from cinedex.adapters.sqlite.words import account_rows
from cinedex.adapters.sqlite.words.account_rows import SEGMENT_BITS
from cinedex.adapters.sqlite.writing import add_texts
from cinedex.timeline.modality import Modality

FORMER_VERSIONS = (1, 2, 3, 4)
"""1: its table `words` had the texts themselves, and `lowered` the same in lower case. 1 and 2 had no column for
subtitles. 1 to 3 had no table `video`. 4 had no accounts in the ids of `words`, but in the terms of `scope`."""
_FORMER_MODALITIES = (
    Modality.SPEECH, Modality.CAPTION, Modality.SCREEN_TEXT, Modality.OBJECTS, Modality.METADATA,
)  # fmt: skip
_COLUMNS = ", ".join(_FORMER_MODALITIES)
_PAGE = 1_000
_ADD_VIDEOS = (
    "ALTER TABLE segment ADD COLUMN video INTEGER",
    "ALTER TABLE vector_block ADD COLUMN video INTEGER",
    """INSERT INTO video (account_id, video_id, version, collection_id)
    SELECT account_id, video_id, 0, max(collection_id) FROM segment GROUP BY account_id, video_id""",
    *(
        f"""UPDATE {table} SET video = (
            SELECT id FROM video WHERE video.account_id = {table}.account_id AND video.video_id = {table}.video_id
        )"""  # nosec B608 # constants of this package
        for table in ("segment", "vector_block")
    ),
)


_ADD_ACCOUNTS = "INSERT INTO account (account_id) SELECT DISTINCT account_id FROM video ORDER BY account_id"
_MOVE_WORDS = f"""
INSERT INTO words (rowid, {", ".join(TEXT_COLUMNS)}, scope)
SELECT (account.number << {SEGMENT_BITS}) + segment.id, {", ".join(TEXT_COLUMNS)},
    substr(scope, instr(scope, ' ') + 1)
FROM account CROSS JOIN segment ON segment.account_id = account.account_id
CROSS JOIN former_words ON former_words.rowid = segment.id ORDER BY account.number, segment.id
"""  # nosec B608 # made of constants


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Rewrites the texts of every segment, with bounded memory; the caller holds the transaction.

    The fields of the videos are not known then: searches admit them, and `RunIndexUpdates` fills the fields in.
    """
    if version == 4:
        _number_accounts(connection)
    else:
        _add_videos(connection, version)


def _number_accounts(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE words RENAME TO former_words")
    execute_all(connection, ACCOUNT_TABLE + WORDS_TABLE)
    connection.execute(_ADD_ACCOUNTS)
    connection.execute(_MOVE_WORDS)
    connection.execute("DROP TABLE former_words")


def _add_videos(connection: sqlite3.Connection, version: int) -> None:
    connection.execute("ALTER TABLE words RENAME TO former_words")
    add_columns, add_videos = _ADD_VIDEOS[:2], _ADD_VIDEOS[2:]
    for statement in add_columns:
        connection.execute(statement)
    execute_all(connection, VIDEO_TABLES + ACCOUNT_TABLE)
    for statement in (*add_videos, _ADD_ACCOUNTS):
        connection.execute(statement)
    if version == 1:
        connection.execute("DROP TABLE lowered")
    else:
        connection.execute("ALTER TABLE segment_text RENAME TO former_text")
    execute_all(connection, TEXT_TABLES)
    for segment_id, row, texts in _texts_of_words(connection) if version == 1 else _texts(connection):
        add_texts(connection, _offset_of(connection, row), segment_id, texts, scope_of(connection, row), {})
    connection.execute("DROP TABLE former_words")
    if version != 1:
        connection.execute("DROP TABLE former_text")


def _offset_of(connection: sqlite3.Connection, row: int) -> int:
    (account_id,) = connection.execute("SELECT account_id FROM video WHERE id = ?", (row,)).fetchone()
    return account_rows.put(connection, account_id)


def _texts_of_words(connection: sqlite3.Connection) -> Iterator[tuple[int, int, dict[Modality, str]]]:
    page = (
        f"SELECT former_words.rowid, segment.video, {_COLUMNS} FROM former_words "  # nosec B608 # made of constants
        "JOIN segment ON segment.id = former_words.rowid "
        f"WHERE former_words.rowid > ? ORDER BY former_words.rowid LIMIT {_PAGE}"
    )
    last = -1
    while rows := connection.execute(page, (last,)).fetchall():
        for segment_id, row, *texts in rows:
            named = zip(_FORMER_MODALITIES, texts, strict=True)
            yield segment_id, row, {modality: text for modality, text in named if text is not None}
        last = rows[-1][0]


def _texts(connection: sqlite3.Connection) -> Iterator[tuple[int, int, dict[Modality, str]]]:
    page = f"SELECT id, video FROM segment WHERE id > ? ORDER BY id LIMIT {_PAGE}"  # nosec B608 # made of constants
    last = -1
    while rows := connection.execute(page, (last,)).fetchall():
        for segment_id, row in rows:
            texts = connection.execute("SELECT modality, text FROM former_text WHERE segment_id = ?", (segment_id,))
            yield segment_id, row, {Modality(modality): text for modality, text in texts}
        last = rows[-1][0]
