"""The worker completes each task token once, leaves undeliverable results on the queue, and stops on a signal."""

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cinedex.analysis.domain.task_message import MediaReference, TaskResult
from cinedex.observability import logger

from gpu_tasks.media_cache import MediaCache
from gpu_tasks.task_errors import CorruptMedia
from gpu_tasks.task_queue import QueuedMessage, TaskQueue
from gpu_tasks.task_run import TaskRun
from gpu_tasks.task_runner import TaskRunner
from gpu_tasks.task_table import TASKS
from gpu_tasks.task_threads import run_in_threads
from gpu_tasks.task_time import TimeLimits
from gpu_tasks.worker import Worker
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, message

LIVE, BULK = "https://sqs/live", "https://sqs/bulk"
NO_LIMIT = TimeLimits(factor=20.0, seconds_min=600.0)


@dataclass
class RecordedQueue:
    """Records the calls for each message."""

    extended: int = 0
    waiting: list[QueuedMessage] = field(default_factory=list)
    released_after_s: list[int] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def receive_live(self) -> QueuedMessage | None:
        live = [queued for queued in self.waiting if not self.is_bulk(queued)]
        if not live:
            return None
        self.waiting.remove(live[0])
        return live[0]

    def is_bulk(self, queued: QueuedMessage) -> bool:
        return queued.queue_url == BULK

    def extend(self, queued: QueuedMessage) -> None:
        self.extended += 1

    def release(self, queued: QueuedMessage, after_s: int = 0) -> None:
        self.released_after_s.append(after_s)

    def delete(self, queued: QueuedMessage) -> None:
        self.deleted.append(queued.message_id)


@dataclass
class RecordedCallback:
    """Records the results; `is_accepted` is the response of the state machine."""

    is_accepted: bool = True
    successes: list[TaskResult] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)

    def succeed(self, task_token: str, result: TaskResult) -> bool:
        self.successes.append(result)
        return self.is_accepted

    def fail(self, task_token: str, error: str, cause: str) -> bool:
        self.failures.append((error, cause))
        return self.is_accepted

    def keep_alive(self, task_token: str) -> bool:
        return self.is_accepted


class NoMedia:
    def local_copy(self, media: MediaReference, checkpoint: Callable[[], None]) -> AbstractContextManager[Path]:
        return nullcontext(Path("clip.mp4"))


class NoProgress:
    def report(self, video_id: str, run_id: str, task: str, chunk_index: int | None, fraction: float) -> None:
        """Discards the progress."""


@dataclass
class RecordedSteps:
    """The reports of a task, and its downloads of the file."""

    steps: list[float | str] = field(default_factory=list)

    def report(self, video_id: str, run_id: str, task: str, chunk_index: int | None, fraction: float) -> None:
        self.steps.append(fraction)

    def local_copy(self, media: MediaReference, checkpoint: Callable[[], None]) -> AbstractContextManager[Path]:
        self.steps.append("download")
        return nullcontext(Path("clip.mp4"))


@dataclass
class WorkerFixture:
    """A worker with a recorded queue and a recorded callback; `work` replaces the task."""

    monkeypatch: pytest.MonkeyPatch
    queue: RecordedQueue = field(default_factory=RecordedQueue)
    callback: RecordedCallback = field(default_factory=RecordedCallback)

    def __post_init__(self) -> None:
        self.worker = Worker(
            queue=cast(TaskQueue, self.queue),
            callback=self.callback,
            runner=TaskRunner(cast(MediaCache, NoMedia()), MemoryResultStore(), NoProgress(), FakeEngines(), NO_LIMIT),
            heartbeat_s=0.01,
            slice_s=0.0,
        )

    def process(self, work: Callable[[TaskRun], TaskResult], body: str | None = None) -> None:
        self.monkeypatch.setitem(cast(Any, TASKS), "detect_shots", work)
        body = message("detect_shots").model_dump_json() if body is None else body
        self.worker.process(QueuedMessage(body, "message", "receipt", LIVE))


@pytest.fixture
def worker_fixture(monkeypatch: pytest.MonkeyPatch) -> WorkerFixture:
    return WorkerFixture(monkeypatch)


def succeed(_: TaskRun) -> TaskResult:
    return TaskResult(results={"detect_shots": "results/key.json"}, models=("content-shots@1",))


def raising(error: Exception) -> Callable[[TaskRun], TaskResult]:
    def work(_: TaskRun) -> TaskResult:
        raise error

    return work


