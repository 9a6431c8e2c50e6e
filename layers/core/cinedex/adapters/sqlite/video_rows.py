"""Write the rows of `video`: the fields that searches filter by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from cinedex.adapters.sqlite.words import account_rows
from cinedex.adapters.sqlite.words.scope_terms import collection_term, video_term
from cinedex.kernel.text.folding import fold
from cinedex.search.domain.index.indexed_video import IndexedVideo

_FIND = "SELECT id, version FROM video WHERE account_id = ? AND video_id = ?"
_ADD = "INSERT INTO video (account_id, video_id, version) VALUES (?, ?, 0) RETURNING id"
_SET = """
UPDATE video SET version = :version, name = :name, collection_id = :collection_id, duration_s = :duration_s,
    width = :width, height = :height, recorded_at_s = :recorded_at_s, languages = :languages, features = :features,
    metadata = :metadata, media = :media
WHERE id = :id
"""
_SET_SCOPE = "UPDATE words SET scope = ? WHERE rowid IN (SELECT ? + id FROM segment WHERE video = ?)"
_CHANGED = "UPDATE library_change SET number = number + 1"


def find(connection: sqlite3.Connection, account_id: str, video_id: str) -> tuple[int, int] | None:
    """The id of the row and its version."""
    row = connection.execute(_FIND, (account_id, video_id)).fetchone()
    return None if row is None else (int(row[0]), int(row[1]))


def put(connection: sqlite3.Connection, account_id: str, video_id: str, video: IndexedVideo | None) -> int:
    """The id of the row of a video, which is added when it is missing. The fields of a higher version stay."""
    found = find(connection, account_id, video_id)
    row, version = found or (int(connection.execute(_ADD, (account_id, video_id)).fetchone()[0]), 0)
    if video is not None and video.version >= version:
        connection.execute(_SET, _values(row, video))
    connection.execute(_CHANGED)
    return row


def set_fields(connection: sqlite3.Connection, video: IndexedVideo) -> None:
    """Does nothing for a video that is not in the file, and for one with a higher version."""
    found = find(connection, video.account_id, video.video_id)
    if found is None or found[1] > video.version:
        return
    before = scope_of(connection, found[0])
    connection.execute(_SET, _values(found[0], video))
    if (after := scope_of(connection, found[0])) != before:
        connection.execute(_SET_SCOPE, (after, account_rows.put(connection, video.account_id), found[0]))
    connection.execute(_CHANGED)


def remove(connection: sqlite3.Connection, account_id: str, video_id: str) -> None:
    connection.execute("DELETE FROM video WHERE account_id = ? AND video_id = ?", (account_id, video_id))
    connection.execute(_CHANGED)


def scope_of(connection: sqlite3.Connection, row: int) -> str:
    """The terms of the segments of a video."""
    statement = "SELECT video_id, collection_id, version FROM video WHERE id = ?"
    video_id, collection_id, version = connection.execute(statement, (row,)).fetchone()
    collection = collection_term(collection_id or "") if version else collection_term(None)
    return f"{video_term(video_id)} {collection}"


def _values(row: int, video: IndexedVideo) -> dict[str, object]:
    return video.model_dump() | {
        "id": row,
        "name": fold(video.name),
        "features": _between_bars(video.features),
        "languages": _between_bars(video.languages),
        "metadata": json.dumps(video.metadata, ensure_ascii=False),
    }


def _between_bars(values: Sequence[str]) -> str:
    return f"|{'|'.join(values)}|" if values else ""
