"""The model worker: receives a task, runs it, completes its task token, and deletes its message."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from cinedex.analysis.domain.task_message import TaskMessage, TaskResult
from cinedex.analysis.ports.task_callback import TaskCallback
from cinedex.bootstrap import providers
from cinedex.observability import logger
from pydantic import ValidationError

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.thread_budget import limit_openmp_threads
from gpu_tasks.media_cache import MediaCache
from gpu_tasks.settings import WorkerSettings
from gpu_tasks.task_errors import TaskFailed
from gpu_tasks.task_lease import TaskLease
from gpu_tasks.task_queue import QueuedMessage, TaskQueue
from gpu_tasks.task_run import TaskInterrupted
from gpu_tasks.task_runner import AWS_ERRORS, TaskRunner
from gpu_tasks.task_threads import run_in_threads
from gpu_tasks.task_time import Stopwatch, TimeLimits
from gpu_tasks.task_turns import TaskTurns

RETRY_AFTER_S = 5
STOP_GRACE_S = 4.0
EXIT_POLL_S = 0.05
TASKS_MAX = 3
"""Tasks that each thread of a worker may have begun at the same time; all but the last are paused."""


@dataclass
class Worker:
    """Processes messages until `stop`, `tasks_at_once` at the same time; a long task is paused for short ones.

    Two at the same time use both of two cores: the speech of a video is transcribed while its pictures are analysed.
    """

    queue: TaskQueue
    callback: TaskCallback
    runner: TaskRunner
    heartbeat_s: float
    slice_s: float
    tasks_at_once: int = 1
    stopping: threading.Event = field(default_factory=threading.Event)
    current_messages: list[QueuedMessage] = field(default_factory=list)

    def run(self) -> None:
        run_in_threads(self._receive_tasks, self.tasks_at_once)
        while self.current_messages:  # of the other threads
            time.sleep(EXIT_POLL_S)

    def _receive_tasks(self) -> None:
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
        if not self.current_messages:
            raise SystemExit(0)
        threading.Thread(target=self._exit_when_released, name="stop", daemon=True).start()

    def process(self, queued: QueuedMessage, begun: int = 1) -> None:
        """Run the task of a message. A message whose result cannot be delivered now stays on the queue.

        `begun` counts the tasks that this thread has begun, with this one; the others are paused.
        """
        try:
            message = TaskMessage.model_validate_json(queued.body)
        except ValidationError as error:
            keys = {"message_id": queued.message_id, "reason": str(error)}
            logger.error("the message is invalid and is left for the dead-letter queue", extra=keys)
            return
        self.current_messages.append(queued)
        ids = _logged_ids(message)
        logger.thread_safe_append_keys(**ids)
        try:
            self._process(queued, message, begun)
        finally:
            logger.thread_safe_remove_keys(list(ids))
            self.current_messages.remove(queued)

    def _process(self, queued: QueuedMessage, message: TaskMessage, begun: int) -> None:
        try:
            self._run_and_complete(queued, message, begun)
        except AWS_ERRORS as error:
            keys = {"message_id": queued.message_id, "reason": str(error)}
            logger.warning("a call to AWS failed and the message is redelivered", extra=keys)
            self._release(queued, RETRY_AFTER_S)

    def _run_and_complete(self, queued: QueuedMessage, message: TaskMessage, begun: int) -> None:
        """The result is stored and the token completed before the message is deleted, so that no task is lost."""
        watch = Stopwatch(self.runner.clock)
        is_bulk = self.queue.is_bulk(queued)
        with self._lease(queued, message, watch) as lease:
            try:
                outcome = self.runner.outcome(
                    message,
                    watch,
                    is_cancelled=lambda: self.stopping.is_set() or lease.is_abandoned,
                    pause=TaskTurns(watch, self.slice_s, is_bulk, lambda: self._run_other(message, begun)),
                )
            except TaskInterrupted:
                outcome = None
        if outcome is None and not lease.is_abandoned:
            logger.info("the worker stops and the task is released")
            self._release(queued, 0)
            return
        if outcome is not None:
            self._complete(message, outcome)
        self.queue.delete(queued)

    def _lease(self, queued: QueuedMessage, message: TaskMessage, watch: Stopwatch) -> TaskLease:
        limit = self.runner.limits.of(message)
        return TaskLease(
            self.queue,
            self.callback,
            queued,
            message.task_token,
            self.heartbeat_s,
            is_stuck=lambda: limit.is_stuck(watch.elapsed_s),
            end_stuck=lambda: self._exit_stuck(queued, message, limit.exceeded(watch.elapsed_s)),
        )

    def _run_other(self, paused: TaskMessage, begun: int) -> bool:
        """Run a live task that waits, while `paused` is; False when there is none."""
        if self.stopping.is_set() or begun >= TASKS_MAX:
            return False
        try:
            other = self.queue.receive_live()
        except AWS_ERRORS as error:
            logger.warning("the task queue cannot be read", extra={"reason": str(error)})
            return False
        if other is None:
            return False
        logger.info("the task is paused for another one")
        self.process(other, begun + 1)
        logger.thread_safe_append_keys(**_logged_ids(paused))  # the other task has removed them
        return True

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

    def _exit_when_released(self) -> None:
        """Also ends a long poll of the main thread, and a long computation of a model, which cannot be interrupted."""
        ends_at = time.monotonic() + STOP_GRACE_S
        while self.current_messages and time.monotonic() < ends_at:
            time.sleep(EXIT_POLL_S)
        for queued in list(self.current_messages):
            self._release(queued, 0)
        os._exit(0)

    def _exit_stuck(self, queued: QueuedMessage, message: TaskMessage, failure: TaskFailed) -> None:
        """Ends a task that does not even report any more, and the process with it; another one is started."""
        logger.error("the task is stuck and the worker exits", extra={"reason": str(failure), **_logged_ids(message)})
        with suppress(*AWS_ERRORS):
            self._complete(message, failure)
            self.queue.delete(queued)
        for other in list(self.current_messages):
            if other is not queued:
                self._release(other, 0)
        os._exit(1)


def _logged_ids(message: TaskMessage) -> dict[str, str]:
    return message.model_dump(include={"task", "account_id", "video_id", "run_id"})


def build_worker(settings: WorkerSettings) -> Worker:
    return Worker(
        queue=TaskQueue(
            settings.task_queue_url, settings.bulk_task_queue_url, settings.visibility_s, settings.long_poll_s
        ),
        callback=providers.task_callback(),
        runner=TaskRunner(
            media=MediaCache(settings.cache_dir, settings.cache_bytes_max),
            results=providers.result_store(),
            progress=providers.progress(),
            engines=EngineRegistry(settings.model_profile),
            limits=TimeLimits(settings.time_factor, settings.time_min_s),
        ),
        heartbeat_s=settings.heartbeat_s,
        slice_s=settings.slice_s,
        tasks_at_once=settings.tasks_at_once,
    )


def main() -> None:
    limit_openmp_threads()
    worker = build_worker(WorkerSettings())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    models = [model.label for model in worker.runner.engines.warm_up()]
    logger.info("worker ready", extra={"profile": worker.runner.engines.profile, "models": models})
    worker.run()


if __name__ == "__main__":
    main()
