"""Keeps a message ours while its task runs, and notices when nobody waits for the result."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError
from cinedex.analysis.ports.task_callback import TaskCallback
from cinedex.observability import logger

from gpu_tasks.task_queue import QueuedMessage, TaskQueue


class TaskLease:
    """A thread that extends the message's visibility and sends a heartbeat for its token.

    When the process is killed, the extensions end and the queue hands the message to another worker.
    """

    def __init__(
        self, queue: TaskQueue, answers: TaskCallback, message: QueuedMessage, token: str, heartbeat_s: float
    ) -> None:
        self._queue = queue
        self._answers = answers
        self._message = message
        self._token = token
        self._heartbeat_s = heartbeat_s
        self._ended = threading.Event()
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="task-lease", daemon=True)

    @property
    def is_abandoned(self) -> bool:
        """True once the state machine has said that it no longer waits for this task."""
        return self._abandoned.is_set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        """The first beat at once: a message may have outlived the run that sent it."""
        while True:
            try:
                self._queue.extend(self._message)
                if not self._answers.keep_alive(self._token):
                    self._abandoned.set()
            except (BotoCoreError, ClientError) as error:
                logger.warning("heartbeat failed, the next one may succeed", extra={"reason": str(error)})
            if self._ended.wait(self._heartbeat_s):
                return
