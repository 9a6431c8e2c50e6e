"""Rows in and out of the search file; the caller holds the transaction."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Sequence

from cinedex.adapters.sqlite_moment_index.schema import TEXT_COLUMNS
from cinedex.domain.moment import Modality, SegmentDocument

_ADD_SEGMENT = """
INSERT INTO segment (account_id, video_id, segment_index, collection_id, start_s, end_s, model)
VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
_ADD_WORDS = f"""
INSERT INTO words (rowid, {", ".join(TEXT_COLUMNS)}) VALUES (?{", ?" * len(TEXT_COLUMNS)})
"""


def delete_video(connection: sqlite3.Connection, account_id: str, video_id: str) -> None:
    of_video = "SELECT id FROM segment WHERE account_id = ? AND video_id = ?"
    for table, key in (
        ("words", "rowid"),
        ("folded", "segment_id"),
        ("vector", "segment_id"),
        ("segment", "id"),
    ):
        connection.execute(f"DELETE FROM {table} WHERE {key} IN ({of_video})", (account_id, video_id))


def add_documents(connection: sqlite3.Connection, documents: Iterable[SegmentDocument]) -> None:
    for document in documents:
        segment_id = connection.execute(_ADD_SEGMENT, _columns(document)).fetchone()[0]
        texts = (document.texts.get(modality) for modality in Modality)
        connection.execute(_ADD_WORDS, (segment_id, *texts))
        connection.executemany(
            "INSERT INTO folded VALUES (?, ?, ?)",
            [(segment_id, modality, text.casefold()) for modality, text in document.texts.items()],
        )
        connection.executemany(
            "INSERT INTO vector VALUES (?, ?, ?)",
            [(segment_id, vector.modality, half_floats(vector.values)) for vector in document.vectors],
        )


def count_revision(connection: sqlite3.Connection) -> None:
    """Tells every process that what it keeps in memory is old."""
    connection.execute("UPDATE revision SET number = number + 1")


def half_floats(values: Sequence[float]) -> bytes:
    """Little-endian float16: a unit vector keeps its cosines to about 0.001 at half the size."""
    return struct.pack(f"<{len(values)}e", *values)


def _columns(document: SegmentDocument) -> tuple[object, ...]:
    return (
        document.account_id,
        document.video_id,
        document.segment_index,
        document.collection_id,
        document.span.start_s,
        document.span.end_s,
        document.model,
    )
