"""Open the search file; its creation and its migration by concurrent processes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from cinedex.adapters.sqlite.migration import FORMER_VERSIONS, migrate
from cinedex.adapters.sqlite.schema import (
    ACCOUNT_TABLE,
    APPLICATION_ID,
    SCHEMA_VERSION,
    SEGMENT_TABLES,
    TERM_TABLE,
    TEXT_TABLES,
    VIDEO_TABLES,
    WINDOW_TABLE,
    execute_all,
    version_of,
)
from cinedex.kernel.errors import Unavailable

BUSY_TIMEOUT_S = 20.0
CACHE_KIB = 16_384


class SchemaMismatch(Unavailable):
    """The file is from another version of Cinedex or from another program."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode; creates the file and its tables when they are missing.

    The first connection to a file of an earlier schema migrates it. Raises `SchemaMismatch` for a file with another
    schema version, or from another program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    if version_of(connection) != SCHEMA_VERSION:
        _create(connection)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(WINDOW_TABLE)
    connection.execute(TERM_TABLE)
    return connection


def _create(connection: sqlite3.Connection) -> None:
    """Of several concurrent processes one creates or migrates the tables; the others wait for it."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN EXCLUSIVE")
    try:
        version = version_of(connection)
        if version in FORMER_VERSIONS:
            migrate(connection, version)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version == 0 and not _has_tables(connection):
            execute_all(connection, SEGMENT_TABLES + ACCOUNT_TABLE + TEXT_TABLES + VIDEO_TABLES)
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


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