def test_a_successful_task_sends_references_and_deletes_its_message(worker_fixture: WorkerFixture) -> None:
    worker_fixture.process(succeed)
    (result,) = worker_fixture.callback.successes
    assert result.results == {"detect_shots": "results/key.json"}
    assert worker_fixture.queue.deleted == ["message"]
    assert worker_fixture.queue.released_after_s == []


def test_each_log_entry_of_a_task_has_its_ids(worker_fixture: WorkerFixture) -> None:
    logged: dict[str, Any] = {}

    def record_keys(run: TaskRun) -> TaskResult:
        logged.update(logged_keys())
        return succeed(run)

    worker_fixture.process(record_keys)
    ids = {"task": "detect_shots", "account_id": "account", "video_id": "video", "run_id": "run"}
    assert ids.items() <= logged.items()
    assert not ids.keys() & logged_keys().keys()


def logged_keys() -> dict[str, Any]:
    """The keys of a log entry of this thread."""
    return dict(logger.registered_formatter.thread_safe_get_current_keys())


def test_a_failed_task_sends_the_name_and_cause_of_its_error(worker_fixture: WorkerFixture) -> None:
    worker_fixture.process(raising(CorruptMedia("The file cannot be decoded.")))
    (failure,) = worker_fixture.callback.failures
    assert failure == ("CorruptMedia", "The file cannot be decoded.")
    assert worker_fixture.queue.deleted == ["message"]


@pytest.mark.parametrize(("error", "name"), [(ValueError("odd"), "UnexpectedError"), (MemoryError(), "OutOfMemory")])
def test_an_unexpected_exception_is_a_typed_failure(worker_fixture: WorkerFixture, error: Exception, name: str) -> None:
    worker_fixture.process(raising(error))
    assert [error for error, _ in worker_fixture.callback.failures] == [name]
    assert worker_fixture.queue.deleted == ["message"]


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1"),
        ClientError({"Error": {"Code": "SlowDown"}}, "GetObject"),
    ],
)
def test_an_aws_error_releases_the_message_for_another_attempt(worker_fixture: WorkerFixture, error: Exception) -> None:
    worker_fixture.process(raising(error))
    assert worker_fixture.callback.failures == []
    assert worker_fixture.queue.deleted == []
    assert len(worker_fixture.queue.released_after_s) == 1


@pytest.mark.parametrize("body", ["", "not json", '{"task": "sing"}', '{"schema_version": 99}'])
def test_an_invalid_message_is_left_for_the_dead_letter_queue(worker_fixture: WorkerFixture, body: str) -> None:
    worker_fixture.process(succeed, body)
    assert (worker_fixture.queue.deleted, worker_fixture.callback.successes) == ([], [])


def test_a_message_of_a_newer_schema_is_left_for_the_dead_letter_queue(worker_fixture: WorkerFixture) -> None:
    body = message("detect_shots").model_dump_json().replace('"schema_version":1', '"schema_version":2')
    worker_fixture.process(succeed, body)
    assert (worker_fixture.queue.deleted, worker_fixture.callback.successes) == ([], [])


def test_the_message_is_deleted_when_the_state_machine_no_longer_waits_for_the_result(
    worker_fixture: WorkerFixture,
) -> None:
    worker_fixture.callback.is_accepted = False
    worker_fixture.process(succeed)
    assert worker_fixture.queue.deleted == ["message"]


def test_an_abandoned_task_is_interrupted_at_its_next_report(worker_fixture: WorkerFixture) -> None:
    worker_fixture.callback.is_accepted = False
    worker_fixture.process(report_forever)
    assert worker_fixture.callback.successes == []
    assert worker_fixture.queue.deleted == ["message"]


def test_a_stopping_worker_releases_its_message_at_once(worker_fixture: WorkerFixture) -> None:
    def stop_during_the_task(run: TaskRun) -> TaskResult:
        worker_fixture.worker.stopping.set()
        return report_forever(run)

    worker_fixture.process(stop_during_the_task)
    assert worker_fixture.queue.released_after_s == [0]
    assert (worker_fixture.queue.deleted, worker_fixture.callback.successes) == ([], [])


