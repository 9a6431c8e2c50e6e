"""The port of the queue whose messages `on_drop_created` receives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.imports.domain.drop_notice import DropNotice


class DropQueue(Protocol):
    def send(self, notices: Sequence[DropNotice]) -> None:
        """All of them. A failure may leave some sent, which may be sent again."""
