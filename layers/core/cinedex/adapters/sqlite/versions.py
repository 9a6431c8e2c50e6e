"""Manage search files: fill the next one, swap it with the live one, and delete old ones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from cinedex.adapters.sqlite.connection import BUSY_TIMEOUT_S, connect
from cinedex.adapters.sqlite.files import FileRoles, SearchFiles
from cinedex.adapters.sqlite.index import SqliteSegmentIndex
from cinedex.adapters.sqlite.migration import FORMER_VERSIONS
from cinedex.adapters.sqlite.schema import SCHEMA_VERSION, version_of
from cinedex.kernel.errors import StateConflict
from cinedex.search.domain.index.reindexing import IndexVersion, IndexVersions


class SqliteIndexVersions:
    """`IndexVersionStore`."""

    def __init__(self, path: Path) -> None:
        self._files = SearchFiles(path)

    def versions(self) -> IndexVersions:
        roles = self._files.roles()
        return IndexVersions(
            live=(self._version(roles.live),),
            next=(self._version(roles.next),) if roles.next else (),
            old=tuple(self._version(name) for name in roles.old),
        )

    def outdated(self) -> tuple[Path, ...]:
        """The files in use that have an earlier schema. A file that cannot be read is none: its user reports that."""
        paths = [self._files.path_of(name) for name in self._files.roles().written]
        return tuple(path for path in paths if path.exists() and _schema_of(path) in FORMER_VERSIONS)

    def migrate(self) -> None:
        """Otherwise the first search of each file migrates it: about 0.2 s for 1,000 segments."""
        for path in self.outdated():
            connect(path).close()

    def next_index(self) -> SqliteSegmentIndex:
        def with_next(roles: FileRoles) -> FileRoles:
            return roles if roles.next else roles.model_copy(update={"next": self._files.new_name()})

        roles = self._files.change(with_next)
        return SqliteSegmentIndex(self._files.path_of(roles.next or roles.live))

    def swap(self) -> None:
        def swapped(roles: FileRoles) -> FileRoles:
            if roles.next is None:
                raise StateConflict("There is no next index.")
            return FileRoles(live=roles.next, old=(*roles.old, roles.live))

        self._files.change(swapped)

    def drop_next(self) -> None:
        """Removes the file from the roles first, so that no process opens it while it is deleted."""
        self._files.change(
            lambda r: FileRoles(live=r.live, old=(*r.old, r.next)) if r.next else r,
        )

    def drop_old(self) -> None:
        for name in self._files.roles().old:
            self._files.remove(name)
        self._files.change(lambda r: r.model_copy(update={"old": ()}))

    def _version(self, name: str) -> IndexVersion:
        return IndexVersion(name=name, segment_count=_count(self._files.path_of(name)))


def _schema_of(path: Path) -> int | None:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
            return version_of(connection)
    except sqlite3.Error:
        return None


def _count(path: Path) -> int | None:
    """None for a file with another schema, or one that cannot be read."""
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)) as connection:
            if version_of(connection) != SCHEMA_VERSION:
                return None
            return int(connection.execute("SELECT count(*) FROM segment").fetchone()[0])
    except sqlite3.Error:
        return None
