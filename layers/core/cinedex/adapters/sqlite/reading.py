"""Read documents and videos from the search file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from cinedex.adapters.sqlite.filtering import FilterSql
from cinedex.adapters.sqlite.schema import LANGUAGES
from cinedex.kernel.span import Span
from cinedex.search.domain.index.indexed_video import VideoCount, VideoPage
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.timeline.modality import Modality

_DOCUMENT = """
segment.id, video.account_id, video.video_id, segment.segment_index, video.collection_id,
segment.start_s, segment.end_s, segment.model, video.media,
(SELECT json_group_object(modality, text) FROM segment_text WHERE segment_id = segment.id)
"""
_BY_ID = f"""
SELECT {_DOCUMENT} FROM json_each(:ids) AS requested
JOIN segment ON segment.id = requested.value JOIN video ON video.id = segment.video
"""  # nosec B608 # column names are constants of this package, values are bound


def by_id(connection: sqlite3.Connection, segment_ids: Iterable[int]) -> dict[int, SegmentDocument]:
    ids = json.dumps(list(dict.fromkeys(segment_ids)))
    return {row[0]: _document(row) for row in connection.execute(_BY_ID, {"ids": ids})}


def containing(
    connection: sqlite3.Connection, folded_text: str, condition: FilterSql, limit: int
) -> list[SegmentDocument]:
    """Documents with a text that contains `folded_text`; an empty one matches every text."""
    statement = f"""
    SELECT {_DOCUMENT} FROM video CROSS JOIN segment ON segment.video = video.id
    WHERE {condition.segments} AND EXISTS (
        SELECT 1 FROM segment_text
        WHERE segment_text.segment_id = segment.id AND instr(segment_text.folded, :text) > 0
        AND segment_text.modality IN (SELECT value FROM json_each(:modalities))
    )
    ORDER BY video.video_id, segment.segment_index LIMIT :limit
    """  # nosec B608 # conditions are made of constants of this package, values are bound
    bound = {**condition.values, "text": folded_text, "limit": limit}
    return [_document(row) for row in connection.execute(statement, bound)]


def count(connection: sqlite3.Connection, condition: FilterSql) -> VideoCount:
    statement = f"SELECT count(*), total(video.duration_s) FROM video WHERE {condition.videos}"  # nosec B608 # values are bound
    videos, duration_s = connection.execute(statement, condition.values).fetchone()
    return VideoCount(videos=videos, duration_s=duration_s)


def newest(connection: sqlite3.Connection, condition: FilterSql, name_part: str, limit: int) -> VideoPage:
    where = f"{condition.videos} AND instr(video.name, :name_part)" if name_part else condition.videos
    bound = {**condition.values, "name_part": name_part, "limit": limit}
    total = connection.execute(f"SELECT count(*) FROM video WHERE {where}", bound).fetchone()[0]  # nosec B608 # values are bound
    statement = f"SELECT video_id FROM video WHERE {where} ORDER BY video_id DESC LIMIT :limit"  # nosec B608 # values are bound
    return VideoPage(video_ids=tuple(row[0] for row in connection.execute(statement, bound)), total=total)


def unknown_videos(connection: sqlite3.Connection, limit: int) -> list[tuple[str, str]]:
    statement = "SELECT account_id, video_id FROM video WHERE version = 0 ORDER BY id LIMIT ?"
    return [(account_id, video_id) for account_id, video_id in connection.execute(statement, (limit,))]


def _document(row: tuple[Any, ...]) -> SegmentDocument:
    _, account_id, video_id, index, collection_id, start_s, end_s, model, media, texts = row
    return SegmentDocument(
        account_id=account_id,
        video_id=video_id,
        segment_index=index,
        collection_id=collection_id,
        span=Span(start_s=start_s, end_s=end_s),
        model=model,
        texts=_by_modality(stored := json.loads(texts)),
        languages={Modality(m): tuple(codes) for m, codes in json.loads(stored.get(LANGUAGES, "{}")).items()},
        media=media,
    )


def _by_modality(texts: Mapping[str, str]) -> dict[Modality, str]:
    """In the order of `Modality`."""
    return {modality: texts[modality] for modality in Modality if modality in texts}
