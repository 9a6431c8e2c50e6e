"""A checkpoint: saves the state and deletes the part of the journal that the saved state contains."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from local.emulator.durability.durable_objects import DurableObjects
from local.emulator.durability.durable_tables import DurableTables
from local.emulator.durability.journal import Journal
from local.emulator.durability.recovery import keep_reserve
from local.emulator.durability.unsaved_changes import UnsavedChanges

INTERVAL_S = 5.0
JOURNAL_BYTES_MAX = 4 * 1024 * 1024
JOURNALED = "dynamodb"
Services = Mapping[str, Callable[[], Any]]


class Checkpoint:
    """Saves one at a time: an automatic save that started earlier must not overwrite the save of a clean exit.

    Args:
        save: saves the state of the given services; raises `OSError`.
        services: name of each service to the function that returns its state.
    """

    def __init__(
        self,
        journal: Journal,
        tables: DurableTables,
        objects: DurableObjects,
        unsaved: UnsavedChanges,
        save: Callable[[Services], None],
        services: Callable[[], Services],
    ) -> None:
        self._journal = journal
        self._tables = tables
        self._objects = objects
        self._unsaved = unsaved
        self._save = save
        self._services = services
        self._saving = threading.Lock()
        self._last = 0.0

    def is_due(self) -> bool:
        """A checkpoint saves all items, so it is made less often than the small states are saved."""
        size_bytes = self._journal.size_bytes
        return size_bytes > JOURNAL_BYTES_MAX or (size_bytes > 0 and time.monotonic() - self._last > INTERVAL_S)

    def run(self) -> None:
        """Raises `OSError` when the disk is full; the journal then keeps everything."""
        with self._saving:
            number = self._journal.rotate()
            names, unsaved = self._tables.table_names(), self._unsaved.count
            self._objects.place_all()
            self._save(self._services())
            self._tables.saved(names)
            self._unsaved.saved(unsaved)
            self._journal.drop_before(number)
            keep_reserve(self._journal.folder)
            self._last = time.monotonic()

    def save_small(self) -> None:
        """Save what is not journaled: queues, executions, settings. Raises `OSError`."""
        with self._saving:
            self._save({name: state for name, state in self._services().items() if name != JOURNALED})
