"""Where deletions are remembered that may have to be done again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.library.domain.pending_deletion import PendingDeletion


class PendingDeletions(Protocol):
    def add(self, erasure: PendingDeletion) -> None: ...

    def remove(self, erasure: PendingDeletion) -> None: ...

    def list(self) -> Sequence[PendingDeletion]:
        """Of all accounts, oldest first."""
