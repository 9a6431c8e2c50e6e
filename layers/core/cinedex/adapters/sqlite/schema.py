"""The tables of the search file."""

from __future__ import annotations

import sqlite3

from cinedex.timeline.modality import Modality

SCHEMA_VERSION = 3
APPLICATION_ID = 0x43444558  # "CDEX": shown by `file index.sqlite`

TEXT_COLUMNS = tuple(modality.value for modality in Modality)

SEGMENT_TABLES = """
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
TEXT_TABLES = f"""
CREATE VIRTUAL TABLE words USING fts5(
    {", ".join(TEXT_COLUMNS)},
    tokenize = "porter unicode61 remove_diacritics 0 categories 'L* N* M* S* Co'"
);
CREATE TABLE segment_text (
    segment_id INTEGER NOT NULL,
    modality TEXT NOT NULL,
    text TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (segment_id, modality)
) WITHOUT ROWID;
"""
"""`words` has the terms of `index_terms`, which are folded already; `folded` is what a literal search reads."""
SCOPE_TABLE = """
CREATE TEMP TABLE scope (
    video_id TEXT PRIMARY KEY,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL
) WITHOUT ROWID
"""
"""The filter of the current search, in the memory of its connection; see `filtering`."""


def execute_all(connection: sqlite3.Connection, statements: str) -> None:
    """One by one, because `executescript` ends the transaction of the caller."""
    for statement in statements.split(";\n"):
        connection.execute(statement)


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
