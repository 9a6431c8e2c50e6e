"""How a worker answers the machine that waits for it."""

from __future__ import annotations

from typing import Protocol

from cinedex.analysis.domain.task_message import TaskResult


class TaskCallback(Protocol):
    """Each returns False when nobody waits for the token any more: the run was stopped, or is answered."""

    def succeed(self, task_token: str, result: TaskResult) -> bool: ...

    def fail(self, task_token: str, error: str, cause: str) -> bool: ...

    def keep_alive(self, task_token: str) -> bool: ...
