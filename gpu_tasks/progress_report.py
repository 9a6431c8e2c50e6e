"""Reports the start, the progress and the end of a task, and interrupts a cancelled task."""

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
    """The `report` of a task run, which is sent at most once a second.

    `between` is called whenever the task can be paused; it may raise `TaskFailed`.
    """

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
        self._has_reported = False

    def begin(self) -> None:
        """Sent before the file is downloaded: from now on, the run does not wait for a worker."""
        self._next_at = self._clock() + INTERVAL_S
        self._send(0.0)

    def end(self) -> None:
        """Sent for every task that has succeeded, also if its result was stored before."""
        self._send(1.0)

    def __call__(self, fraction: float) -> None:
        """Raises `TaskInterrupted` when the worker stops or the state machine no longer waits for the task."""
        self.checkpoint()
        self._between()
        self.checkpoint()
        self._has_reported = True
        now = self._clock()
        if now >= self._next_at:
            self._next_at = now + INTERVAL_S
            self._send(min(max(fraction, 0.0), 1.0))

    def checkpoint(self) -> None:
        if self._is_cancelled():
            raise TaskInterrupted

    def _send(self, fraction: float) -> None:
        """A report that fails does not fail the task: nothing but what users see of it depends on its progress."""
        message, chunk = self._message, self._message.chunk
        index = chunk.index if chunk else None
        try:
            for name in self._names():
                self._reporter.report(message.video_id, message.run_id, name, index, round(fraction, 3))
        except (BotoCoreError, ClientError) as error:
            logger.warning("progress could not be reported", extra={"reason": str(error)})

    def _names(self) -> list[str]:
        """A task whose result was stored before has sampled no frames, and never calls its `report`."""
        samples_frames = self._has_reported and "sample_frames" in self._message.options
        return [self._message.task, SAMPLED_FRAMES] if samples_frames else [self._message.task]
