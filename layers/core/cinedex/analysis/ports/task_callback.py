"""How a worker returns the task token to Step Functions."""

from __future__ import annotations

from typing import Protocol

from cinedex.analysis.domain.task_message import TaskResult


class TaskCallback(Protocol):
    """Each method returns False when the token is no longer valid: the execution was stopped, or the task is done."""

    def succeed(self, task_token: str, result: TaskResult) -> bool: ...

    def fail(self, task_token: str, error: str, cause: str) -> bool: ...

    def keep_alive(self, task_token: str) -> bool: ...
