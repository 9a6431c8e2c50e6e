"""How a worker waits after an error of its queue, and how it ends: on a signal, in a task, and with a stuck task."""

from __future__ import annotations

import os
import runpy
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from cinedex.analysis.domain.task_message import TaskResult
from pydantic import ValidationError

from gpu_tasks import worker as worker_module
from gpu_tasks.task_errors import TooCostly
from gpu_tasks.task_queue import QueuedMessage
from gpu_tasks.task_run import TaskRun
from gpu_tasks.task_table import TASKS
from tests.support.tasks import message
from tests.support.template import template
from tests.unit.gpu_tasks.test_worker import BULK, LIVE, WorkerFixture, raising, report_forever, succeed

ERRORS = (ClientError({"Error": {"Code": "Throttling"}}, "Call"), EndpointConnectionError(endpoint_url="http://x"))


@pytest.fixture
def fixture(monkeypatch: pytest.MonkeyPatch) -> WorkerFixture:
    return WorkerFixture(monkeypatch)


def queued(name: str = "message", url: str = LIVE) -> QueuedMessage:
    return QueuedMessage(message("detect_shots").model_dump_json(), name, "receipt", url)


@dataclass
class Threads:
    """In place of `threading.Thread`."""

    made: list[tuple[Callable[[], None], bool]] = field(default_factory=list)
    started: int = 0

    def __call__(self, target: Callable[[], None], name: str, daemon: bool) -> Any:
        self.made.append((target, daemon))
        return SimpleNamespace(start=self._start)

    def _start(self) -> None:
        self.started += 1


@dataclass
class Clock:
    """In place of `time`: moves by each sleep; `at_s` has what happens then."""

    now_s: float = 100.0
    at_s: dict[float, Callable[[], Any]] = field(default_factory=dict)

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        for due_s in [due_s for due_s in self.at_s if due_s <= self.now_s]:
            self.at_s.pop(due_s)()


@dataclass
class Stopping:
    """In place of the event: the worker stops after the calls of `wait` that a test allows."""

    waits: int
    waited_s: list[float] = field(default_factory=list)

    def is_set(self) -> bool:
        return len(self.waited_s) >= self.waits

    def wait(self, seconds: float) -> bool:
        self.waited_s.append(seconds)
        return self.is_set()


# Errors of the queue


@pytest.mark.parametrize("error", ERRORS)
def test_a_queue_that_cannot_be_read_is_read_again_after_five_seconds(fixture: WorkerFixture, error: Exception) -> None:
    worker, stopping = fixture.worker, Stopping(waits=3)
    worker.stopping = cast(threading.Event, stopping)
    cast(Any, fixture.queue).receive = raising_now(error)
    worker.run()
    assert stopping.waited_s == [5, 5, 5]


def test_the_worker_processes_one_message_after_the_other_until_it_stops(fixture: WorkerFixture) -> None:
    waiting: list[QueuedMessage | None] = [queued("one"), None, queued("two")]

    def receive() -> QueuedMessage | None:
        if len(waiting) == 1:
            fixture.worker.stopping.set()
        return waiting.pop(0)

    cast(Any, fixture.queue).receive = receive
    fixture.monkeypatch.setitem(cast(Any, TASKS), "detect_shots", succeed)
    fixture.worker.run()
    assert fixture.queue.deleted == ["one", "two"]
    assert fixture.worker.current_messages == []


@pytest.mark.parametrize("error", ERRORS)
def test_a_message_is_redelivered_five_seconds_after_an_error_of_aws(fixture: WorkerFixture, error: Exception) -> None:
    fixture.process(raising(error))
    assert fixture.queue.released_after_s == [5]


@pytest.mark.parametrize("error", ERRORS)
def test_a_task_continues_when_the_queue_cannot_be_read_between_two_steps(
    fixture: WorkerFixture, error: Exception
) -> None:
    cast(Any, fixture.queue).receive_live = raising_now(error)
    fixture.process(lambda run: [run.report(0.5), succeed(run)][1])  # type: ignore[func-returns-value]
    assert fixture.queue.deleted == ["message"]


def test_a_thread_of_a_worker_begins_at_most_three_tasks(fixture: WorkerFixture) -> None:
    taken: list[int] = []
    for begun in range(1, 6):
        fixture.queue.waiting = [queued("other")]
        fixture.monkeypatch.setitem(cast(Any, TASKS), "detect_shots", succeed)
        taken += [begun] if fixture.worker._run_other(message("detect_shots"), begun) else []
    assert taken == [1, 2]


def test_a_stopping_worker_begins_no_other_task(fixture: WorkerFixture) -> None:
    fixture.queue.waiting = [queued("other")]
    fixture.worker.stopping.set()
    assert fixture.worker._run_other(message("detect_shots"), begun=1) is False
    assert len(fixture.queue.waiting) == 1


def raising_now(error: Exception) -> Callable[[], Any]:
    def call() -> Any:
        raise error

    return call


# Signals


