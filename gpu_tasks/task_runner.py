"""Runs one task: fetches the media, calls the function of the task, and turns every exception into its failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

from botocore.exceptions import BotoCoreError, ClientError
from cinedex.analysis.domain.task_message import TaskMessage, TaskResult
from cinedex.analysis.ports.progress import ProgressReporter
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.observability import logger

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.media_cache import MediaCache
from gpu_tasks.progress_report import ProgressReport
from gpu_tasks.task_errors import OutOfMemory, TaskFailed, UnexpectedError
from gpu_tasks.task_run import TaskInterrupted, TaskRun
from gpu_tasks.task_table import TASKS
from gpu_tasks.task_time import Stopwatch, TimeLimits

AWS_ERRORS = (BotoCoreError, ClientError)


@dataclass(frozen=True)
class TaskRunner:
    media: MediaCache
    results: ResultStore
    progress: ProgressReporter
    engines: EngineRegistry
    limits: TimeLimits
    clock: Callable[[], float] = time.monotonic

    def outcome(
        self, message: TaskMessage, watch: Stopwatch, is_cancelled: Callable[[], bool], pause: Callable[[], None]
    ) -> TaskResult | TaskFailed:
        """`pause` is called whenever the task can be paused. Raises `TaskInterrupted` and the errors of AWS."""
        try:
            return self._run(message, watch, is_cancelled, pause)
        except TaskFailed as failure:
            keys = {"error": failure.error_name, "reason": str(failure)}
            logger.warning("task failed", extra=keys, exc_info=isinstance(failure, UnexpectedError))
            return failure
        except MemoryError:
            logger.exception("task failed: out of memory")
            return OutOfMemory(f"The task {message.task} needs more memory than this worker has.")
        except (TaskInterrupted, *AWS_ERRORS):
            raise
        except Exception:
            logger.exception("task failed with an unexpected error")
            return UnexpectedError(f"The task {message.task} failed with an internal error; see the log of the worker.")

    def _run(
        self, message: TaskMessage, watch: Stopwatch, is_cancelled: Callable[[], bool], pause: Callable[[], None]
    ) -> TaskResult:
        logger.info("task started")
        limit = self.limits.of(message)

        def between() -> None:
            limit.check(watch.elapsed_s)
            pause()

        report = ProgressReport(self.progress, message, is_cancelled, between, self.clock)
        report.begin()
        with ExitStack() as copies:
            fetch = cache(lambda: copies.enter_context(self.media.local_copy(message.media, report.checkpoint)))
            result = TASKS[message.task](TaskRun(message, self.engines, self.results, fetch, report))
        report.end()
        elapsed_s = round(watch.elapsed_s, 3)
        logger.info("task succeeded", extra={"elapsed_s": elapsed_s})
        return result.model_copy(update={"elapsed_s": elapsed_s})
