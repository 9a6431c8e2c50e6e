"""Replace the documents of a video without a transaction, with a manifest that is written first and last."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from opensearchpy import OpenSearch
from pydantic import BaseModel, ConfigDict

from cinedex.adapters.opensearch.bulk import Write, write_all
from cinedex.adapters.opensearch.documents import FIELDS_SINCE, document_id, manifest_id, to_json
from cinedex.adapters.opensearch.index_template import SCHEMA_VERSION
from cinedex.adapters.opensearch.video_fields import of_manifest
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentDocument

Placed = tuple[str, SegmentDocument]
"""A document and its index."""

Extent = dict[str, int]
"""For each index, a number above the index of every segment that the video has there."""


class VideoManifest(BaseModel):
    """Which segments a video has, and its fields. `is_new` when the store has none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    extent: Extent = {}
    fields: IndexedVideo | None = None
    is_new: bool = False

    def to_json(self, schema_version: int) -> str:
        body: dict[str, Any] = {"extent": self.extent}
        if self.fields is not None and schema_version >= FIELDS_SINCE:
            body |= {"fields": self.fields.model_dump(mode="json"), "video": of_manifest(self.fields)}
        return json.dumps(body)


def replace(
    client: OpenSearch,
    manifests: str,
    refresh: str,
    account_id: str,
    video_id: str,
    placed: Sequence[Placed],
    schema_version: int = SCHEMA_VERSION,
    video: IndexedVideo | None = None,
) -> None:
    """`manifests` is the index that stores the manifest of each video.

    The manifest is read by its id, which returns the latest write before a refresh. It is extended before the first
    document is written and reduced after the last one is deleted, so that a repeated write knows all documents that an
    interrupted one may have left. It gets the fields last, so that they are those of every segment. Only one writer at
    a time is allowed for each video.
    """
    key = manifest_id(account_id, video_id)
    stored, after = read_manifest(client, manifests, key), _extent(placed)
    fields = newer(stored.fields, video)
    before = stored.extent
    covered = {i: max(before.get(i, 0), after.get(i, 0)) for i in {*before, *after}}
    if covered != before:
        extended = VideoManifest(extent=covered, fields=stored.fields)
        write_all(client, [(manifests, key, extended.to_json(schema_version))], refresh="false")
    writes = [(index, document_id(d), to_json(d, schema_version, fields)) for index, d in placed]
    write_all(client, [*writes, *_removals(account_id, video_id, covered, placed)], refresh)
    if after != covered or fields != stored.fields:
        reduced = VideoManifest(extent=after, fields=fields).to_json(schema_version) if after or fields else None
        write_all(client, [(manifests, key, reduced)], refresh=refresh)


def remove(client: OpenSearch, manifests: str, refresh: str, account_id: str, video_id: str) -> None:
    """The documents of a video, then its manifest."""
    key = manifest_id(account_id, video_id)
    extent = read_manifest(client, manifests, key).extent
    write_all(client, list(_removals(account_id, video_id, extent, ())), refresh)
    write_all(client, [(manifests, key, None)], refresh)


def newer(stored: IndexedVideo | None, video: IndexedVideo | None) -> IndexedVideo | None:
    if stored is None or video is None:
        return video or stored
    return stored if stored.version > video.version else video


def read_manifest(client: OpenSearch, index: str, key: str) -> VideoManifest:
    response = client.get(index=index, id=key, ignore=[404])
    return VideoManifest.model_validate(response["_source"]) if response.get("found") else VideoManifest(is_new=True)


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
