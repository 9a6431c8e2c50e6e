"""Ten thousand analyses of one account: none is lost, and those of another account do not wait for them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Set
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cinedex.adapters.aws_errors import FAILURES
from cinedex.analysis.domain.account_turns import in_turns
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.usecases.resume_analyses import EVENT_DELAY_MAX, LISTED_MIN, ResumeAnalyses
from cinedex.analysis.usecases.start_analysis import AnalysisRequest
from cinedex.kernel.errors import StoreUnavailable
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video

from local.emulator.fair_queue import _turn
from tests.support.memory.app_fixture import EVERYTHING, MINE, YOURS, InMemoryApp
from tests.support.memory.scenario import MemoryAnalysisRunner
from tests.support.ticking_clock import TickingClock

MANY = 10_000
WORKERS = 4


class ThrottlingRunner(MemoryAnalysisRunner):
    """Step Functions with a quota of starts, of which `left` are left."""

    left = 0
    looked_at = 0

    def start(self, run: AnalysisRun) -> None:
        if self.left < 1:
            raise StoreUnavailable
        self.left -= 1
        super().start(run)

    def is_running(self, run: AnalysisRun) -> bool:
        self.looked_at += 1
        return super().is_running(run)


@pytest.fixture
def throttled(memory_app: InMemoryApp) -> ThrottlingRunner:
    runner = ThrottlingRunner()
    memory_app.runner = runner
    memory_app._wire_machine()
    memory_app._wire_reading()
    return runner


def run_of(account_id: str, number: int, memory_app: InMemoryApp) -> AnalysisRun:
    video_id = f"{account_id}-{number}"
    generations = {Feature.TRANSCRIPT: 1}
    run_id = f"{video_id}-t1"
    started_at = memory_app.clock.now()
    return AnalysisRun(
        run_id=run_id, account_id=account_id, video_id=video_id, generations=generations, started_at=started_at
    )


def waiting(memory_app: InMemoryApp) -> list[AnalysisRun]:
    """Open runs without an execution: ten thousand of one account, and after them one of another."""
    runs = [run_of(MINE, number, memory_app) for number in range(MANY)] + [run_of(YOURS, 0, memory_app)]
    for run in runs:
        memory_app.runs._runs.write_together(memory_app.runs._runs.overwrite(run))
    memory_app.clock.at += 2 * EVENT_DELAY_MAX
    return runs


def test_accounts_take_turns_and_the_entries_of_each_stay_in_their_order() -> None:
    entries = [("a", 1), ("a", 2), ("b", 1), ("a", 3), ("c", 1), ("b", 2)]
    expected = [("a", 1), ("b", 1), ("c", 1), ("a", 2), ("b", 2), ("a", 3)]
    assert list(in_turns(entries, lambda entry: entry[0])) == expected
    assert list(in_turns([], str)) == []


def test_the_analysis_of_one_account_does_not_wait_for_ten_thousand_of_another(memory_app: InMemoryApp) -> None:
    runs = waiting(memory_app)
    resume = replace(memory_app.resume, now_s=TickingClock())
    assert resume(seconds_max=60)["runs_resumed"] < 100
    assert memory_app.runner.has_started(runs[-1])
    assert memory_app.runner.has_started(runs[0])


def test_ten_thousand_runs_in_progress_are_not_looked_at_one_by_one(
    memory_app: InMemoryApp, throttled: ThrottlingRunner
) -> None:
    runs = waiting(memory_app)
    throttled.executions = {run.execution_name: True for run in runs[1:]}
    throttled.left = 1
    assert memory_app.resume()["runs_resumed"] == 1
    assert throttled.looked_at == 1


def test_without_a_list_of_executions_each_run_is_looked_at(
    memory_app: InMemoryApp, throttled: ThrottlingRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Set[str]:
        raise StoreUnavailable

    throttled.left = 2 * LISTED_MIN
    for _ in range(LISTED_MIN):
        memory_app.started()
    monkeypatch.setattr(throttled, "running", refuse)
    memory_app.clock.at += 2 * EVENT_DELAY_MAX
    assert memory_app.resume()["runs_resumed"] == 0
    assert throttled.looked_at == LISTED_MIN


def uploads(memory_app: InMemoryApp, count: int) -> Iterator[Video]:
    return (memory_app.uploaded() for _ in range(count))


def test_starts_that_are_throttled_are_repeated_until_each_analysis_has_started_once(
    memory_app: InMemoryApp, throttled: ThrottlingRunner
) -> None:
    """More often than an interrupted analysis is attempted."""
    videos = list(uploads(memory_app, 80))
    for video in videos:
        assert memory_app.start.analyze(MINE, video.video_id, EVERYTHING).features
    assert throttled.executions == {}
    for _ in range(8):
        memory_app.clock.at += 2 * EVENT_DELAY_MAX
        throttled.left = 10
        assert memory_app.resume()["runs_resumed"] == 10
    assert sorted(throttled.executions) == sorted(run.execution_name for run in memory_app.runs.list_open())
    assert {run.attempt for run in memory_app.runs.list_open()} == {1}
    assert len(throttled.executions) == len(videos)


def test_an_error_of_the_vendor_does_not_end_the_sweep(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(run: AnalysisRun) -> bool:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "DescribeExecution")

    memory_app.started()
    memory_app.uploading(account_id=YOURS)
    monkeypatch.setattr(memory_app.runner, "is_running", fail)
    resume: ResumeAnalyses = replace(memory_app.resume, failures=FAILURES)
    memory_app.clock.advance(days=2)
    assert resume() == {"uploads_settled": 1, "runs_resumed": 0, "videos_ended": 0}


def test_the_task_of_one_account_is_the_next_after_ten_thousand_of_another() -> None:
    """The account with the fewest tasks at workers is next, as in the fair queues of SQS."""

    def task(group: str, visible_at: float = 0.0, received: int = 0) -> dict[str, Any]:
        return {"group_id": group, "receive_count": received, "visible_at": visible_at}

    at_workers = [task(MINE, time.time() + 1e6, received=1) for _ in range(WORKERS)]
    queue = {"name": "tasks", "messages": [*at_workers, *(task(MINE) for _ in range(MANY)), task(YOURS)]}
    ordered = sorted(queue["messages"], key=_turn(queue, {}))
    assert next(m for m in ordered if m["visible_at"] == 0.0)["group_id"] == YOURS


def test_a_request_does_not_fail_when_its_start_is_throttled(
    memory_app: InMemoryApp, throttled: ThrottlingRunner, caplog: pytest.LogCaptureFixture
) -> None:
    (video,) = uploads(memory_app, 1)
    started = memory_app.start.analyze(MINE, video.video_id, AnalysisRequest((Feature.TRANSCRIPT,)))
    assert started.video.feature(Feature.TRANSCRIPT).status.in_flight
    assert "the next sweep starts the analysis" in caplog.messages
