"""Read documents from the search file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from cinedex.adapters.sqlite.filtering import IN_SCOPE, parameters
from cinedex.kernel.span import Span
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter
from cinedex.timeline.modality import Modality

_DOCUMENT = """
segment.id, segment.account_id, segment.video_id, segment.segment_index, segment.collection_id,
segment.start_s, segment.end_s, segment.model,
(SELECT json_group_object(modality, text) FROM segment_text WHERE segment_id = segment.id)
"""
_BY_ID = f"""
SELECT {_DOCUMENT} FROM json_each(:ids) AS requested
JOIN segment ON segment.id = requested.value
"""  # nosec B608 # column names are constants of this package, values are bound
_CONTAINING = f"""
SELECT {_DOCUMENT} FROM scope CROSS JOIN segment ON {IN_SCOPE}
WHERE EXISTS (
    SELECT 1 FROM segment_text
    WHERE segment_text.segment_id = segment.id AND instr(segment_text.folded, :text) > 0
    AND segment_text.modality IN (SELECT value FROM json_each(:modalities))
)
ORDER BY segment.video_id, segment.segment_index LIMIT :limit
"""  # nosec B608 # the columns and the condition are constants of this package, values are bound


def by_id(connection: sqlite3.Connection, segment_ids: Iterable[int]) -> dict[int, SegmentDocument]:
    ids = json.dumps(list(dict.fromkeys(segment_ids)))
    return {row[0]: _document(row) for row in connection.execute(_BY_ID, {"ids": ids})}


def containing(
    connection: sqlite3.Connection, folded_text: str, within: SegmentFilter, limit: int
) -> list[SegmentDocument]:
    """Documents with a text that contains `folded_text`; an empty one matches every text."""
    bound = {**parameters(within), "text": folded_text, "limit": limit}
    return [_document(row) for row in connection.execute(_CONTAINING, bound)]


def _document(row: tuple[Any, ...]) -> SegmentDocument:
    """Not validated, because documents are validated when they are written."""
    _, account_id, video_id, index, collection_id, start_s, end_s, model, texts = row
    return SegmentDocument.model_construct(
        account_id=account_id,
        video_id=video_id,
        segment_index=index,
        collection_id=collection_id,
        span=Span.model_construct(start_s=start_s, end_s=end_s),
        model=model,
        texts=_by_modality(json.loads(texts)),
    )


def _by_modality(texts: Mapping[str, str]) -> dict[Modality, str]:
    """In the order of `Modality`."""
    return {modality: texts[modality] for modality in Modality if modality in texts}
