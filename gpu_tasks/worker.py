"""The model worker: queue -> fetch media -> run the task -> store the result -> answer the task token."""

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
from gpu_tasks.engines.thread_budget import budget_openmp_threads
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
    """Takes one task after the other until it is told to stop."""

    queue: TaskQueue
    answers: TaskCallback
    media: MediaCache
    results: ResultStore
    progress: ProgressReporter
    engines: EngineRegistry
    heartbeat_s: float
    stopping: threading.Event = field(default_factory=threading.Event)
    in_hand: QueuedMessage | None = None

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                message = self.queue.receive()
            except AWS_ERRORS as error:
                logger.warning("the queue does not answer", extra={"reason": str(error)})
                self.stopping.wait(RETRY_AFTER_S)
                continue
            if message is not None:
                self.take(message)

    def stop(self) -> None:
        """End now when idle; else the task in hand goes back to the queue at its next report.

        Called by a signal handler, so that `SystemExit` also ends a wait for messages.
        """
        self.stopping.set()
        if self.in_hand is None:
            raise SystemExit(0)
        last_resort = threading.Timer(STOP_GRACE_S, self._leave_at_once)
        last_resort.daemon = True
        last_resort.start()

    def take(self, queued: QueuedMessage) -> None:
        """Work on a message; what cannot be answered now stays on the queue."""
        try:
            message = TaskMessage.model_validate_json(queued.body)
        except ValidationError as error:
            seen = {"id": queued.message_id, "reason": str(error)}
            logger.error("left for the dead-letter queue", extra=seen)
            return
        self.in_hand = queued
        try:
            self._settle(queued, message)
        except AWS_ERRORS as error:
            logger.warning("left for redelivery", extra={"id": queued.message_id, "reason": str(error)})
            self._give_back(queued, RETRY_AFTER_S)
        finally:
            self.in_hand = None

    def _settle(self, queued: QueuedMessage, message: TaskMessage) -> None:
        with TaskLease(self.queue, self.answers, queued, message.task_token, self.heartbeat_s) as lease:
            try:
                outcome = self._outcome(message, lease)
            except TaskInterrupted:
                outcome = None
        if outcome is None and not lease.is_abandoned:
            self._give_back(queued, 0)
            return
        if outcome is not None:
            self._answer(message, outcome)
        self.queue.delete(queued)

    def _outcome(self, message: TaskMessage, lease: TaskLease) -> TaskResult | TaskFailed:
        """The outermost place that knows the task: whatever goes wrong in it becomes its failure."""
        try:
            return self._perform(message, lease)
        except TaskFailed as failure:
            seen = {"task": message.task, "video_id": message.video_id, "reason": str(failure)}
            logger.warning("task failed", extra=seen, exc_info=isinstance(failure, UnexpectedError))
            return failure
        except MemoryError:
            logger.exception("out of memory", extra={"task": message.task, "video_id": message.video_id})
            return OutOfMemory(f"The task {message.task} needs more memory than this worker has.")
        except (TaskInterrupted, *AWS_ERRORS):
            raise
        except Exception:
            logger.exception("task broke", extra={"task": message.task, "video_id": message.video_id})
            return UnexpectedError(f"The task {message.task} ended with an internal error; the worker's log has it.")

    def _perform(self, message: TaskMessage, lease: TaskLease) -> TaskResult:
        began_at = time.monotonic()
        report = ProgressReport(self.progress, message, lambda: self.stopping.is_set() or lease.is_abandoned)
        with ExitStack() as held:
            fetch = cache(lambda: held.enter_context(self.media.holding(message.media, report.checkpoint)))
            result = TASKS[message.task](TaskRun(message, self.engines, self.results, fetch, report))
        elapsed_s = round(time.monotonic() - began_at, 3)
        done = {"task": message.task, "video_id": message.video_id, "elapsed_s": elapsed_s}
        logger.info("task done", extra=done)
        return result.model_copy(update={"elapsed_s": elapsed_s})

    def _answer(self, message: TaskMessage, outcome: TaskResult | TaskFailed) -> None:
        if isinstance(outcome, TaskFailed):
            awaited = self.answers.fail(message.task_token, outcome.error_name, str(outcome))
        else:
            awaited = self.answers.succeed(message.task_token, outcome)
        if not awaited:
            logger.info("nobody waits for the task", extra={"task": message.task, "run_id": message.run_id})

    def _give_back(self, queued: QueuedMessage, after_s: int) -> None:
        with suppress(*AWS_ERRORS):
            self.queue.give_back(queued, after_s)

    def _leave_at_once(self) -> None:
        """A model in the middle of a long computation cannot be asked to stop."""
        if self.in_hand is not None:
            self._give_back(self.in_hand, 0)
        os._exit(0)


def build_worker(settings: WorkerSettings) -> Worker:
    return Worker(
        queue=TaskQueue(settings.task_queue_url, settings.visibility_s, settings.long_poll_s),
        answers=providers.task_answers(),
        media=MediaCache(settings.cache_dir, settings.cache_bytes_max),
        results=providers.result_store(),
        progress=providers.progress(),
        engines=EngineRegistry(settings.model_profile),
        heartbeat_s=settings.heartbeat_s,
    )


def main() -> None:
    budget_openmp_threads()
    worker = build_worker(WorkerSettings())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    models = [model.label for model in worker.engines.warm()]
    logger.info("worker ready", extra={"profile": worker.engines.profile, "models": models})
    worker.run()


if __name__ == "__main__":
    main()