def test_an_idle_worker_exits_with_0(fixture: WorkerFixture) -> None:
    with pytest.raises(SystemExit) as exit_:
        fixture.worker.stop()
    assert exit_.value.code == 0
    assert fixture.worker.stopping.is_set()


def test_a_worker_with_a_task_ends_in_another_thread_that_does_not_keep_the_process_alive(
    fixture: WorkerFixture,
) -> None:
    threads = Threads()
    fixture.monkeypatch.setattr(worker_module, "threading", SimpleNamespace(Thread=threads))
    fixture.worker.current_messages.append(queued())
    fixture.worker.stop()
    ((_, is_daemon),) = threads.made
    assert (is_daemon, threads.started, fixture.worker.stopping.is_set()) == (True, 1, True)


def ended(fixture: WorkerFixture, clock: Clock) -> tuple[list[int], float]:
    """The exit codes, and the seconds after which the process ended."""
    exits, began_s = list[int](), clock.now_s
    fixture.monkeypatch.setattr(os, "_exit", exits.append)
    fixture.monkeypatch.setattr(worker_module, "time", clock)
    fixture.worker._exit_when_released()
    return exits, clock.now_s - began_s


def test_a_worker_ends_a_computation_after_four_seconds_and_releases_its_messages(fixture: WorkerFixture) -> None:
    fixture.worker.current_messages += [queued("one", BULK), queued("two")]
    exits, after_s = ended(fixture, Clock())
    assert (exits, fixture.queue.released_after_s) == ([0], [0, 0])
    assert after_s == pytest.approx(4.0, abs=0.06)


def test_a_worker_ends_as_soon_as_its_tasks_are_released(fixture: WorkerFixture) -> None:
    fixture.worker.current_messages.append(queued())
    exits, after_s = ended(fixture, Clock(at_s={101.0: fixture.worker.current_messages.clear}))
    assert (exits, fixture.queue.released_after_s) == ([0], [])
    assert after_s == pytest.approx(1.0, abs=0.06)


def test_the_main_thread_waits_for_the_tasks_of_the_others(fixture: WorkerFixture) -> None:
    clock = Clock(at_s={102.0: fixture.worker.current_messages.clear})
    fixture.monkeypatch.setattr(worker_module, "time", clock)
    fixture.worker.current_messages.append(queued())
    fixture.worker.stopping.set()
    fixture.worker.run()
    assert clock.now_s == pytest.approx(102.0, abs=0.06)


def test_the_container_has_a_longer_grace_period_than_the_task() -> None:
    container = template()["Resources"]["WorkerTask"]["Properties"]["ContainerDefinitions"][0]
    assert container["StopTimeout"] > worker_module.STOP_GRACE_S


def test_a_task_is_interrupted_by_a_signal_and_by_an_abandoned_lease_each(fixture: WorkerFixture) -> None:
    def stop(run: TaskRun) -> TaskResult:
        fixture.worker.stopping.set()
        return report_forever(run)

    fixture.process(stop)
    assert (fixture.queue.released_after_s, fixture.queue.deleted) == ([0], [])


@pytest.mark.parametrize("error", ERRORS)
def test_a_stuck_task_ends_the_process_with_1_even_if_its_failure_cannot_be_sent(
    fixture: WorkerFixture, error: Exception
) -> None:
    exits = list[int]()
    fixture.monkeypatch.setattr(os, "_exit", exits.append)
    cast(Any, fixture.callback).fail = lambda *_: raising_now(error)()
    stuck, paused = queued("stuck"), queued("paused", BULK)
    fixture.worker.current_messages += [paused, stuck]
    fixture.worker._exit_stuck(stuck, message("detect_shots"), TooCostly("The task is too costly."))
    assert (exits, fixture.queue.deleted, fixture.queue.released_after_s) == ([1], [], [0])


# The program


def test_the_program_begins_with_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TASK_QUEUE_URL", raising=False)
    monkeypatch.setattr("gpu_tasks.engines.thread_budget.limit_openmp_threads", lambda: None)
    with pytest.raises(ValidationError, match="TASK_QUEUE_URL"):
        runpy.run_path(worker_module.__file__, run_name="__main__")


def test_the_program_stops_its_worker_on_both_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, handlers = list[str](), dict[int, Callable[..., None]]()
    engines = SimpleNamespace(profile="cpu", warm_up=list)
    worker = SimpleNamespace(
        stop=lambda: calls.append("stop"), run=lambda: calls.append("run"), runner=SimpleNamespace(engines=engines)
    )
    monkeypatch.setenv("TASK_QUEUE_URL", LIVE)
    monkeypatch.setattr(worker_module, "build_worker", lambda _: worker)
    monkeypatch.setattr(worker_module, "limit_openmp_threads", lambda: None)
    monkeypatch.setattr(signal, "signal", lambda number, handler: handlers.update({number: handler}))
    worker_module.main()
    for number in (signal.SIGTERM, signal.SIGINT):
        handlers[number](number, None)
    assert calls == ["run", "stop", "stop"]
