"""The port for changes of videos that the search index does not have yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.search.domain.index.index_update import IndexUpdate


class IndexUpdates(Protocol):
    def add(self, update: IndexUpdate) -> None: ...

    def remove(self, update: IndexUpdate) -> None:
        """No error when it does not exist."""

    def list(self) -> Sequence[IndexUpdate]:
        """Of all accounts, oldest first; eventually consistent."""
