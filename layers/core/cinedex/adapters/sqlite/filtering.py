"""The filter of a search as a temporary table: `scope` has the part of each video to search."""

from __future__ import annotations

import json
import sqlite3

from cinedex.search.domain.index.segment_document import SegmentFilter

IN_SCOPE = """
segment.account_id = :account_id AND scope.video_id = segment.video_id
AND (segment.start_s < scope.end_s AND scope.start_s < segment.end_s
    OR (segment.start_s = segment.end_s OR scope.start_s = scope.end_s)
        AND segment.start_s <= scope.end_s AND scope.start_s <= segment.end_s)
"""
"""`Span.overlaps`, in SQL."""

_FILL = """
INSERT INTO scope
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each(?)
"""


def fill_pool(connection: sqlite3.Connection, within: SegmentFilter) -> None:
    """A table with a primary key instead of a subquery, because FTS5 looks up the video of each match."""
    parts = [(video_id, part.start_s, part.end_s) for video_id, part in within.parts.items()]
    connection.execute("DELETE FROM scope")
    connection.execute(_FILL, (json.dumps(parts),))


def parameters(within: SegmentFilter) -> dict[str, object]:
    return {"account_id": within.account_id, "modalities": json.dumps(within.modalities)}