def test_the_visibility_of_a_message_is_extended_while_its_task_runs(worker_fixture: WorkerFixture) -> None:
    def wait_for_extensions(run: TaskRun) -> TaskResult:
        while worker_fixture.queue.extended < 3:
            run.report(0.5)
        return succeed(run)

    worker_fixture.process(wait_for_extensions)
    assert worker_fixture.queue.deleted == ["message"]


def report_forever(run: TaskRun) -> TaskResult:
    while True:
        run.report(0.5)


def test_an_idle_worker_exits_at_once_on_a_signal(worker_fixture: WorkerFixture) -> None:
    with pytest.raises(SystemExit):
        worker_fixture.worker.stop()


def test_a_stopped_worker_receives_no_message(worker_fixture: WorkerFixture) -> None:
    worker_fixture.worker.stopping.set()
    worker_fixture.worker.run()
    assert worker_fixture.queue.extended == 0


def two_at_once(worker_fixture: WorkerFixture, work: Callable[[TaskRun], TaskResult]) -> WorkerFixture:
    """A worker of two threads, with the messages of two videos in its queue."""
    worker, queue = worker_fixture.worker, worker_fixture.queue
    worker.tasks_at_once = 2
    bodies = [message("detect_shots", video_id=video).model_dump_json() for video in ("one", "two")]
    waiting = [QueuedMessage(body, f"message {n}", "receipt", LIVE) for n, body in enumerate(bodies)]
    worker_fixture.monkeypatch.setattr(queue, "receive", lambda: waiting.pop() if waiting else None, raising=False)
    worker_fixture.monkeypatch.setitem(cast(Any, TASKS), "detect_shots", work)
    return worker_fixture


def test_two_tasks_run_at_the_same_time_and_their_log_entries_have_their_own_ids(
    worker_fixture: WorkerFixture,
) -> None:
    both, logged = threading.Barrier(2, timeout=30), dict[str, Any]()

    def meet(run: TaskRun) -> TaskResult:
        both.wait()
        logged[run.message.video_id] = logged_keys()["video_id"]
        both.wait()
        worker_fixture.worker.stopping.set()
        return succeed(run)

    two_at_once(worker_fixture, meet).worker.run()
    assert logged == {"one": "one", "two": "two"}
    assert sorted(worker_fixture.queue.deleted) == ["message 0", "message 1"]


def test_a_stopping_worker_gives_back_the_tasks_of_all_threads(worker_fixture: WorkerFixture) -> None:
    both = threading.Barrier(2, timeout=30)

    def stop(run: TaskRun) -> TaskResult:
        both.wait()
        worker_fixture.worker.stopping.set()
        return report_forever(run)

    two_at_once(worker_fixture, stop).worker.run()
    assert (worker_fixture.queue.released_after_s, worker_fixture.queue.deleted) == ([0, 0], [])
    assert worker_fixture.worker.current_messages == []


def test_an_error_in_another_thread_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", lambda code: (codes.append(code), ended.set()))

    def receive() -> None:
        if threading.current_thread() is not threading.main_thread():
            raise ValueError("broken")
        assert ended.wait(30)

    run_in_threads(receive, 2)
    assert codes == [1]


def recorded_steps(worker_fixture: WorkerFixture, work: Callable[[TaskRun], TaskResult]) -> list[float | str]:
    recorded, worker = RecordedSteps(), worker_fixture.worker
    worker.runner = replace(worker.runner, progress=recorded, media=cast(MediaCache, recorded))
    worker_fixture.process(work)
    return recorded.steps


def test_the_start_of_a_task_is_reported_before_the_download_and_its_end_afterwards(
    worker_fixture: WorkerFixture,
) -> None:
    def download(run: TaskRun) -> TaskResult:
        run.fetch_media()
        return succeed(run)

    assert recorded_steps(worker_fixture, download) == [0.0, "download", 1.0]


def test_a_task_whose_result_was_stored_reports_its_end(worker_fixture: WorkerFixture) -> None:
    assert recorded_steps(worker_fixture, succeed) == [0.0, 1.0]


def test_a_task_that_fails_reports_no_end(worker_fixture: WorkerFixture) -> None:
    assert recorded_steps(worker_fixture, raising(CorruptMedia("The file cannot be decoded."))) == [0.0]


def test_an_unknown_field_of_a_newer_sender_is_ignored(worker_fixture: WorkerFixture) -> None:
    worker_fixture.process(succeed, message("detect_shots").model_dump_json().replace("{", '{"newer_field":1,', 1))
    assert len(worker_fixture.callback.successes) == 1
