"""Write and delete rows of the search file; the caller holds the transaction."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence

from cinedex.adapters.sqlite import video_rows
from cinedex.adapters.sqlite.schema import LANGUAGES, TEXT_COLUMNS
from cinedex.adapters.sqlite.words import account_rows
from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.stemming import ENGLISH_ONLY
from cinedex.kernel.text.tokens import index_terms
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.timeline.modality import Modality

MODALITY_CODES = {modality: code for code, modality in enumerate(Modality)}
ROW = struct.Struct("<qbdd")
"""The segment of a vector, the code of its modality, and the start and end of the segment in seconds."""

_ADD_SEGMENT = """
INSERT INTO segment (account_id, video_id, segment_index, start_s, end_s, model, video)
VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
_ADD_WORDS = f"""
INSERT INTO words (rowid, {", ".join(TEXT_COLUMNS)}, scope) VALUES (?{", ?" * len(TEXT_COLUMNS)}, ?)
"""  # nosec B608 # column names are constants of this package, values are bound
_DELETE_WORDS = "DELETE FROM words WHERE rowid IN (SELECT ? + id FROM segment WHERE account_id = ? AND video_id = ?)"
_DELETE_DOCUMENTS = (
    "DELETE FROM segment_text WHERE segment_id IN (SELECT id FROM segment WHERE account_id = ? AND video_id = ?)",
    "DELETE FROM segment WHERE account_id = ? AND video_id = ?",
    "INSERT INTO removed_block (block) SELECT id FROM vector_block WHERE account_id = ? AND video_id = ?",
    "DELETE FROM vector_block WHERE account_id = ? AND video_id = ?",
)
_ADD_BLOCK = """
INSERT INTO vector_block (account_id, video_id, model, places, half_floats, video) VALUES (?, ?, ?, ?, ?, ?)
"""
_FORGET_REMOVED = "DELETE FROM removed_block WHERE id <= (SELECT max(id) FROM removed_block) - ?"
REMOVED_MAX = 100_000


def delete_video(connection: sqlite3.Connection, account_id: str, video_id: str) -> None:
    delete_documents(connection, account_id, video_id)
    video_rows.remove(connection, account_id, video_id)


def delete_documents(connection: sqlite3.Connection, account_id: str, video_id: str) -> None:
    if (offset := account_rows.find(connection, account_id)) is not None:
        connection.execute(_DELETE_WORDS, (offset, account_id, video_id))
    for statement in _DELETE_DOCUMENTS:
        connection.execute(statement, (account_id, video_id))
    connection.execute(_FORGET_REMOVED, (REMOVED_MAX,))


def add_video(
    connection: sqlite3.Connection,
    account_id: str,
    video_id: str,
    documents: Sequence[SegmentDocument],
    video: IndexedVideo | None = None,
) -> None:
    row = video_rows.put(connection, account_id, video_id, video)
    scope, offset = video_rows.scope_of(connection, row), account_rows.put(connection, account_id)
    places, halves = defaultdict[str, bytearray](bytearray), defaultdict[str, bytearray](bytearray)
    for document in documents:
        segment_id = int(connection.execute(_ADD_SEGMENT, _columns(document, row)).fetchone()[0])
        add_texts(connection, offset, segment_id, document.texts, scope, document.languages)
        for vector in document.vectors if document.model else ():
            span, code = document.span, MODALITY_CODES[vector.modality]
            places[document.model or ""] += ROW.pack(segment_id, code, span.start_s, span.end_s)
            halves[document.model or ""] += half_floats(vector.values)
    for model, packed in places.items():
        connection.execute(_ADD_BLOCK, (account_id, video_id, model, packed, halves[model], row))


def half_floats(values: Sequence[float]) -> bytes:
    """Little-endian float16: half the size, with an error of about 0.001 in the cosines of unit vectors."""
    return struct.pack(f"<{len(values)}e", *values)


def add_texts(
    connection: sqlite3.Connection,
    offset: int,
    segment_id: int,
    texts: Mapping[Modality, str],
    scope: str,
    languages: Mapping[Modality, tuple[str, ...]],
) -> None:
    """`offset` is that of the account (`account_rows`)."""
    terms = {modality: index_terms(text, languages.get(modality, ENGLISH_ONLY)) for modality, text in texts.items()}
    connection.execute(_ADD_WORDS, (offset + segment_id, *map(terms.get, Modality), scope))
    rows = [(segment_id, modality.value, text, fold(text)) for modality, text in texts.items()]
    if languages:
        rows.append((segment_id, LANGUAGES, json.dumps(languages), ""))
    connection.executemany("INSERT INTO segment_text VALUES (?, ?, ?, ?)", rows)


def _columns(document: SegmentDocument, row: int) -> tuple[object, ...]:
    return (
        document.account_id,
        document.video_id,
        document.segment_index,
        document.span.start_s,
        document.span.end_s,
        document.model,
        row,
    )
