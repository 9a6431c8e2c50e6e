"""`Repository` in a dictionary: the twin of `DynamoDbRepository` for every entity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock
from typing import Generic, TypeVar

from cinedex.adapters.dynamodb.items import Key
from cinedex.adapters.dynamodb.repository import EVERYTHING, Entity
from cinedex.kernel.errors import StaleRevision, StateConflict
from cinedex.kernel.pagination import Page
from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)
Write = tuple[Callable[[], bool], Callable[[], None]]
"""A condition, and what to do if the conditions of all writes of a transaction hold."""

_lock = RLock()


class MemoryRepository(Generic[M]):
    """`Repository`. All repositories share a lock, because a transaction may write to several of them."""

    def __init__(self, entity: Entity[M]) -> None:
        self.entity = entity
        self._stored: dict[Key, M] = {}

    def create(self, entity: M) -> M:
        if not self.write_together(self.creation(entity)):
            raise StateConflict(f"The {self.entity.pattern.entity} already exists.")
        return entity

    def replace(self, entity: M) -> M:
        if not self.write_together(self.replacement(entity)):
            self.get(self.entity.key(entity))
            raise StaleRevision(f"The {self.entity.pattern.entity} was changed by another request.")
        return self.entity.next_revision(entity)

    def find(self, key: Key) -> M | None:
        return self._stored.get(key)

    def get(self, key: Key) -> M:
        entity = self.find(key)
        if entity is None:
            raise self.entity.not_found()
        return entity

    def get_many(self, requested: Sequence[Key]) -> Sequence[M]:
        return [self._stored[key] for key in dict.fromkeys(requested) if key in self._stored]

    def delete(self, key: Key) -> None:
        with _lock:
            self._stored.pop(key, None)

    def page(
        self,
        partition: str,
        limit: int,
        cursor: str | None = None,
        *,
        newest_first: bool = True,
        between: tuple[str, str] = EVERYTHING,
    ) -> Page[M]:
        prefix = self.entity.pattern.sort_prefix
        ordered = sorted((key for key in list(self._stored) if key.pk == partition), reverse=newest_first)
        names = [key.sk.removeprefix(prefix) for key in ordered]
        names = [name for name in names if between[0] <= name <= between[1]]
        if cursor is not None:
            names = [name for name in names if (name < cursor if newest_first else name > cursor)]
        items = tuple(self._stored[Key(partition, prefix + name)] for name in names[:limit])
        return Page(items, names[limit - 1] if len(names) > limit else None)

    def list(self, partition: str, *, newest_first: bool = True, consistent: bool = False) -> Sequence[M]:
        return list(self.page(partition, len(self._stored) + 1, newest_first=newest_first).items)

    def list_unfinished(self, limit: int | None = None) -> Sequence[M]:
        since = {key: self.entity.unfinished_since(entity) for key, entity in list(self._stored.items())}
        waiting = [(time, key) for key, time in since.items() if time is not None]
        return [self._stored[key] for _, key in sorted(waiting)][:limit]

    def creation(self, entity: M) -> Write:
        return lambda: self.entity.key(entity) not in self._stored, lambda: self._put(entity)

    def replacement(self, entity: M) -> Write:
        return lambda: self._is_stored(entity), lambda: self._put(self.entity.next_revision(entity))

    def deletion(self, entity: M) -> Write:
        return lambda: self._is_stored(entity), lambda: self.delete(self.entity.key(entity))

    def unchanged(self, entity: M) -> Write:
        return lambda: self._is_stored(entity), lambda: None

    def existing(self, key: Key) -> Write:
        return lambda: key in self._stored, lambda: None

    def _is_stored(self, entity: M) -> bool:
        stored = self._stored.get(self.entity.key(entity))
        return stored is not None and self.entity.revision_of(stored) == self.entity.revision_of(entity)

    def overwrite(self, entity: M) -> Write:
        return lambda: True, lambda: self._put(entity)

    def write_together(self, *writes: Write) -> bool:
        with _lock:
            if not all(condition() for condition, _ in writes):
                return False
            for _, apply in writes:
                apply()
            return True

    def all(self) -> Sequence[M]:
        """Of all partitions, in the order of their sort keys."""
        return [entity for _, entity in sorted(self._stored.items(), key=lambda pair: pair[0].sk)]

    def clear(self, partition: str) -> None:
        with _lock:
            self._stored = {key: entity for key, entity in self._stored.items() if key.pk != partition}

    def _put(self, entity: M) -> None:
        self._stored[self.entity.key(entity)] = entity
