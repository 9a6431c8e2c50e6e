"""Replacing a video without a transaction: a note of which documents it has is written first and last."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from opensearchpy import OpenSearch

from cinedex.adapters.opensearch.bulk import Write, write_all
from cinedex.adapters.opensearch.documents import id_of, note_id_of, to_json
from cinedex.search.domain.index.segment_document import SegmentDocument

Placed = tuple[str, SegmentDocument]
"""A document and the index it belongs into."""

Extent = dict[str, int]
"""For each index, a number above every segment of the video in it."""


def replace(
    client: OpenSearch, notes: str, refresh: str, account_id: str, video_id: str, placed: Sequence[Placed]
) -> None:
    """`notes` is the index of the family that holds the notes.

    The note is read by its id, which sees what was written a moment ago, as a search does not. It grows before
    the first document is written and shrinks behind the last one is gone, so that whoever repeats a write that
    was cut off knows of all that may be there. One writer at a time for each video.
    """
    note_id = note_id_of(account_id, video_id)
    before, after = _read(client, notes, note_id), _extent(placed)
    covered = {i: max(before.get(i, 0), after.get(i, 0)) for i in {*before, *after}}
    if covered != before:
        write_all(client, [(notes, note_id, _note(covered))], refresh="false")
    writes = [(index, id_of(d), to_json(d)) for index, d in placed]
    write_all(client, [*writes, *_removals(account_id, video_id, covered, placed)], refresh)
    if after != covered:
        write_all(client, [(notes, note_id, _note(after) if after else None)], refresh="false")


def _read(client: OpenSearch, index: str, note_id: str) -> Extent:
    found = client.get(index=index, id=note_id, ignore=[404])
    extent: Extent = found["_source"]["extent"] if found.get("found") else {}
    return extent


def _note(extent: Extent) -> str:
    return json.dumps({"extent": extent})


def _extent(placed: Sequence[Placed]) -> Extent:
    extent: Extent = {}
    for index, document in placed:
        extent[index] = max(extent.get(index, 0), document.segment_index + 1)
    return extent


def _removals(account_id: str, video_id: str, covered: Extent, placed: Sequence[Placed]) -> Iterator[Write]:
    kept = {(index, document.segment_index) for index, document in placed}
    for index, end in covered.items():
        for number in range(end):
            if (index, number) not in kept:
                yield index, f"{account_id}:{video_id}:{number}", None
