"""Replace the documents of a video without a transaction, with a manifest that is written first and last."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from opensearchpy import OpenSearch

from cinedex.adapters.opensearch.bulk import Write, write_all
from cinedex.adapters.opensearch.documents import document_id, manifest_id, to_json
from cinedex.adapters.opensearch.index_template import SCHEMA_VERSION
from cinedex.search.domain.index.segment_document import SegmentDocument

Placed = tuple[str, SegmentDocument]
"""A document and its index."""

Extent = dict[str, int]
"""For each index, a number above the index of every segment that the video has there."""


def replace(
    client: OpenSearch,
    manifests: str,
    refresh: str,
    account_id: str,
    video_id: str,
    placed: Sequence[Placed],
    schema_version: int = SCHEMA_VERSION,
) -> None:
    """`manifests` is the index that stores the manifest of each video.

    The manifest is read by its id, which returns the latest write before a refresh. It is extended before the first
    document is written and reduced after the last one is deleted, so that a repeated write knows all documents that an
    interrupted one may have left. Only one writer at a time is allowed for each video.
    """
    key = manifest_id(account_id, video_id)
    before, after = _read(client, manifests, key), _extent(placed)
    covered = {i: max(before.get(i, 0), after.get(i, 0)) for i in {*before, *after}}
    if covered != before:
        write_all(client, [(manifests, key, _manifest(covered))], refresh="false")
    writes = [(index, document_id(d), to_json(d, schema_version)) for index, d in placed]
    write_all(client, [*writes, *_removals(account_id, video_id, covered, placed)], refresh)
    if after != covered:
        write_all(client, [(manifests, key, _manifest(after) if after else None)], refresh="false")


def _read(client: OpenSearch, index: str, key: str) -> Extent:
    response = client.get(index=index, id=key, ignore=[404])
    extent: Extent = response["_source"]["extent"] if response.get("found") else {}
    return extent


def _manifest(extent: Extent) -> str:
    return json.dumps({"extent": extent})


def _extent(placed: Sequence[Placed]) -> Extent:
    extent: Extent = {}
    for index, document in placed:
        extent[index] = max(extent.get(index, 0), document.segment_index + 1)
    return extent


def _removals(account_id: str, video_id: str, covered: Extent, placed: Sequence[Placed]) -> Iterator[Write]:
    current = {(index, document.segment_index) for index, document in placed}
    for index, end in covered.items():
        for number in range(end):
            if (index, number) not in current:
                yield index, f"{account_id}:{video_id}:{number}", None
