"""The port of deletions that may have to be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.library.domain.pending_deletion import PendingDeletion


class PendingDeletions(Protocol):
    def add(self, deletion: PendingDeletion) -> None: ...

    def remove(self, deletion: PendingDeletion) -> None: ...

    def list(self) -> Sequence[PendingDeletion]:
        """Of all accounts, oldest first."""
