"""Create, update and delete collections, and move videos into them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CollectionNameTaken, InvalidInput, VideoNotFound
from cinedex.kernel.ids import new_id
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import CollectionRepository, VideoRepository
from cinedex.library.usecases.update_with_retry import update_with_retry

NAME_LENGTH_MAX = 200
METADATA_BYTES_MAX = 64_000


@dataclass(frozen=True)
class ManageCollections:
    """Names are unique within an account."""

    collections: CollectionRepository
    videos: VideoRepository
    clock: Clock

    def create(self, account_id: str, name: str, metadata: dict[str, Any]) -> Collection:
        now = self.clock.now()
        self._require_free(account_id, _require_name(name))
        return self.collections.add(
            Collection(
                collection_id=new_id(),
                account_id=account_id,
                name=name.strip(),
                metadata=_require_small(metadata),
                created_at=now,
                updated_at=now,
            )
        )

    def get(self, account_id: str, collection_id: str) -> Collection:
        return self.collections.get(account_id, collection_id)

    def list(self, account_id: str) -> Sequence[Collection]:
        return self.collections.list(account_id)

    def update(
        self, account_id: str, collection_id: str, name: str | None, metadata: dict[str, Any] | None
    ) -> Collection:
        """None leaves a field as it is; metadata is replaced as a whole."""
        before = self.collections.get(account_id, collection_id)
        if name is not None and _require_name(name) != before.name:
            self._require_free(account_id, name.strip())
        return self.collections.save(
            before.model_copy(
                update={
                    "name": before.name if name is None else name.strip(),
                    "metadata": before.metadata if metadata is None else _require_small(metadata),
                    "updated_at": self.clock.now(),
                }
            )
        )

    def delete(self, account_id: str, collection_id: str) -> None:
        """The videos in it stay, and belong to no collection."""
        self.collections.get(account_id, collection_id)
        for video in self.videos_of(account_id, collection_id):
            self._move(account_id, video.video_id, None)
        self.collections.delete(account_id, collection_id)

    def videos_of(self, account_id: str, collection_id: str) -> Sequence[Video]:
        self.collections.get(account_id, collection_id)
        return [v for v in self.videos.list(account_id) if v.collection_id == collection_id]

    def move(self, account_id: str, collection_id: str, video_ids: Sequence[str]) -> Sequence[str]:
        """All of the videos or none: an unknown one raises `NotFound` before any is moved."""
        self.collections.get(account_id, collection_id)
        unique_ids = list(dict.fromkeys(video_ids))
        existing = {v.video_id for v in self.videos.get_many(account_id, unique_ids)}
        missing = [v for v in unique_ids if v not in existing]
        if missing:
            raise VideoNotFound(missing[0], field="video_ids")
        for video_id in unique_ids:
            self._move(account_id, video_id, collection_id)
        return unique_ids

    def _move(self, account_id: str, video_id: str, collection_id: str | None) -> None:
        update_with_retry(self.videos, account_id, video_id, lambda v: v.changed(collection_id=collection_id))

    def _require_free(self, account_id: str, name: str) -> None:
        if any(c.name == name.strip() for c in self.collections.list(account_id)):
            raise CollectionNameTaken(name.strip())


def _require_name(name: str) -> str:
    if not 0 < len(name.strip()) <= NAME_LENGTH_MAX:
        raise InvalidInput(f"name must have 1 to {NAME_LENGTH_MAX} characters.", field="name")
    return name.strip()


def _require_small(metadata: dict[str, Any]) -> dict[str, Any]:
    """An item of the store holds 400 KB, and a collection does not hold documents."""
    if len(json.dumps(metadata)) > METADATA_BYTES_MAX:
        raise InvalidInput(f"metadata must not exceed {METADATA_BYTES_MAX} bytes as JSON.", field="metadata")
    return metadata
