"""The daily budget of minutes of video: what is over it waits, and begins on a later day. Each video has a minute."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.usecases.start_analysis import AnalysisRequest
from cinedex.kernel.errors import VideoBudgetExceeded
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def used_minutes(app: InMemoryApp, account_id: str = MINE) -> float:
    return app.charge.today(account_id).used_minutes


def is_waiting(app: InMemoryApp, video: Video) -> bool:
    return app.now(video).feature(Feature.TRANSCRIPT).waiting_reason is not None


def started(app: InMemoryApp, count: int, account_id: str = MINE) -> list[tuple[Video, AnalysisRun]]:
    runs = []
    for _ in range(count):
        runs.append(app.analysing(app.uploaded(account_id=account_id)))
        app.clock.advance(seconds=1)
    return runs


def day_after(app: InMemoryApp) -> None:
    app.clock.at = app.clock.at.replace(hour=0, minute=0, second=0, microsecond=0)
    app.clock.advance(days=1)


def test_an_analysis_over_the_budget_waits_and_says_why_and_until_when(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    memory_app.limit_video_minutes(1)
    with caplog.at_level(logging.WARNING):
        (_, first), (video, waiting) = started(memory_app, 2)
    state = memory_app.follow(memory_app.now(video))[Feature.TRANSCRIPT]
    assert (state.status, state.waiting_since) == (FeatureStatus.PENDING, waiting.started_at)
    assert state.waiting_reason == (
        "The daily budget of 1 minutes of video of this account is used up."
        " The analysis begins after midnight UTC, when its turn has come."
    )
    assert state.resumes_at == MIDNIGHT
    assert list(memory_app.runner.executions) == [first.execution_name]
    assert [r.message for r in caplog.records] == ["the daily budget of video minutes is used up"]


def test_the_budget_of_another_account_is_another_one(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(1)
    started(memory_app, 1)
    (video, _) = started(memory_app, 1, YOURS)[0]
    assert not is_waiting(memory_app, video)


def test_analyses_that_waited_begin_after_midnight_the_oldest_first_up_to_the_budget(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(2)
    runs = [run for _, run in started(memory_app, 5)]
    assert memory_app.resume()["runs_resumed"] == 0
    day_after(memory_app)
    assert memory_app.resume()["runs_resumed"] == 2
    assert list(memory_app.runner.executions) == [f"{run.run_id}-1" for run in runs[:4]]
    assert memory_app.resume(after_restart=True)["runs_resumed"] == 0
    day_after(memory_app)
    memory_app.resume()
    assert memory_app.runner.executions[f"{runs[4].run_id}-1"]


def test_an_analysis_that_waited_is_computed_and_waits_no_longer(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(1)
    _, (video, _) = started(memory_app, 2)
    day_after(memory_app)
    memory_app.resume()
    memory_app.run_analysis(memory_app.runs.list_of(video.video_id)[0])
    states = memory_app.follow(memory_app.now(video))
    assert states[Feature.EMBEDDINGS].status is FeatureStatus.READY
    assert {(s.waiting_reason, s.resumes_at) for s in states.values()} == {(None, None)}


def test_a_higher_limit_lets_waiting_analyses_begin_on_the_same_day(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(1)
    started(memory_app, 2)
    memory_app.limit_video_minutes(2)
    assert memory_app.resume()["runs_resumed"] == 1


def test_a_video_is_charged_once_a_day_whichever_features_are_computed(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(1)
    video = memory_app.uploaded()
    for feature in (Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.EMBEDDINGS):
        memory_app.run_analysis(memory_app.analysing(video, feature)[1])
    assert memory_app.now(video).feature(Feature.EMBEDDINGS).status is FeatureStatus.READY
    assert used_minutes(memory_app) == 1


def test_a_forced_analysis_is_charged_again_and_what_is_computed_from_it_is_not(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(10)
    video = memory_app.analysed()
    assert used_minutes(memory_app) == 1
    memory_app.run_analysis(memory_app.analysing(video, Feature.TRANSCRIPT, force=True)[1])
    memory_app.run_analysis(memory_app.analysing(video, Feature.EMBEDDINGS)[1])
    assert used_minutes(memory_app) == 2
    day_after(memory_app)
    memory_app.run_analysis(memory_app.analysing(video, Feature.TRANSCRIPT, force=True)[1])
    memory_app.run_analysis(memory_app.analysing(video, Feature.EMBEDDINGS)[1])
    assert used_minutes(memory_app) == 1


def test_attempts_after_a_crash_are_not_charged_not_even_on_the_next_day(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(1)
    started(memory_app, 1)
    memory_app.runner.crash()
    memory_app.clock.advance(minutes=10)
    assert memory_app.resume()["runs_resumed"] == 1
    assert used_minutes(memory_app) == 1
    day_after(memory_app)
    memory_app.runner.crash()
    assert memory_app.resume()["runs_resumed"] == 1
    assert used_minutes(memory_app) == 0


def test_a_ready_feature_is_not_computed_again_over_the_budget_and_stays_ready(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(1)
    video = memory_app.analysed()
    with pytest.raises(VideoBudgetExceeded, match="after midnight UTC") as refused:
        memory_app.start.analyze(MINE, video.video_id, AnalysisRequest((Feature.TRANSCRIPT,), force=True))
    assert (refused.value.resets_at, refused.value.retry_after_s) == (MIDNIGHT, 12 * 3600)
    assert memory_app.now(video) == video
    assert memory_app.runs.list_open() == []


def test_a_video_longer_than_the_budget_is_analysed_when_nothing_else_is(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(0.5)
    (video, _), (other, _) = started(memory_app, 2)
    assert [is_waiting(memory_app, v) for v in (video, other)] == [False, True]


def test_without_a_limit_minutes_are_counted_and_nothing_waits(memory_app: InMemoryApp) -> None:
    assert not any(is_waiting(memory_app, video) for video, _ in started(memory_app, 3))
    assert used_minutes(memory_app) == 3
    assert memory_app.charge.today(MINE).minutes_max is None


def test_a_waiting_analysis_whose_file_was_replaced_is_dropped_and_not_charged(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(1)
    _, (video, _) = started(memory_app, 2)
    memory_app.media.files[video.media.key] = b"other bytes"
    found = memory_app.media.find(video.media.key)
    assert found is not None
    memory_app.register(found)
    day_after(memory_app)
    assert memory_app.resume()["runs_resumed"] == 0
    assert used_minutes(memory_app) == 0
    assert memory_app.runs.list_of(video.video_id) == []


def test_a_deleted_video_waits_for_no_budget(memory_app: InMemoryApp) -> None:
    memory_app.limit_video_minutes(1)
    _, (video, _) = started(memory_app, 2)
    memory_app.delete(MINE, video.video_id)
    day_after(memory_app)
    assert memory_app.resume()["runs_resumed"] == 0
    assert used_minutes(memory_app) == 0
