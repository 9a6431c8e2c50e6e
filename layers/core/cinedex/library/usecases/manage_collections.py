"""Create and update collections, and move videos into them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput, StaleRevision, VideoNotFound
from cinedex.kernel.ids import new_id
from cinedex.kernel.pagination import ListPage, cursor_of, token_of
from cinedex.kernel.retry import CONFLICT, LastError, Sleep
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.list_query import PAGE_LIMIT_MAX, CollectionQuery
from cinedex.library.ports.repositories import CollectionRepository, VideoRepository
from cinedex.library.usecases.update_with_retry import update_with_retry

NAME_LENGTH_MAX = 200
METADATA_BYTES_MAX = 64_000


@dataclass(frozen=True)
class ManageCollections:
    """Names are unique within an account, without case."""

    collections: CollectionRepository
    videos: VideoRepository
    clock: Clock
    sleep: Sleep = time.sleep

    def create(self, account_id: str, name: str, metadata: dict[str, Any]) -> Collection:
        now = self.clock.now()
        return self.collections.add(
            Collection(
                collection_id=new_id(),
                account_id=account_id,
                name=_require_name(name),
                metadata=_require_small(metadata),
                created_at=now,
                updated_at=now,
            )
        )

    def get(self, account_id: str, collection_id: str) -> Collection:
        return self.collections.get(account_id, collection_id)

    def page(
        self,
        account_id: str,
        query: CollectionQuery,
        limit: int = PAGE_LIMIT_MAX,
        token: str | None = None,
        admits: Callable[[Collection], bool] = lambda _: True,
    ) -> ListPage[Collection]:
        """The page ends early before a collection that `admits` refuses. Raises `InvalidInput` for an invalid token."""
        cursor = cursor_of(token, query.fingerprint)
        page = self.collections.page(account_id, query, limit, cursor, admits)
        total = None if query.name else self.collections.count(account_id)
        return ListPage(page.items, token_of(page.next_cursor, query.fingerprint), total)

    def update(
        self, account_id: str, collection_id: str, name: str | None, metadata: dict[str, Any] | None
    ) -> Collection:
        """None leaves a field as it is; metadata is replaced as a whole. Repeats while other writers are faster."""
        changes: dict[str, Any] = {} if name is None else {"name": _require_name(name)}
        if metadata is not None:
            changes["metadata"] = _require_small(metadata)
        last = LastError()
        for _ in CONFLICT.attempts(f"update collection {collection_id}", self.sleep, last):
            before = self.collections.get(account_id, collection_id)
            try:
                return self.collections.save(before.model_copy(update=changes | {"updated_at": self.clock.now()}))
            except StaleRevision as error:
                last.error = error
        raise StaleRevision("The collection was changed by other requests in every attempt. Try again.")

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


def _require_name(name: str) -> str:
    if not 0 < len(name.strip()) <= NAME_LENGTH_MAX:
        raise InvalidInput(f"name must have 1 to {NAME_LENGTH_MAX} characters.", field="name")
    return name.strip()


def _require_small(metadata: dict[str, Any]) -> dict[str, Any]:
    """An item of the store holds 400 KB, and a collection does not hold documents."""
    if len(json.dumps(metadata)) > METADATA_BYTES_MAX:
        raise InvalidInput(f"metadata must not exceed {METADATA_BYTES_MAX} bytes as JSON.", field="metadata")
    return metadata
