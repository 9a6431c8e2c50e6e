"""The search store in one SQLite file: FTS5 for words, NumPy cosines for vectors, both filtered first."""

from cinedex.adapters.sqlite.index import SqliteSegmentIndex
from cinedex.adapters.sqlite.versions import SqliteIndexVersions

__all__ = ["SqliteIndexVersions", "SqliteSegmentIndex"]
