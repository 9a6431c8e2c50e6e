"""Makes what the emulator acknowledges durable: the journal, its replay at start, checkpoints, autosave."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

from local.emulator.autosave import Autosave
from local.emulator.durability.checkpoint import Checkpoint
from local.emulator.durability.durable_answers import DurableAnswers
from local.emulator.durability.durable_objects import DurableObjects
from local.emulator.durability.durable_tables import DurableTables
from local.emulator.durability.journal import FOLDER, Journal
from local.emulator.durability.recovery import recover_objects
from local.emulator.durability.unsaved_changes import UnsavedChanges
from local.emulator.write_tracker import Application, WriteTracker

logger = logging.getLogger("local.journal")


class Durability:
    """Construct it before the emulator's S3 service is imported, which reads the objects on the disk."""

    def __init__(self) -> None:
        state, objects = Path(os.environ["STATE_DIR"]), Path(os.environ["S3_DATA_DIR"])
        folder = state / FOLDER
        recover_objects(objects, folder)
        self._app: Any = import_module("ministack.app")
        self._journal = Journal(folder, failed=_end_process)
        self._unsaved = UnsavedChanges()
        self._tables = DurableTables(self._journal, self._unsaved, folder)
        self.objects = DurableObjects(self._journal, self._unsaved, objects)
        self._checkpoint = Checkpoint(
            self._journal,
            self._tables,
            self.objects,
            self._unsaved,
            self._app.save_all,
            self._app._build_persistence_save_dict,
        )

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """While it is held, no request changes an item or an object."""
        return self._journal.lock

    def install(self) -> None:
        self._tables.install()
        self.objects.install()
        self._app._load_persisted_state = self._loading(self._app._load_persisted_state)
        self._app.save_all = lambda _services: self._checkpoint.run()

    def wrap(self, application: Application) -> Application:
        """The application with durable answers; starts the autosave."""
        writes = WriteTracker(application)
        Autosave(writes, self._checkpoint).start()
        return DurableAnswers(writes, self._journal, self._unsaved, self._checkpoint.run)

    def _loading(self, load: Callable[[], None]) -> Callable[[], None]:
        def load_and_replay() -> None:
            load()
            self.objects.restore_uploads()
            count = self._tables.replay()
            if count:
                logger.warning("%d changes of the journal were applied to the state that was saved before", count)

        return load_and_replay


def _end_process(error: OSError) -> None:
    """Memory has changes that the disk has not. The supervisor starts the emulator again, from what the disk has."""
    logger.critical("the journal cannot be written, and the emulator ends: %s", error)
    os._exit(1)
