"""A generic repository: each entity is one item that holds the entity as JSON and, if it has one, its revision.

A new entity needs a pattern in `keys` and an `Entity`; docs/09-develop.md shows one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from cinedex.adapters.dynamodb.items import Item, Key, KeyPattern
from cinedex.adapters.dynamodb.keys import LAST_ID
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.errors import NotFound, StaleRevision, StateConflict
from cinedex.kernel.pagination import Page

M = TypeVar("M", bound=BaseModel)
EVERYTHING = ("", LAST_ID)


@dataclass(frozen=True)
class Entity(Generic[M]):
    """How a model is stored. The placeholders of `pattern` are fields of the model.

    `missing` makes the error for an entity that does not exist.
    `revision` names the integer field that counts replacements. `since` returns when an entity became unfinished
    work, or None if it is not; the work index of `pattern` lists the entities for which it returns a time. `expires`
    returns when DynamoDB may delete it, which may be days later, so that a reader compares the time itself.
    """

    model: type[M]
    pattern: KeyPattern
    missing: Callable[[], NotFound] | None = None
    revision: str | None = None
    since: Callable[[M], datetime | None] | None = None
    expires: Callable[[M], datetime | None] | None = None

    def key(self, entity: M) -> Key:
        return self.pattern.key(**dict(entity))

    def cursor(self, entity: M) -> str:
        """The position of an entity in the pages of its partition."""
        return self.key(entity).sk.removeprefix(self.pattern.sort_prefix)

    def not_found(self) -> NotFound:
        return self.missing() if self.missing else NotFound(f"No such {self.pattern.entity}.")

    def revision_of(self, entity: M) -> int:
        return int(getattr(entity, self.revision)) if self.revision else 0

    def next_revision(self, entity: M) -> M:
        return entity.model_copy(update={self.revision: self.revision_of(entity) + 1}) if self.revision else entity

    def unfinished_since(self, entity: M) -> datetime | None:
        return self.since(entity) if self.since else None


class Repository(Protocol[M]):
    """Stores the entities of one kind."""

    entity: Entity[M]

    def create(self, entity: M) -> M:
        """Raises `StateConflict` if the key is taken."""

    def replace(self, entity: M) -> M:
        """Store over the revision that was read and return the next one.

        Raises `StaleRevision` if another writer was faster, and the `missing` error if the entity is gone.
        """

    def find(self, key: Key) -> M | None: ...

    def get(self, key: Key) -> M:
        """Raises the `missing` error."""

    def get_many(self, requested: Sequence[Key]) -> Sequence[M]:
        """Those that exist, each once, in the order of `requested`."""

    def delete(self, key: Key) -> None:
        """No error if the entity is gone."""

    def page(
        self,
        partition: str,
        limit: int,
        cursor: str | None = None,
        *,
        newest_first: bool = True,
        between: tuple[str, str] = EVERYTHING,
    ) -> Page[M]:
        """At most `limit` entities of a partition after `cursor`, which an earlier page has returned.

        `between` limits the sort keys, without their prefix; both ends are included.
        """

    def list(self, partition: str, *, newest_first: bool = True, consistent: bool = False) -> Sequence[M]:
        """A `consistent` list has every earlier write."""

    def list_unfinished(self, limit: int | None = None) -> Sequence[M]:
        """Of all partitions, oldest first; eventually consistent."""

    def creation(self, entity: M) -> Any:
        """The write of `create`, for `write_together`."""

    def replacement(self, entity: M) -> Any:
        """The write of `replace`, for `write_together`."""

    def overwrite(self, entity: M) -> Any:
        """A write without a condition, for `write_together`."""

    def deletion(self, entity: M) -> Any:
        """For `write_together`: delete the entity, which must be stored at this revision."""

    def unchanged(self, entity: M) -> Any:
        """For `write_together`: a condition without a write, that the entity is stored at this revision."""

    def existing(self, key: Key) -> Any:
        """For `write_together`: a condition without a write, that an entity is stored, whichever its revision."""

    def write_together(self, *writes: Any) -> bool:
        """All writes, which may be those of several repositories, or none and False if a condition is not met."""


class DynamoDbRepository(Generic[M]):
    """`Repository`."""

    def __init__(self, table: DynamoDbTable, entity: Entity[M]) -> None:
        self._table = table
        self.entity = entity

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
        item = self._table.get(*key)
        return self.load(item) if item else None

    def get(self, key: Key) -> M:
        entity = self.find(key)
        if entity is None:
            raise self.entity.not_found()
        return entity

    def get_many(self, requested: Sequence[Key]) -> Sequence[M]:
        unique = list(dict.fromkeys(requested))
        by_key = {Key(str(i["pk"]), str(i["sk"])): self.load(i) for i in self._table.get_many(unique)}
        return [by_key[key] for key in unique if key in by_key]

    def delete(self, key: Key) -> None:
        self._table.delete(*key)

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
        low, high = prefix + between[0], prefix + between[1]
        if cursor is not None:
            low, high = (low, prefix + cursor) if newest_first else (prefix + cursor, high)
        read = self._table.query(
            partition, between=(low, high), newest_first=newest_first, page_size=limit + 2, consistent=True
        )
        after = (item for item in read if cursor is None or item["sk"] != prefix + cursor)
        items = list(islice(after, limit + 1))
        last = str(items[limit - 1]["sk"]).removeprefix(prefix) if len(items) > limit else None
        return Page(tuple(map(self.load, items[:limit])), last)

    def list(self, partition: str, *, newest_first: bool = True, consistent: bool = False) -> Sequence[M]:
        prefix = self.entity.pattern.sort_prefix
        items = self._table.query(partition, begins=prefix, newest_first=newest_first, consistent=consistent)
        return [self.load(item) for item in items]

    def list_unfinished(self, limit: int | None = None) -> Sequence[M]:
        assert self.entity.pattern.work is not None
        return [self.load(i) for i in islice(self._table.query_work(self.entity.pattern.work, limit), limit)]

    def creation(self, entity: M) -> Any:
        return self._table.put_request(self._item(entity), "attribute_not_exists(pk)")

    def replacement(self, entity: M) -> Any:
        return self._table.put_request(self._item(self.entity.next_revision(entity)), *self._is_stored(entity))

    def overwrite(self, entity: M) -> Any:
        return self._table.put_request(self._item(entity))

    def deletion(self, entity: M) -> Any:
        return self._table.delete_request(*self.entity.key(entity), *self._is_stored(entity))

    def unchanged(self, entity: M) -> Any:
        return self._table.check_request(*self.entity.key(entity), *self._is_stored(entity))

    def existing(self, key: Key) -> Any:
        return self._table.check_request(*key, "attribute_exists(pk)")

    def _is_stored(self, entity: M) -> tuple[str, dict[str, str | int] | None]:
        revision = self.entity.revision
        if revision is None:
            return "attribute_exists(pk)", None
        if self.entity.revision_of(entity) == 0:
            return f"attribute_exists(pk) AND (attribute_not_exists({revision}) OR {revision} = :before)", {
                ":before": 0
            }
        return f"{revision} = :before", {":before": self.entity.revision_of(entity)}

    def write_together(self, *writes: Any) -> bool:
        with suppress(ConditionFailed):
            self._table.write_together(writes)
            return True
        return False

    def load(self, item: Mapping[str, str | int]) -> M:
        """The attribute of the revision wins over the JSON, which older versions stored without it.

        An item without the attribute has revision 0.
        """
        stored = self.entity.model.model_validate_json(str(item["body"]))
        revision = self.entity.revision
        return stored.model_copy(update={revision: int(item.get(revision, 0))}) if revision else stored

    def _item(self, entity: M) -> Item:
        pk, sk = self.entity.key(entity)
        item: Item = {"pk": pk, "sk": sk, "body": entity.model_dump_json()}
        if self.entity.revision:
            item[self.entity.revision] = self.entity.revision_of(entity)
        since = self.entity.unfinished_since(entity)
        if since is not None and self.entity.pattern.work is not None:
            item |= {"work": self.entity.pattern.work, "since": since.isoformat()}
        expires = self.entity.expires(entity) if self.entity.expires else None
        return item if expires is None else item | {"expires_at": int(expires.timestamp())}
