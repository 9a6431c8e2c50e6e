"""Counts changes that are not journaled and that a client sees: only a saved state keeps them."""

from __future__ import annotations


class UnsavedChanges:
    """A new table, a new bucket: they are rare, and their response waits for a checkpoint."""

    def __init__(self) -> None:
        self._saved = 0
        self.count = 0

    def __bool__(self) -> bool:
        return self._saved < self.count

    def add(self) -> None:
        self.count += 1

    def saved(self, count: int) -> None:
        """The changes up to `count`, as it was when saving began, are on the disk."""
        self._saved = max(self._saved, count)
