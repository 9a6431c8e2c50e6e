"""Records of dropped files, the lists of rejected and of recent ones, and how many there are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.imports import drop_keys
from cinedex.adapters.dynamodb.lists.counts import Counts
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.imports.domain.drop_entry import RECENT_KEPT_FOR, DropCounts, DropEntry, DropList
from cinedex.imports.domain.drop_key import DropFile
from cinedex.imports.domain.drop_object import DropKind, DropObject, DropState
from cinedex.kernel.errors import StaleRevision
from cinedex.kernel.ids import new_id
from cinedex.kernel.pagination import Page
from cinedex.kernel.retry import CONFLICT, Sleep

DROP_OBJECT = Entity(DropObject, keys.DROP_OBJECT, revision="revision", expires=lambda one: one.expires_at)
DROP_ENTRY = Entity(DropEntry, keys.DROP_ENTRY, expires=lambda entry: entry.expires_at)
COUNTED = {DropState.ARRIVED: "drop-ready", DropState.REJECTED: "drop-rejected"}


class StoredDrops:
    """`DropStore`."""

    def __init__(
        self,
        objects: Repository[DropObject],
        entries: Repository[DropEntry],
        counts: Counts,
        sleep: Sleep = time.sleep,
    ) -> None:
        self._objects, self._entries, self._counts, self._sleep = objects, entries, counts, sleep

    def find(self, file: DropFile, kind: DropKind, stem_id: str) -> DropObject | None:
        return self._objects.find(drop_keys.drop_object(file.account_id, stem_id, kind.value, file.key_id))

    def find_many(self, files: Sequence[DropFile]) -> Sequence[DropObject]:
        kinds = {True: DropKind.SIDECAR, False: DropKind.VIDEO}
        return self._objects.get_many(
            [drop_keys.drop_object(f.account_id, f.stem_id, kinds[f.is_sidecar].value, f.key_id) for f in files]
        )

    def of_stem(self, account_id: str, stem_id: str) -> Sequence[DropObject]:
        return self._objects.list(drop_keys.drop_objects_of(account_id, stem_id), newest_first=False, consistent=True)

    def save(self, before: DropObject | None, after: DropObject) -> DropObject:
        """Attempted again while only the counts are changed by other processes."""
        if after.state is not DropState.REJECTED:
            after = after.changed(entry_id=None, rejection=None)
        write = self._objects.creation(after) if before is None else self._objects.replacement(after)
        writes = [write, *self._entries_of(before, after), *self._counts_of(before, after)]
        for _ in CONFLICT.attempts(f"store the dropped file {after.key_id}", self._sleep):
            if self._objects.write_together(*writes):
                return after if before is None else DROP_OBJECT.next_revision(after)
            if self._is_stale(before, after):
                break
        raise StaleRevision("The record of the file was changed by another process.")

    def counts(self, account_id: str) -> DropCounts:
        ready, rejected = (self._counts.read(account_id, name) for name in COUNTED.values())
        return DropCounts(ready=ready, rejected=rejected)

    def page(self, account_id: str, list_name: DropList, limit: int, cursor: str | None = None) -> Page[DropEntry]:
        return self._entries.page(drop_keys.drop_list(account_id, list_name.value), limit, cursor)

    def _is_stale(self, before: DropObject | None, after: DropObject) -> bool:
        stored = self._objects.find(DROP_OBJECT.key(after))
        if stored is None or before is None:
            return (stored is None) != (before is None)
        return stored.revision != before.revision

    def _entries_of(self, before: DropObject | None, after: DropObject) -> list[Any]:
        writes: list[Any] = []
        if before is not None and before.entry_id is not None and before.entry_id != after.entry_id:
            writes.append(self._entries.deletion(_entry(before, DropList.REJECTED, before.entry_id)))
        if after.entry_id is not None and (before is None or before.entry_id != after.entry_id):
            writes.append(self._entries.overwrite(_entry(after, DropList.REJECTED, after.entry_id)))
        is_news = before is None or (before.state, before.etag) != (after.state, after.etag)
        if is_news and after.state is not DropState.ARRIVING:
            writes.append(self._entries.overwrite(_entry(after, DropList.RECENT, new_id())))
        return writes

    def _counts_of(self, before: DropObject | None, after: DropObject) -> list[Any]:
        left, entered = _counted(before), _counted(after)
        if left == entered:
            return []
        changes = [(name, by) for name, by in ((left, -1), (entered, 1)) if name is not None]
        return [self._counts.addition(after.account_id, name, after.key_id, by) for name, by in changes]


def _counted(one: DropObject | None) -> str | None:
    """Sidecars are counted only if they are rejected."""
    if one is None or (one.kind is DropKind.SIDECAR and one.state is not DropState.REJECTED):
        return None
    return COUNTED.get(one.state)


def _entry(one: DropObject, list_name: DropList, entry_id: str) -> DropEntry:
    is_recent = list_name is DropList.RECENT
    return DropEntry(
        account_id=one.account_id,
        list_name=list_name,
        entry_id=entry_id,
        bucket=one.bucket,
        key=one.key,
        state=one.state,
        size_bytes=one.size_bytes,
        video_id=one.video_id,
        rejection=one.rejection,
        at=one.updated_at,
        expires_at=one.updated_at + RECENT_KEPT_FOR if is_recent else None,
    )
