"""The order in which a worker stores, answers, deletes, extends and releases, with a failure injected at each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cinedex.analysis.domain.model_results import ReadText
from cinedex.analysis.domain.task_message import TaskResult

from gpu_tasks.media_cache import MediaCache
from gpu_tasks.task_lease import TaskLease
from gpu_tasks.task_queue import QueuedMessage, TaskQueue
from gpu_tasks.task_run import TaskRun
from gpu_tasks.task_runner import TaskRunner
from gpu_tasks.task_table import TASKS
from gpu_tasks.worker import RETRY_AFTER_S, Worker
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, message
from tests.unit.gpu_tasks.test_worker import LIVE, NO_LIMIT, NoMedia, NoProgress

QUEUED = QueuedMessage(message("detect_shots").model_dump_json(), "message", "receipt", LIVE)
ERRORS = (ClientError({"Error": {"Code": "Throttling"}}, "Call"), EndpointConnectionError(endpoint_url="http://x"))


@dataclass
class Recorder:
    """Every call in order; the step named `failing` raises `error`. `accepted` is the answer of Step Functions."""

    failing: str = ""
    error: Exception = ERRORS[0]
    accepted: bool = True
    steps: list[str] = field(default_factory=list)

    def note(self, step: str) -> bool:
        self.steps.append(step)
        if step == self.failing:
            raise self.error
        return self.accepted


@dataclass
class Queue:
    recorder: Recorder
    released_after_s: list[int] = field(default_factory=list)

    def extend(self, queued: QueuedMessage) -> None:
        self.recorder.note("extend")

    def release(self, queued: QueuedMessage, after_s: int = 0) -> None:
        self.recorder.note("release")
        self.released_after_s.append(after_s)

    def delete(self, queued: QueuedMessage) -> None:
        self.recorder.note("delete")

    def receive_live(self) -> QueuedMessage | None:
        return None

    def is_bulk(self, queued: QueuedMessage) -> bool:
        return False


@dataclass
class Callback:
    recorder: Recorder

    def succeed(self, task_token: str, result: TaskResult) -> bool:
        return self.recorder.note("answer")

    def fail(self, task_token: str, error: str, cause: str) -> bool:
        return self.recorder.note("answer")

    def keep_alive(self, task_token: str) -> bool:
        return self.recorder.note("heartbeat")


@dataclass
class Results(MemoryResultStore):
    recorder: Recorder = field(default_factory=Recorder)

    def put(self, key: str, document: Any) -> None:
        self.recorder.note("store")
        super().put(key, document)


def store(run: TaskRun) -> TaskResult:
    run.store("key", ReadText(frames=(), models=()))
    return TaskResult(results={"detect_shots": "key"})


def processed(
    monkeypatch: pytest.MonkeyPatch, recorder: Recorder, task: Callable[[TaskRun], TaskResult] = store
) -> Queue:
    monkeypatch.setitem(cast(Any, TASKS), "detect_shots", task)
    queue, results = Queue(recorder), Results(recorder=recorder)
    runner = TaskRunner(cast(MediaCache, NoMedia()), results, NoProgress(), FakeEngines(), NO_LIMIT)
    Worker(cast(TaskQueue, queue), Callback(recorder), runner, heartbeat_s=60.0, slice_s=0.0).process(QUEUED)
    return queue


def essential(recorder: Recorder) -> list[str]:
    """Without the steps of the lease, which runs in a thread of its own."""
    return [step for step in recorder.steps if step not in ("extend", "heartbeat")]


def test_a_result_is_stored_before_it_is_answered_and_the_message_deleted_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorder = Recorder()
    processed(monkeypatch, recorder)
    assert essential(recorder) == ["store", "answer", "delete"]


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize(
    ("failing", "steps"),
    [
        ("store", ["store", "release"]),
        ("answer", ["store", "answer", "release"]),
        ("delete", ["store", "answer", "delete", "release"]),
    ],
)
def test_a_step_that_fails_gives_the_message_back_and_no_later_step_is_taken(
    monkeypatch: pytest.MonkeyPatch, failing: str, steps: list[str], error: Exception
) -> None:
    recorder = Recorder(failing, error)
    queue = processed(monkeypatch, recorder)
    assert essential(recorder) == steps
    assert queue.released_after_s == [RETRY_AFTER_S]


@pytest.mark.parametrize("failing", ["extend", "heartbeat"])
def test_a_failed_heartbeat_neither_loses_nor_repeats_the_task(monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    recorder = Recorder(failing)
    processed(monkeypatch, recorder)
    assert essential(recorder) == ["store", "answer", "delete"]


def test_a_message_that_cannot_be_released_is_left_to_its_visibility_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder("release")
    monkeypatch.setattr(recorder, "note", both_fail(recorder, ("answer", "release")))
    processed(monkeypatch, recorder)
    assert "delete" not in recorder.steps


def both_fail(recorder: Recorder, names: tuple[str, ...]) -> Callable[[str], bool]:
    def note(step: str) -> bool:
        recorder.steps.append(step)
        if step in names:
            raise recorder.error
        return True

    return note


def test_an_answer_without_a_waiting_step_deletes_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(accepted=False)
    processed(monkeypatch, recorder)
    assert essential(recorder) == ["store", "answer", "delete"]


def test_the_message_is_hidden_before_its_first_heartbeat() -> None:
    recorder = Recorder()
    queue, callback = cast(TaskQueue, Queue(recorder)), Callback(recorder)
    with TaskLease(queue, callback, QUEUED, "token", 60.0, is_stuck=lambda: False, end_stuck=lambda: None):
        pass
    assert recorder.steps == ["extend", "heartbeat"]


def test_a_lease_that_has_ended_extends_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    processed(monkeypatch, recorder)
    assert recorder.steps.index("answer") > max(recorder.steps.index("extend"), recorder.steps.index("heartbeat"))
    assert recorder.steps[-1] == "delete"
