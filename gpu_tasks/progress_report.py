"""Reports the progress of a task at most once a second, and interrupts a cancelled task."""

from __future__ import annotations

import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError
from cinedex.analysis.domain.progress import SAMPLED_FRAMES
from cinedex.analysis.domain.task_message import TaskMessage
from cinedex.analysis.ports.progress import ProgressReporter
from cinedex.observability import logger

from gpu_tasks.task_run import TaskInterrupted

INTERVAL_S = 1.0


class ProgressReport:
    """The `report` of a task run. `between` is called whenever the task can be paused; it may raise `TaskFailed`."""

    def __init__(
        self,
        reporter: ProgressReporter,
        message: TaskMessage,
        is_cancelled: Callable[[], bool],
        between: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reporter = reporter
        self._message = message
        self._is_cancelled = is_cancelled
        self._between = between
        self._clock = clock
        self._next_at = clock()

    def __call__(self, fraction: float) -> None:
        """Raises `TaskInterrupted` when the worker stops or the state machine no longer waits for the task."""
        self.checkpoint()
        self._between()
        self.checkpoint()
        now = self._clock()
        if now >= self._next_at:
            self._next_at = now + INTERVAL_S
            self._send(min(max(fraction, 0.0), 1.0))

    def checkpoint(self) -> None:
        if self._is_cancelled():
            raise TaskInterrupted

    def _send(self, fraction: float) -> None:
        """A failed report does not fail the task, because the next report follows a second later."""
        message, chunk = self._message, self._message.chunk
        names = [message.task, SAMPLED_FRAMES] if "sample_frames" in message.options else [message.task]
        index = chunk.index if chunk else None
        try:
            for name in names:
                self._reporter.report(message.video_id, message.run_id, name, index, round(fraction, 3))
        except (BotoCoreError, ClientError) as error:
            logger.warning("progress could not be reported", extra={"reason": str(error)})
