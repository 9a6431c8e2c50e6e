"""The tables of the search file, and their creation by concurrent processes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cinedex.kernel.errors import Unavailable
from cinedex.timeline.modality import Modality

SCHEMA_VERSION = 1
APPLICATION_ID = 0x43444558  # "CDEX": shown by `file index.sqlite`
BUSY_TIMEOUT_S = 30.0
CACHE_KIB = 16_384

TEXT_COLUMNS = tuple(modality.value for modality in Modality)

_TABLES = f"""
CREATE TABLE segment (
    id INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    segment_index INTEGER NOT NULL,
    collection_id TEXT,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    model TEXT,
    UNIQUE (account_id, video_id, segment_index)
);
CREATE VIRTUAL TABLE words USING fts5(
    {", ".join(TEXT_COLUMNS)}, tokenize = "porter unicode61 remove_diacritics 2"
);
CREATE TABLE lowered (
    segment_id INTEGER NOT NULL,
    modality TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (segment_id, modality)
) WITHOUT ROWID;
CREATE TABLE vector_block (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    model TEXT NOT NULL,
    places BLOB NOT NULL,
    half_floats BLOB NOT NULL,
    UNIQUE (account_id, video_id, model)
);
"""
_POOL = """
CREATE TEMP TABLE scope (
    video_id TEXT PRIMARY KEY,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL
) WITHOUT ROWID
"""
"""The filter of the current search, in the memory of its connection; see `filtering`."""


class SchemaMismatch(Unavailable):
    """The file is from another version of Cinedex or from another program."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode; creates the file and its tables when they are missing.

    Raises `SchemaMismatch` for a file with another schema version, or from another program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    if version_of(connection) != SCHEMA_VERSION:
        _create(connection)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(_POOL)
    return connection


def _create(connection: sqlite3.Connection) -> None:
    """Of several concurrent processes one creates the tables; the others wait for it."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN EXCLUSIVE")
    try:
        if version_of(connection) == 0 and not _has_tables(connection):
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except sqlite3.Error:
        connection.rollback()
        raise
    if version_of(connection) != SCHEMA_VERSION:
        raise SchemaMismatch(
            f"The search index was made by another version of Cinedex (schema {version_of(connection)}, "
            f"this one reads {SCHEMA_VERSION}). Fill a new one from what is stored: cinedex index reindex"
        )


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
