"""Deletions that have begun and may have to be repeated."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.library.domain.pending_deletion import PendingDeletion

PENDING_DELETION = Entity(PendingDeletion, keys.PENDING_DELETION, since=lambda deletion: deletion.asked_at)


class StoredPendingDeletions:
    """`PendingDeletions`."""

    def __init__(self, deletions: Repository[PendingDeletion]) -> None:
        self._deletions = deletions

    def add(self, deletion: PendingDeletion) -> None:
        self._deletions.write_together(self._deletions.overwrite(deletion))

    def remove(self, deletion: PendingDeletion) -> None:
        self._deletions.delete(keys.pending_deletion(deletion.video_id))

    def list(self) -> Sequence[PendingDeletion]:
        return self._deletions.list_unfinished()
