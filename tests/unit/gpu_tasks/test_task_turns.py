"""A long task lets waiting live tasks run, and none runs longer than its limit; on a clock that only tests move."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from cinedex.analysis.domain.task_message import TaskCost, TaskMessage, TaskResult
from cinedex.kernel.span import span
from cinedex.library.domain.segmenting import Chunk

from gpu_tasks.media_cache import MediaCache
from gpu_tasks.task_queue import QueuedMessage, TaskQueue
from gpu_tasks.task_run import TaskRun
from gpu_tasks.task_runner import TaskRunner
from gpu_tasks.task_table import TASKS
from gpu_tasks.task_time import HARD_FACTOR, Stopwatch, TimeLimits
from gpu_tasks.task_turns import BULK_SLICE_S
from gpu_tasks.worker import TASKS_MAX, Worker
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, message
from tests.unit.gpu_tasks.test_worker import (
    BULK,
    LIVE,
    NoMedia,
    NoProgress,
    RecordedCallback,
    RecordedQueue,
    logged_keys,
)

SLICE_S = 20.0
CHUNK = Chunk(index=0, span=span(0, 120), first_segment=0, segment_count=1)
COST = TaskCost(per_s=0.5, video_s=1000.0)


@dataclass
class Turns:
    """A worker whose tasks take `steps` seconds each, one after the other; `log` has what ran and when."""

    monkeypatch: pytest.MonkeyPatch
    now_s: float = 0.0
    log: list[tuple[str, float]] = field(default_factory=list)
    queue: RecordedQueue = field(default_factory=RecordedQueue)
    callback: RecordedCallback = field(default_factory=RecordedCallback)

    def __post_init__(self) -> None:
        limits = TimeLimits(factor=20.0, seconds_min=600.0)
        media, clock = cast(MediaCache, NoMedia()), lambda: self.now_s
        runner = TaskRunner(media, MemoryResultStore(), NoProgress(), FakeEngines(), limits, clock)
        self.worker = Worker(cast(TaskQueue, self.queue), self.callback, runner, heartbeat_s=60.0, slice_s=SLICE_S)
        for name in TASKS:
            self.monkeypatch.setitem(cast(Any, TASKS), name, self._work)

    def _work(self, run: TaskRun) -> TaskResult:
        video_id, seconds = run.message.video_id, int(run.message.options["seconds"])
        self.log.append((f"{video_id} begins", self.now_s))
        for _ in range(seconds):
            self.now_s += 1
            run.report(0.5)
        self.log.append((f"{video_id} ends", self.now_s))
        return TaskResult(results={})

    def queued(self, video_id: str, seconds: int, url: str = LIVE, **fields: Any) -> QueuedMessage:
        task = fields.pop("task", "transcribe_speech")
        body = message(task, video_id=video_id, options={"seconds": seconds}, **fields).model_dump_json()
        return QueuedMessage(body, video_id, "receipt", url)

    def at(self, what: str) -> float:
        return dict(self.log)[what]

    def run_in_threads(self, count: int, live_count: int) -> None:
        """Each thread receives one bulk task, and live tasks whenever it can be paused, until all are done."""
        films = [self.queued(f"film {n}", 1, BULK) for n in range(count)]
        clips = [self.queued(f"clip {n}", 1) for n in range(live_count)]
        ended = threading.Barrier(count, self.worker.stopping.set)

        def receive() -> QueuedMessage | None:
            if films:
                return films.pop()
            ended.wait()
            return None

        self.monkeypatch.setattr(self.queue, "receive", receive, raising=False)
        self.monkeypatch.setattr(self.queue, "receive_live", lambda: clips.pop() if clips else None)
        self.worker.slice_s, self.worker.tasks_at_once = 0.0, count
        self.worker.run()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    return Turns(monkeypatch)


# Turns


CHUNK_OF_A_FILM = {"task": "analyze_chunk", "chunk": CHUNK}


@pytest.mark.parametrize("fields", [{}, CHUNK_OF_A_FILM], ids=["a whole video", "a chunk"])
def test_a_clip_behind_a_long_bulk_video_waits_for_one_slice(turns: Turns, fields: dict[str, Any]) -> None:
    turns.queue.waiting = [turns.queued("clip", 8)]
    turns.worker.process(turns.queued("film", 3600, BULK, **fields))
    assert turns.at("clip begins") == BULK_SLICE_S
    assert turns.at("film ends") == 3608
    assert turns.queue.deleted == ["clip", "film"]


def test_a_bulk_task_is_paused_for_all_live_tasks_that_wait(turns: Turns) -> None:
    turns.queue.waiting = [turns.queued(f"clip {n}", 8) for n in range(3)]
    turns.worker.process(turns.queued("film", 100, BULK))
    assert [turns.at(f"clip {n} begins") for n in range(3)] == [2, 10, 18]


@pytest.mark.parametrize("fields", [{}, CHUNK_OF_A_FILM], ids=["a whole video", "a chunk"])
def test_live_tasks_take_turns_with_a_long_live_task(turns: Turns, fields: dict[str, Any]) -> None:
    turns.queue.waiting = [turns.queued(f"clip {n}", 8) for n in range(2)]
    turns.worker.process(turns.queued("film", 100, **fields))
    assert [turns.at(f"clip {n} begins") for n in range(2)] == [SLICE_S, SLICE_S + 8 + SLICE_S]


def test_a_bulk_task_is_never_taken_between_two_steps(turns: Turns) -> None:
    turns.queue.waiting = [turns.queued("other film", 8, BULK)]
    turns.worker.process(turns.queued("film", 100, BULK))
    assert turns.log == [("film begins", 0), ("film ends", 100)]


def test_a_worker_begins_a_limited_number_of_tasks(turns: Turns) -> None:
    turns.queue.waiting = [turns.queued(f"film {n}", 100) for n in range(5)]
    turns.worker.process(turns.queued("film", 100, BULK))
    begun = ended = most = 0
    for what, _ in turns.log:
        begun, ended = begun + what.endswith("begins"), ended + what.endswith("ends")
        most = max(most, begun - ended)
    assert (most, begun) == (TASKS_MAX, 6)


@pytest.mark.parametrize("tasks_at_once", [2, 3])
def test_a_live_task_does_not_wait_because_other_threads_have_begun_tasks(turns: Turns, tasks_at_once: int) -> None:
    turns.worker.tasks_at_once = tasks_at_once
    of_others = [turns.queued(f"other {n}", 100, BULK) for n in range((tasks_at_once - 1) * TASKS_MAX)]
    turns.worker.current_messages.extend(of_others)
    turns.queue.waiting = [turns.queued("live film", 100), turns.queued("clip", 8)]
    turns.worker.process(turns.queued("film", 100, BULK))
    assert turns.at("live film begins") == BULK_SLICE_S
    assert turns.at("clip begins") == BULK_SLICE_S + SLICE_S
    assert turns.worker.current_messages == of_others


@pytest.mark.parametrize("tasks_at_once", [2, 3])
def test_each_thread_of_a_worker_begins_as_many_tasks(turns: Turns, tasks_at_once: int) -> None:
    """The last task of each thread waits until those of the others have begun."""
    all_at_work, of_thread = threading.Barrier(tasks_at_once, timeout=30), threading.local()
    most: list[int] = []

    def work(run: TaskRun) -> TaskResult:
        of_thread.begun = getattr(of_thread, "begun", 0) + 1
        if of_thread.begun < TASKS_MAX:
            run.report(0.5)
        else:
            all_at_work.wait()
            most.append(len(turns.worker.current_messages))
            all_at_work.wait()
        return TaskResult(results={})

    turns.monkeypatch.setitem(cast(Any, TASKS), "transcribe_speech", work)
    turns.run_in_threads(tasks_at_once, live_count=tasks_at_once * (TASKS_MAX - 1))
    assert most == [tasks_at_once * TASKS_MAX] * tasks_at_once
    assert turns.callback.failures == []


def test_a_stopping_worker_gives_back_all_tasks_that_it_has_begun(turns: Turns) -> None:
    def stop(run: TaskRun) -> TaskResult:
        turns.worker.stopping.set()
        run.report(0.5)
        raise AssertionError

    turns.monkeypatch.setitem(cast(Any, TASKS), "detect_shots", stop)
    turns.queue.waiting = [turns.queued("clip", 8, task="detect_shots")]
    turns.worker.process(turns.queued("film", 100, BULK))
    assert (turns.queue.released_after_s, turns.queue.deleted) == ([0, 0], [])
    assert turns.callback.successes == []


def test_log_entries_have_the_ids_of_the_task_that_continues(turns: Turns) -> None:
    seen: list[Any] = []

    def note(run: TaskRun) -> TaskResult:
        for _ in range(30):
            turns.now_s += 1
            run.report(0.5)
        seen.append(logged_keys().get("video_id"))
        return TaskResult(results={})

    turns.monkeypatch.setitem(cast(Any, TASKS), "detect_shots", note)
    turns.queue.waiting = [turns.queued("clip", 1)]
    turns.worker.process(turns.queued("film", 1, task="detect_shots"))
    assert seen == ["film"]
    assert "video_id" not in logged_keys()


# Limits


def test_a_task_fails_by_name_beyond_its_limit(turns: Turns) -> None:
    turns.worker.process(turns.queued("bomb", 5000, task="analyze_chunk", chunk=CHUNK, cost=COST))
    ((error, cause),) = turns.callback.failures
    assert error == "TooCostly"
    assert cause == ("The task analyze_chunk was stopped after 1201 s. Its limit is 1200 s; 60 s were estimated.")
    assert turns.queue.deleted == ["bomb"]


@pytest.mark.parametrize(
    ("fields", "limit_s"),
    [
        ({"chunk": CHUNK, "cost": COST}, 1200.0),
        ({"chunk": CHUNK, "cost": TaskCost(per_s=0.01, video_s=1000.0)}, 600.0),
        ({"cost": COST}, 10_000.0),
        ({}, float("inf")),
    ],
    ids=["a chunk", "a cheap chunk has a minimum", "a whole video", "an earlier version sends no cost"],
)
def test_the_limit_of_a_task_follows_its_estimate(fields: dict[str, Any], limit_s: float) -> None:
    task = message("analyze_chunk", **fields)
    assert TimeLimits(factor=20.0, seconds_min=600.0).of(task).limit_s == limit_s


def test_the_result_of_a_task_has_its_seconds_to_the_thousandth(turns: Turns) -> None:
    def work(run: TaskRun) -> TaskResult:
        turns.now_s += 1.23456
        return TaskResult(results={})

    turns.monkeypatch.setitem(cast(Any, TASKS), "detect_shots", work)
    turns.worker.process(turns.queued("clip", 0, task="detect_shots"))
    assert [result.elapsed_s for result in turns.callback.successes] == [1.235]


def test_the_time_of_a_task_in_between_does_not_count(turns: Turns) -> None:
    cheap = TaskCost(per_s=0.01, video_s=10.0)
    turns.queue.waiting = [turns.queued("film", 5000)]
    turns.worker.process(turns.queued("clip", 300, BULK, cost=cheap))
    assert turns.callback.failures == []
    assert turns.at("clip ends") == 5300


def test_a_stopwatch_counts_nothing_while_it_is_paused() -> None:
    now = [10.0]
    watch = Stopwatch(lambda: now[0])
    now[0] = 13.0
    with watch.paused():
        now[0] = 100.0
        assert watch.elapsed_s == 3.0
    now[0] = 101.0
    assert watch.elapsed_s == 4.0


def test_a_task_that_does_not_report_ends_the_worker_and_fails_by_name(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    exits: list[int] = []
    monkeypatch.setattr(os, "_exit", exits.append)
    turns.worker.heartbeat_s = 0.001

    def hang(run: TaskRun) -> TaskResult:
        turns.now_s += HARD_FACTOR * 1200.0 + 1
        wait_until(lambda: bool(exits))
        return TaskResult(results={})

    monkeypatch.setitem(cast(Any, TASKS), "analyze_chunk", hang)
    paused = turns.queued("film", 1, BULK)
    turns.worker.current_messages.append(paused)
    turns.worker.process(turns.queued("bomb", 1, task="analyze_chunk", chunk=CHUNK, cost=COST))
    assert exits == [1]
    assert turns.callback.failures[0][0] == "TooCostly"
    assert turns.queue.deleted[0] == "bomb"
    assert turns.queue.released_after_s == [0]


def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():
        pass


def test_a_message_of_an_earlier_version_is_read() -> None:
    assert TaskMessage.model_validate_json(message("detect_shots").model_dump_json(exclude={"cost"})).cost is None
