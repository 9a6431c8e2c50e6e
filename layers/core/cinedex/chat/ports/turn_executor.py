"""Runs turns in this process, in the background."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from cinedex.chat.domain.session import Turn


class TurnExecutor(Protocol):
    def start(self, turn: Turn) -> None:
        """Runs the turn, which is leased to this process. Returns at once."""

    def wait(self, turn_id: str, timeout_s: float) -> None:
        """Returns when this process no longer runs the turn, or after `timeout_s`."""

    def is_running(self, turn_id: str) -> bool:
        """Whether this process runs the turn."""


class Heartbeat(Protocol):
    def __call__(self, beat: Callable[[], bool], interval_s: float) -> AbstractContextManager[None]:
        """Inside the context, calls `beat` every `interval_s` in the background until it returns False."""
