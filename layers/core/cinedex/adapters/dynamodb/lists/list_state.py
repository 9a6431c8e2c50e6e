"""The state of the backfill of lists."""

from __future__ import annotations

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.lists import list_keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.errors import StaleRevision
from cinedex.library.domain.list_backfill import ListBackfill

BACKFILL = Entity(ListBackfill, keys.LIST_BACKFILL, revision="revision")


class StoredListState:
    """Remembers that the backfill is done: from then on it costs no read."""

    def __init__(self, states: Repository[ListBackfill]) -> None:
        self._states = states
        self._is_done = False

    @property
    def is_done(self) -> bool:
        self._is_done = self._is_done or self.read().is_done
        return self._is_done

    def read(self) -> ListBackfill:
        return self._states.find(list_keys.list_backfill()) or ListBackfill()

    def save(self, state: ListBackfill) -> ListBackfill:
        saved = state.model_copy(update={"revision": state.revision + 1})
        write = self._states.replacement(state) if state.revision else self._states.creation(saved)
        if not self._states.write_together(write):
            raise StaleRevision("Another process fills the lists at the same time.")
        return saved
