"""The worker answers each message once, keeps what it cannot answer, and lets go when told to."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cinedex.analysis.domain.task_message import MediaReference, TaskResult

from gpu_tasks import worker as worker_module
from gpu_tasks.media_cache import MediaCache
from gpu_tasks.task_errors import CorruptMedia
from gpu_tasks.task_queue import QueuedMessage, TaskQueue
from gpu_tasks.task_run import TaskRun
from gpu_tasks.worker import Worker
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import ToldShelf, message


@dataclass
class RecordedQueue:
    """Remembers what became of each message."""

    extended: int = 0
    given_back_after_s: list[int] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def extend(self, queued: QueuedMessage) -> None:
        self.extended += 1

    def give_back(self, queued: QueuedMessage, after_s: int = 0) -> None:
        self.given_back_after_s.append(after_s)

    def delete(self, queued: QueuedMessage) -> None:
        self.deleted.append(queued.message_id)


@dataclass
class RecordedAnswers:
    """Remembers answers; `is_awaited` is what the state machine says to each."""

    is_awaited: bool = True
    successes: list[TaskResult] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)

    def succeed(self, task_token: str, result: TaskResult) -> bool:
        self.successes.append(result)
        return self.is_awaited

    def fail(self, task_token: str, error: str, cause: str) -> bool:
        self.failures.append((error, cause))
        return self.is_awaited

    def keep_alive(self, task_token: str) -> bool:
        return self.is_awaited


class NoMedia:
    def holding(self, media: MediaReference, on_chunk: Callable[[], None]) -> AbstractContextManager[Path]:
        return nullcontext(Path("clip.mp4"))


class NoProgress:
    def report(self, video_id: str, run_id: str, task: str, chunk_index: int | None, fraction: float) -> None:
        """Nobody looks."""


@dataclass
class Bench:
    """A worker between a recorded queue and recorded answers, doing what `work` says."""

    monkeypatch: pytest.MonkeyPatch
    queue: RecordedQueue = field(default_factory=RecordedQueue)
    answers: RecordedAnswers = field(default_factory=RecordedAnswers)

    def __post_init__(self) -> None:
        self.worker = Worker(
            queue=cast(TaskQueue, self.queue),
            answers=self.answers,
            media=cast(MediaCache, NoMedia()),
            results=MemoryResultStore(),
            progress=NoProgress(),
            engines=ToldShelf(),
            heartbeat_s=0.01,
        )

    def take(self, work: Callable[[TaskRun], TaskResult], body: str | None = None) -> None:
        self.monkeypatch.setitem(cast(Any, worker_module.TASKS), "detect_shots", work)
        body = message("detect_shots").model_dump_json() if body is None else body
        self.worker.take(QueuedMessage(body, "message", "receipt"))


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def done(_: TaskRun) -> TaskResult:
    return TaskResult(results={"detect_shots": "results/key.json"}, models=("content-shots@1",))


def raising(error: Exception) -> Callable[[TaskRun], TaskResult]:
    def work(_: TaskRun) -> TaskResult:
        raise error

    return work


def test_a_task_done_is_answered_with_references_and_leaves_the_queue(bench: Bench) -> None:
    bench.take(done)
    (answer,) = bench.answers.successes
    assert answer.results == {"detect_shots": "results/key.json"}
    assert bench.queue.deleted == ["message"]
    assert bench.queue.given_back_after_s == []


def test_a_task_that_fails_is_answered_with_the_name_of_its_failure(bench: Bench) -> None:
    bench.take(raising(CorruptMedia("The file cannot be decoded.")))
    (failure,) = bench.answers.failures
    assert failure == ("CorruptMedia", "The file cannot be decoded.")
    assert bench.queue.deleted == ["message"]


@pytest.mark.parametrize(("error", "name"), [(ValueError("odd"), "UnexpectedError"), (MemoryError(), "OutOfMemory")])
def test_a_task_that_breaks_is_a_typed_failure_too(bench: Bench, error: Exception, name: str) -> None:
    bench.take(raising(error))
    assert [error for error, _ in bench.answers.failures] == [name]
    assert bench.queue.deleted == ["message"]


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1"),
        ClientError({"Error": {"Code": "SlowDown"}}, "GetObject"),
    ],
)
def test_trouble_with_aws_leaves_the_message_for_another_try(bench: Bench, error: Exception) -> None:
    bench.take(raising(error))
    assert bench.answers.failures == []
    assert bench.queue.deleted == []
    assert len(bench.queue.given_back_after_s) == 1


@pytest.mark.parametrize("body", ["", "not json", '{"task": "sing"}', '{"schema_version": 99}'])
def test_a_message_that_cannot_be_understood_is_left_for_the_dead_letter_queue(bench: Bench, body: str) -> None:
    bench.take(done, body)
    assert (bench.queue.deleted, bench.answers.successes) == ([], [])


def test_a_schema_of_the_future_is_left_for_the_dead_letter_queue(bench: Bench) -> None:
    body = message("detect_shots").model_dump_json().replace('"schema_version":1', '"schema_version":2')
    bench.take(done, body)
    assert (bench.queue.deleted, bench.answers.successes) == ([], [])


def test_an_answer_that_nobody_awaits_drops_the_message(bench: Bench) -> None:
    bench.answers.is_awaited = False
    bench.take(done)
    assert bench.queue.deleted == ["message"]


def test_work_that_nobody_awaits_any_more_is_dropped_at_its_next_report(bench: Bench) -> None:
    bench.answers.is_awaited = False
    bench.take(reporting_for_ever)
    assert bench.answers.successes == []
    assert bench.queue.deleted == ["message"]


def test_a_worker_that_is_told_to_stop_gives_its_message_back_at_once(bench: Bench) -> None:
    def stopped_in_the_middle(run: TaskRun) -> TaskResult:
        bench.worker.stopping.set()
        return reporting_for_ever(run)

    bench.take(stopped_in_the_middle)
    assert bench.queue.given_back_after_s == [0]
    assert (bench.queue.deleted, bench.answers.successes) == ([], [])


def test_a_message_stays_ours_while_its_task_runs(bench: Bench) -> None:
    def patient(run: TaskRun) -> TaskResult:
        while bench.queue.extended < 3:
            run.report(0.5)
        return done(run)

    bench.take(patient)
    assert bench.queue.deleted == ["message"]


def reporting_for_ever(run: TaskRun) -> TaskResult:
    while True:
        run.report(0.5)


def test_an_idle_worker_that_is_told_to_stop_ends_at_once(bench: Bench) -> None:
    with pytest.raises(SystemExit):
        bench.worker.stop()


def test_a_worker_that_was_told_to_stop_takes_no_more(bench: Bench) -> None:
    bench.worker.stopping.set()
    bench.worker.run()
    assert bench.queue.extended == 0


def test_a_field_of_a_newer_sender_is_ignored(bench: Bench) -> None:
    bench.take(done, message("detect_shots").model_dump_json().replace("{", '{"newer_field":1,', 1))
    assert len(bench.answers.successes) == 1
