"""The tables of the search file."""

from __future__ import annotations

import sqlite3

from cinedex.timeline.modality import Modality

SCHEMA_VERSION = 5
APPLICATION_ID = 0x43444558  # "CDEX": shown by `file index.sqlite`

TEXT_COLUMNS = tuple(modality.value for modality in Modality)
LANGUAGES = "languages"
"""In place of a modality in `segment_text`: the languages of the texts, of documents that have any."""

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
    video INTEGER,
    UNIQUE (account_id, video_id, segment_index)
);
CREATE TABLE vector_block (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    model TEXT NOT NULL,
    places BLOB NOT NULL,
    half_floats BLOB NOT NULL,
    video INTEGER,
    UNIQUE (account_id, video_id, model)
);
"""
"""`segment.collection_id` is written by earlier schemas only; `video` is the id of the row in `video`."""
VIDEO_TABLES = """
CREATE TABLE video (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    video_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    collection_id TEXT,
    duration_s REAL NOT NULL DEFAULT 0,
    width REAL,
    height REAL,
    recorded_at_s REAL,
    languages TEXT NOT NULL DEFAULT '',
    features TEXT NOT NULL DEFAULT '',
    metadata TEXT NOT NULL DEFAULT '{}',
    media TEXT NOT NULL DEFAULT '',
    UNIQUE (account_id, video_id)
);
CREATE INDEX video_by_collection ON video (account_id, collection_id);
CREATE INDEX video_unknown ON video (id) WHERE version = 0;
CREATE INDEX segment_by_video ON segment (video, segment_index);
CREATE INDEX vector_block_by_model ON vector_block (account_id, model, id);
CREATE TABLE removed_block (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    block INTEGER NOT NULL
);
CREATE TABLE library_change (only INTEGER PRIMARY KEY, number INTEGER NOT NULL);
INSERT INTO library_change VALUES (1, 0);
"""
"""`video` has the fields of `IndexedVideo`; `name` is folded, `features` and `languages` are between bars.

A reader that caches vectors reads `removed_block`, and one that caches which videos a filter admits reads
`library_change`, which counts changes of `video`.
"""
ACCOUNT_TABLE = """
CREATE TABLE account (
    number INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE
);
"""
"""See `account_rows`."""
WORDS_TABLE = f"""
CREATE VIRTUAL TABLE words USING fts5(
    {", ".join(TEXT_COLUMNS)}, scope,
    tokenize = "porter unicode61 remove_diacritics 0 categories 'L* N* M* S* Co'"
);
"""
TEXT_TABLES = f"""{WORDS_TABLE}CREATE TABLE segment_text (
    segment_id INTEGER NOT NULL,
    modality TEXT NOT NULL,
    text TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (segment_id, modality)
) WITHOUT ROWID;
"""
"""`words` has the terms of `index_terms`, which are folded already; `folded` is what a literal search reads.

`scope` has a term for the video and one for the collection of the segment: FTS5 skips the rows of others. The id of a
row contains the account (`account_rows`), so that a search for words reads no row of another one.
"""
TERM_TABLE = "CREATE VIRTUAL TABLE temp.term USING fts5vocab('main', 'words', 'instance')"
"""Every occurrence of a term of `words`, found by the term."""
WINDOW_TABLE = """
CREATE TEMP TABLE part (
    video_id TEXT PRIMARY KEY,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL
) WITHOUT ROWID
"""
"""The windows of the current search, in the memory of its connection; see `filtering`."""


def execute_all(connection: sqlite3.Connection, statements: str) -> None:
    """One by one, because `executescript` ends the transaction of the caller."""
    for statement in statements.split(";\n"):
        connection.execute(statement)


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
