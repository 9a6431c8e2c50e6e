"""The search store in one SQLite file: FTS5 for words, exact NumPy for vectors, filters before both."""

from cinedex.adapters.sqlite_moment_index.index import SqliteMomentIndex
from cinedex.adapters.sqlite_moment_index.versions import SqliteIndexVersions

__all__ = ["SqliteIndexVersions", "SqliteMomentIndex"]
