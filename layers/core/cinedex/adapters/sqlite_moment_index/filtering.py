"""A filter as SQL: a table `pool` with the part of each video that may be seen."""

from __future__ import annotations

import json

from cinedex.domain.moment import MomentFilter

POOL = """
pool(video_id, start_s, end_s) AS MATERIALIZED (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
    FROM json_each(:pool)
)
"""
IN_POOL = """
segment.account_id = :account_id AND segment.video_id = pool.video_id
AND (segment.start_s < pool.end_s AND pool.start_s < segment.end_s
    OR (segment.start_s = segment.end_s OR pool.start_s = pool.end_s)
        AND segment.start_s <= pool.end_s AND pool.start_s <= segment.end_s)
"""
"""`Span.overlaps`, in SQL."""


def parameters(within: MomentFilter) -> dict[str, object]:
    parts = [(video_id, part.start_s, part.end_s) for video_id, part in within.parts.items()]
    return {
        "account_id": within.account_id,
        "pool": json.dumps(parts),
        "modalities": json.dumps(within.modalities),
    }
