"""The limit of a task ends at its last second, and a task is stuck after twice its limit."""

from __future__ import annotations

import pytest

from gpu_tasks.task_errors import TooCostly
from gpu_tasks.task_time import Stopwatch, TimeLimit
from gpu_tasks.task_turns import TaskTurns

LIMIT = TimeLimit("analyze_chunk", estimate_s=5.0, limit_s=100.0)


def test_a_task_may_use_the_whole_of_its_limit() -> None:
    LIMIT.check(100.0)
    with pytest.raises(TooCostly, match=r"after 101 s. Its limit is 100 s; 5 s were estimated"):
        LIMIT.check(100.6)


@pytest.mark.parametrize(("elapsed_s", "is_stuck"), [(0.0, False), (199.0, False), (200.0, False), (200.5, True)])
def test_a_task_that_does_not_report_is_stuck_after_twice_its_limit(elapsed_s: float, is_stuck: bool) -> None:
    assert LIMIT.is_stuck(elapsed_s) is is_stuck


def test_a_stopwatch_starts_at_zero() -> None:
    assert Stopwatch(lambda: 12.0).elapsed_s == 0.0


@pytest.mark.parametrize(("is_bulk", "slice_s"), [(True, 2.0), (False, 20.0)])
def test_a_slice_is_over_at_its_last_second_and_the_next_one_begins_then(is_bulk: bool, slice_s: float) -> None:
    now, looked = [0.0], list[float]()

    def run_other() -> bool:
        looked.append(now[0])
        return False

    turns = TaskTurns(Stopwatch(lambda: now[0]), 20.0, is_bulk, run_other)
    for tenth in range(410):
        now[0] = tenth / 10
        turns()
    assert looked == [number * slice_s for number in range(1, int(40 / slice_s) + 1)]


def test_a_bulk_task_looks_for_live_tasks_no_less_often_than_a_live_task() -> None:
    now, looked = [0.0], list[float]()
    turns = TaskTurns(Stopwatch(lambda: now[0]), 0.5, True, lambda: bool(looked.append(now[0])))
    for tenth in range(11):
        now[0] = tenth / 10
        turns()
    assert looked == [0.5, 1.0]
