"""The manifest of a video while its documents are replaced."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from cinedex.search.domain.index.indexed_video import IndexedVideo

pytest.importorskip("opensearchpy")
from cinedex.adapters.opensearch.writing import VideoManifest, read_manifest, replace
from opensearchpy.exceptions import TransportError

from tests.support.segments import segment

INDEX, KEY = "words", "mine:a"


class StoreOfManifests:
    """`OpenSearch` that keeps manifests, and refuses the bulk request number `fails_at`."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.fails_at, self.requests = fails_at, 0
        self.manifests: dict[str, Any] = {}

    def get(self, index: str, id: str, ignore: Sequence[int]) -> dict[str, Any]:
        stored = self.manifests.get(id)
        return {"found": stored is not None, "_source": stored}

    def bulk(self, body: str, refresh: str) -> dict[str, Any]:
        self.requests += 1
        if self.requests == self.fails_at:
            raise TransportError(503, "interrupted", {})
        lines = [json.loads(line) for line in body.splitlines()]
        written = ((line["index"]["_id"], source) for line, source in pairwise(lines) if "extent" in source)
        self.manifests.update(written)
        return {"items": [{name: {"status": 201}} for line in lines for name in ("index", "delete") if name in line]}


def video(version: int, collection_id: str) -> IndexedVideo:
    return IndexedVideo(account_id="mine", video_id="a", version=version, collection_id=collection_id)


def write(store: Any, segments: int, fields: IndexedVideo) -> None:
    placed = [(INDEX, segment("a", i, "text")) for i in range(segments)]
    replace(store, INDEX, "false", "mine", "a", placed, video=fields)


def manifest(store: Any) -> VideoManifest:
    return read_manifest(store, INDEX, KEY)


@pytest.mark.parametrize("fails_at", [2, 3])
@pytest.mark.parametrize("stored", [None, video(1, "c1")])
def test_an_interrupted_write_is_not_taken_as_done(stored: IndexedVideo | None, fails_at: int) -> None:
    """The extent is that of both, so that a repeated write removes all that may be there."""
    store = StoreOfManifests()
    if stored is not None:
        write(store, 1, stored)
    store.requests, store.fails_at = 0, fails_at
    with pytest.raises(TransportError):
        write(store, 3, video(2, "c2"))
    assert (manifest(store).extent, manifest(store).fields) == ({INDEX: 3}, stored)
    write(store, 2, video(2, "c2"))
    assert (manifest(store).extent, manifest(store).fields) == ({INDEX: 2}, video(2, "c2"))
