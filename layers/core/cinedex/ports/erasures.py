"""Where deletions are remembered that may have to be done again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.domain.erasure import Erasure


class Erasures(Protocol):
    def add(self, erasure: Erasure) -> None: ...

    def remove(self, erasure: Erasure) -> None: ...

    def list(self) -> Sequence[Erasure]:
        """Of all accounts, oldest first."""
