"""The model worker: receives a task, fetches the media, runs the task, stores the results, completes the task token."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cache

from botocore.exceptions import BotoCoreError, ClientError
from cinedex.analysis.domain.task_message import TaskMessage, TaskResult
from cinedex.analysis.ports.progress import ProgressReporter
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.task_callback import TaskCallback
from cinedex.bootstrap import providers
from cinedex.observability import logger
from pydantic import ValidationError

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.thread_budget import limit_openmp_threads
from gpu_tasks.media_cache import MediaCache
from gpu_tasks.progress_report import ProgressReport
from gpu_tasks.settings import WorkerSettings
from gpu_tasks.task_errors import OutOfMemory, TaskFailed, UnexpectedError
from gpu_tasks.task_lease import TaskLease
from gpu_tasks.task_queue import QueuedMessage, TaskQueue
from gpu_tasks.task_run import TaskInterrupted, TaskRun
from gpu_tasks.task_table import TASKS

AWS_ERRORS = (BotoCoreError, ClientError)
RETRY_AFTER_S = 5
STOP_GRACE_S = 4.0


@dataclass
class Worker:
    """Processes one message after the other until `stop`."""

    queue: TaskQueue
    callback: TaskCallback
    media: MediaCache
    results: ResultStore
    progress: ProgressReporter
    engines: EngineRegistry
    heartbeat_s: float
    stopping: threading.Event = field(default_factory=threading.Event)
    current_message: QueuedMessage | None = None

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                message = self.queue.receive()
            except AWS_ERRORS as error:
                logger.warning("the task queue cannot be read", extra={"reason": str(error)})
                self.stopping.wait(RETRY_AFTER_S)
                continue
            if message is not None:
                self.process(message)

    def stop(self) -> None:
        """Exit at once without a current message; otherwise its task is interrupted at its next report.

        A signal handler calls this method, so that `SystemExit` also ends a long poll.
        """
        self.stopping.set()
        if self.current_message is None:
            raise SystemExit(0)
        watchdog = threading.Timer(STOP_GRACE_S, self._exit_now)
        watchdog.daemon = True
        watchdog.start()

    def process(self, queued: QueuedMessage) -> None:
        """Run the task of a message. A message whose result cannot be delivered now stays on the queue."""
        try:
            message = TaskMessage.model_validate_json(queued.body)
        except ValidationError as error:
            keys = {"message_id": queued.message_id, "reason": str(error)}
            logger.error("the message is invalid and is left for the dead-letter queue", extra=keys)
            return
        self.current_message = queued
        try:
            with logger.append_context_keys(**_logged_ids(message)):
                self._process(queued, message)
        finally:
            self.current_message = None

    def _process(self, queued: QueuedMessage, message: TaskMessage) -> None:
        try:
            self._run_and_complete(queued, message)
        except AWS_ERRORS as error:
            keys = {"message_id": queued.message_id, "reason": str(error)}
            logger.warning("a call to AWS failed and the message is redelivered", extra=keys)
            self._release(queued, RETRY_AFTER_S)

    def _run_and_complete(self, queued: QueuedMessage, message: TaskMessage) -> None:
        with TaskLease(self.queue, self.callback, queued, message.task_token, self.heartbeat_s) as lease:
            try:
                outcome = self._outcome(message, lease)
            except TaskInterrupted:
                outcome = None
        if outcome is None and not lease.is_abandoned:
            logger.info("the worker stops and the task is released")
            self._release(queued, 0)
            return
        if outcome is not None:
            self._complete(message, outcome)
        self.queue.delete(queued)

    def _outcome(self, message: TaskMessage, lease: TaskLease) -> TaskResult | TaskFailed:
        """The outermost frame of a task: every exception of the task becomes its failure."""
        try:
            return self._run_task(message, lease)
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

    def _run_task(self, message: TaskMessage, lease: TaskLease) -> TaskResult:
        started_at = time.monotonic()
        logger.info("task started")
        report = ProgressReport(self.progress, message, lambda: self.stopping.is_set() or lease.is_abandoned)
        with ExitStack() as copies:
            fetch = cache(lambda: copies.enter_context(self.media.local_copy(message.media, report.checkpoint)))
            result = TASKS[message.task](TaskRun(message, self.engines, self.results, fetch, report))
        elapsed_s = round(time.monotonic() - started_at, 3)
        logger.info("task succeeded", extra={"elapsed_s": elapsed_s})
        return result.model_copy(update={"elapsed_s": elapsed_s})

    def _complete(self, message: TaskMessage, outcome: TaskResult | TaskFailed) -> None:
        if isinstance(outcome, TaskFailed):
            accepted = self.callback.fail(message.task_token, outcome.error_name, str(outcome))
        else:
            accepted = self.callback.succeed(message.task_token, outcome)
        if not accepted:
            logger.info("the state machine no longer waits for the task")

    def _release(self, queued: QueuedMessage, after_s: int) -> None:
        with suppress(*AWS_ERRORS):
            self.queue.release(queued, after_s)

    def _exit_now(self) -> None:
        """Ends a long computation of a model, which cannot be interrupted."""
        if self.current_message is not None:
            self._release(self.current_message, 0)
        os._exit(0)


def _logged_ids(message: TaskMessage) -> dict[str, str]:
    return message.model_dump(include={"task", "account_id", "video_id", "run_id"})


def build_worker(settings: WorkerSettings) -> Worker:
    return Worker(
        queue=TaskQueue(settings.task_queue_url, settings.visibility_s, settings.long_poll_s),
        callback=providers.task_callback(),
        media=MediaCache(settings.cache_dir, settings.cache_bytes_max),
        results=providers.result_store(),
        progress=providers.progress(),
        engines=EngineRegistry(settings.model_profile),
        heartbeat_s=settings.heartbeat_s,
    )


def main() -> None:
    limit_openmp_threads()
    worker = build_worker(WorkerSettings())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    models = [model.label for model in worker.engines.warm_up()]
    logger.info("worker ready", extra={"profile": worker.engines.profile, "models": models})
    worker.run()


if __name__ == "__main__":
    main()
