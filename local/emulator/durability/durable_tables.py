"""Changes of DynamoDB items are journaled: one record for all changes of one request, so that none is half there."""

from __future__ import annotations

import errno
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from local.emulator.durability.journal import Journal, read_records
from local.emulator.durability.unsaved_changes import UnsavedChanges
from local.emulator.write_tracker import is_write_action

ITEMS = "items"
# More than an item may have, for requests that send a part of an item: the whole item is recorded.
IMAGE_BYTES_MAX = 1024 * 1024
# Other requests send what is recorded; this is for the names around it.
NAMES_BYTES_MAX = 16 * 1024
_PARTIAL = ("UpdateItem", "TransactWriteItems", "Statement", "ExecuteTransaction")
FULL = "The disk of the local stack is full. Free some space and try again."

logger = logging.getLogger("local.journal")


class DurableTables:
    """Journals the changes of items. Changes of a table that no saved state has yet are unsaved changes."""

    def __init__(self, journal: Journal, unsaved: UnsavedChanges, folder: Path) -> None:
        self._journal = journal
        self._folder = folder
        self._service: Any = import_module("ministack.services.dynamodb")
        self._saved: set[str] = set()
        self._unsaved = unsaved
        self._changes: list[list[Any]] | None = None

    def install(self) -> None:
        service = self._service
        service._set_item = self._recorded(service._set_item)
        service._remove_item = self._recorded(service._remove_item)
        service._items_replaced = self._replaced(service._items_replaced)
        service.handle_request = self._refused_when_full(service.handle_request)

    def replay(self) -> int:
        """Apply the journal to the state that was loaded; returns the number of changes."""
        tables = {table["TableArn"]: table for table in self._service._tables.all_values()}
        self._saved = set(tables)
        set_item, remove_item = self._service._set_item.__wrapped__, self._service._remove_item.__wrapped__
        count = 0
        for arn, partition, sort, item in _changes_in(self._folder):
            table = tables.get(arn)
            if table is None:
                logger.warning("the journal has a change of a table that does not exist: %s", arn)
            elif item is None:
                remove_item(table, partition, sort)
            else:
                set_item(table, partition, sort, item)
            count += 1
        return count

    def table_names(self) -> set[str]:
        return {table["TableArn"] for table in self._service._tables.all_values()}

    def saved(self, names: set[str]) -> None:
        """Called when a state that contains these tables is on the disk."""
        self._saved = names

    @contextmanager
    def _one_record(self) -> Iterator[None]:
        """Everything that changes inside is one record."""
        with self._journal.lock:
            self._changes = []
            try:
                yield
            finally:
                changes, self._changes = self._changes, None
                self._append_all(changes)

    def _append_all(self, changes: list[list[Any]] | None) -> None:
        try:
            if changes:
                self._append(changes)
        except OSError as error:  # the changed items are larger than what was reserved
            self._journal.fail(error)

    def _recorded(self, change: Callable[..., Any]) -> Callable[..., Any]:
        """For `_set_item(table, partition, sort, item)` and `_remove_item(table, partition, sort)`."""

        def change_and_record(table: Mapping[str, Any], partition: Any, sort: Any, item: Any = None) -> Any:
            with self._journal.lock:
                old = change(table, partition, sort, *([] if item is None else [item]))
                self._record(table, [table["TableArn"], partition, sort, item])
                return old

        change_and_record.__wrapped__ = change  # type: ignore[attr-defined]
        return change_and_record

    def _record(self, table: Mapping[str, Any], change: list[Any]) -> None:
        if table["TableArn"] not in self._saved:
            self._unsaved.add()
        if self._changes is not None:
            self._changes.append(change)
            return
        try:  # an item that has expired, which no client waits for: it is removed again after a restart
            self._append([change])
        except OSError as error:
            logger.warning("the removal of an expired item was not journaled: %s", error)

    def _append(self, changes: list[list[Any]]) -> None:
        self._journal.append(json.dumps([ITEMS, changes], ensure_ascii=False, separators=(",", ":")).encode())

    def _replaced(self, replaced: Callable[[Any], None]) -> Callable[[Any], None]:
        """All items of a table were exchanged, as by a restored backup: the whole state has to be saved."""

        def replace_and_save(table: Any) -> None:
            replaced(table)
            self._unsaved.add()

        return replace_and_save

    def _refused_when_full(self, handle: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_durably(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any) -> Any:
            action = headers.get("x-amz-target", "")
            if not is_write_action(action.encode()):
                return await handle(method, path, headers, body, query)
            with self._one_record():  # the handler never suspends, so that no other request runs while it is held
                try:
                    self._journal.reserve(2 * len(body) + _image_bytes_max(action))
                except OSError as error:
                    return self._refusal(error)
                return await handle(method, path, headers, body, query)

        return handle_durably

    def _refusal(self, error: OSError) -> Any:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise error
        logger.error("a write was refused: %s", error)
        return self._service.error_response_json("InsufficientStorage", FULL, 507)


def _image_bytes_max(action: str) -> int:
    return IMAGE_BYTES_MAX if action.endswith(_PARTIAL) else NAMES_BYTES_MAX


def _changes_in(folder: Path) -> Iterator[list[Any]]:
    for payload in read_records(folder):
        kind, *content = json.loads(payload)
        if kind == ITEMS:
            yield from content[0]
