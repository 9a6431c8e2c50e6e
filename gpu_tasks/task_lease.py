"""Extends the visibility timeout of a message while its task runs, and detects an abandoned task."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from types import TracebackType
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError
from cinedex.analysis.ports.task_callback import TaskCallback
from cinedex.observability import logger

from gpu_tasks.task_queue import QueuedMessage, TaskQueue


class TaskLease:
    """A thread that extends the visibility timeout of the message and sends heartbeats for its task token.

    When the process is killed, the extensions end and the queue delivers the message to another worker. When the task
    `is_stuck`, the thread calls `end_stuck`, which ends the process.
    """

    def __init__(
        self,
        queue: TaskQueue,
        callback: TaskCallback,
        message: QueuedMessage,
        token: str,
        heartbeat_s: float,
        is_stuck: Callable[[], bool],
        end_stuck: Callable[[], None],
    ) -> None:
        self._queue = queue
        self._callback = callback
        self._message = message
        self._token = token
        self._heartbeat_s = heartbeat_s
        self._is_stuck, self._end_stuck = is_stuck, end_stuck
        self._ended = threading.Event()
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=copy_context().run, args=(self._renew,), name="task-lease", daemon=True)

    @property
    def is_abandoned(self) -> bool:
        """True after the state machine has rejected a heartbeat, because it no longer waits for the task."""
        return self._abandoned.is_set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _renew(self) -> None:
        """Renews at once for the first time, because the run of the message may have ended."""
        while True:
            try:
                self._queue.extend(self._message)
                if not self._callback.keep_alive(self._token):
                    self._abandoned.set()
            except (BotoCoreError, ClientError) as error:
                logger.warning("the heartbeat of a task failed and is sent again", extra={"reason": str(error)})
            if self._ended.wait(self._heartbeat_s):
                return
            if self._is_stuck():
                self._end_stuck()
                return
