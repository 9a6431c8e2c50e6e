"""Work that a crash has interrupted is resumed once, with a limited number of attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.analysis.domain.run import ATTEMPTS_MAX
from cinedex.analysis.usecases.resume_analyses import EVENT_DELAY_MAX, FETCH_DURATION_MAX, UPLOAD_DURATION_MAX
from cinedex.kernel.errors import InternalError, MediaError, Unavailable
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import UploadStatus
from cinedex.library.usecases.upload_video import VideoDetails

from tests.support.memory.app_fixture import MINE, InMemoryApp

NOTHING = {"uploads_settled": 0, "runs_resumed": 0, "videos_ended": 0}
URL = "https://media.test/clip.mp4"
A_MOMENT = timedelta(seconds=1)


def wait(memory_app: InMemoryApp, patience: timedelta) -> None:
    memory_app.clock.at += patience + A_MOMENT


# Runs


def test_an_interrupted_run_continues_in_its_next_attempt(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started()
    memory_app.runner.crash()
    wait(memory_app, EVENT_DELAY_MAX)
    assert memory_app.resume()["runs_resumed"] == 1
    assert memory_app.runner.executions == {f"{run.run_id}-1": False, f"{run.run_id}-2": True}


def test_a_resumed_run_is_not_started_again(memory_app: InMemoryApp) -> None:
    memory_app.started()
    memory_app.runner.crash()
    wait(memory_app, EVENT_DELAY_MAX)
    memory_app.resume()
    assert memory_app.resume() == NOTHING
    assert len(memory_app.runner.executions) == 2


def test_a_run_in_progress_is_left_alone(memory_app: InMemoryApp) -> None:
    memory_app.started()
    wait(memory_app, EVENT_DELAY_MAX)
    assert memory_app.resume() == NOTHING


def test_a_young_run_may_be_about_to_start(memory_app: InMemoryApp) -> None:
    memory_app.started()
    memory_app.runner.crash()
    assert memory_app.resume() == NOTHING


def test_a_run_that_was_started_before_the_clock_was_set_back_is_resumed(memory_app: InMemoryApp) -> None:
    memory_app.clock.advance(days=4)
    memory_app.started()
    memory_app.clock.advance(days=-4)
    memory_app.runner.crash()
    assert memory_app.resume()["runs_resumed"] == 1


def test_after_a_restart_nothing_is_about_to_start(memory_app: InMemoryApp) -> None:
    memory_app.started()
    memory_app.runner.crash()
    assert memory_app.resume(after_restart=True)["runs_resumed"] == 1


def test_a_run_whose_start_was_lost_is_started_without_counting_an_interruption(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started()
    memory_app.runner.executions.clear()
    wait(memory_app, EVENT_DELAY_MAX)
    memory_app.resume()
    assert memory_app.runner.executions == {f"{run.run_id}-1": True}
    assert memory_app.runs.list_open() == [run]


def test_a_run_that_was_closed_meanwhile_is_not_started(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, run = memory_app.started()
    memory_app.runner.executions.clear()
    memory_app.runs.close(run.video_id, run.run_id)
    monkeypatch.setattr(memory_app.runs, "list_open", lambda: [run])
    wait(memory_app, EVENT_DELAY_MAX)
    memory_app.resume()
    assert memory_app.runner.executions == {}


def test_a_finished_run_is_not_resumed(memory_app: InMemoryApp) -> None:
    memory_app.analysed()
    memory_app.runner.crash()
    assert memory_app.resume(after_restart=True) == NOTHING


def test_a_run_that_is_cut_short_again_and_again_is_given_up(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.started(Feature.TRANSCRIPT)
    for _ in range(ATTEMPTS_MAX - 1):
        memory_app.runner.crash()
        wait(memory_app, EVENT_DELAY_MAX)
        assert memory_app.resume()["runs_resumed"] == 1
    memory_app.runner.crash()
    assert memory_app.resume() == NOTHING
    failed = memory_app.now(video).feature(Feature.TRANSCRIPT)
    assert failed.status is FeatureStatus.FAILED
    assert failed.error == f"The analysis was interrupted {ATTEMPTS_MAX} times."
    assert memory_app.runs.list_open() == []


def test_a_run_outlives_more_restarts_of_the_stack_than_it_has_attempts(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started(Feature.TRANSCRIPT)
    for _ in range(2 * ATTEMPTS_MAX):
        memory_app.runner.crash()
        assert memory_app.resume(after_restart=True)["runs_resumed"] == 1
    (resumed,) = memory_app.runs.list_open()
    assert (resumed.run_id, resumed.attempt, resumed.restarts) == (run.run_id, 2 * ATTEMPTS_MAX + 1, 2 * ATTEMPTS_MAX)


def test_a_run_that_another_scan_has_resumed_is_not_counted(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory_app.started()
    memory_app.runner.crash()
    monkeypatch.setattr(memory_app.runs, "advance", lambda run: False)
    assert memory_app.resume(after_restart=True) == NOTHING
    assert True not in memory_app.runner.executions.values()


def test_a_resumed_run_ends_with_everything_ready(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started()
    memory_app.begin(*memory_app.order(run))
    memory_app.plan_chunks(run)
    memory_app.runner.crash()
    memory_app.resume(after_restart=True)
    memory_app.run_analysis(memory_app.runs.get(run.video_id, run.run_id))
    assert memory_app.now(run).feature(Feature.EMBEDDINGS).status is FeatureStatus.READY


# Uploads


def test_a_file_whose_event_was_lost_is_found(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    wait(memory_app, EVENT_DELAY_MAX)
    assert memory_app.resume()["uploads_settled"] == 1
    assert memory_app.now(video).status is UploadStatus.UPLOADED


def test_an_event_may_still_be_on_its_way(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    assert memory_app.resume() == NOTHING
    assert memory_app.probe.calls == 0


def test_after_a_restart_no_event_is_on_its_way(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    memory_app.resume(after_restart=True)
    assert memory_app.now(video).status is UploadStatus.UPLOADED


def test_a_found_file_that_is_no_video_fails(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    memory_app.probe.answer = MediaError("unsupported_media", "This is no video.")
    memory_app.resume(after_restart=True)
    assert memory_app.now(video).error_code == "unsupported_media"


def test_an_upload_in_progress_is_left_alone_for_a_day(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.clock.at += UPLOAD_DURATION_MAX
    assert memory_app.resume() == NOTHING
    assert memory_app.now(video).status is UploadStatus.UPLOADING


def test_an_upload_that_is_never_finished_expires_with_a_reason(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    wait(memory_app, UPLOAD_DURATION_MAX)
    memory_app.resume()
    after = memory_app.now(video)
    assert (after.status, after.error_code) == (UploadStatus.FAILED, "upload_expired")
    assert after.error == "The upload was not finished within 24 hours."


def test_the_parts_of_an_upload_that_expires_are_deleted(memory_app: InMemoryApp) -> None:
    details, size_bytes = VideoDetails(), 40 * 1024**2
    video, upload = memory_app.upload.create_presigned_upload(MINE, details, "clip.mp4", size_bytes)
    memory_app.media.send(upload.parts[0].url, b"the first part")
    memory_app.resume()
    assert memory_app.media.uploads
    wait(memory_app, UPLOAD_DURATION_MAX)
    memory_app.resume()
    assert memory_app.now(video).error_code == "upload_expired"
    assert memory_app.media.uploads == {}


def test_an_interrupted_download_is_requested_again(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL)
    wait(memory_app, FETCH_DURATION_MAX)
    memory_app.resume()
    assert memory_app.fetcher.requested == [(video.account_id, video.video_id, URL)]


def test_a_download_in_progress_is_not_doubled(memory_app: InMemoryApp) -> None:
    memory_app.uploading(source=URL)
    wait(memory_app, EVENT_DELAY_MAX)
    assert memory_app.resume() == NOTHING
    assert memory_app.fetcher.requested == []


def test_after_a_restart_every_download_was_cut_short(memory_app: InMemoryApp) -> None:
    memory_app.uploading(source=URL)
    wait(memory_app, UPLOAD_DURATION_MAX)
    memory_app.resume(after_restart=True)
    assert len(memory_app.fetcher.requested) == 1


def test_a_download_that_never_comes_to_an_end_is_not_repeated_for_ever(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL)
    wait(memory_app, UPLOAD_DURATION_MAX)
    memory_app.resume()
    assert memory_app.fetcher.requested == []
    after = memory_app.now(video)
    assert (after.error_code, after.error) == ("internal_error", "The download was not finished within 24 hours.")


@pytest.mark.parametrize("failure", [InternalError(), Unavailable("The store is down.")])
def test_a_file_that_cannot_be_probed_for_a_day_fails_as_an_internal_error(
    memory_app: InMemoryApp, failure: Unavailable
) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    memory_app.probe.answer = failure
    wait(memory_app, EVENT_DELAY_MAX)
    assert memory_app.resume() == NOTHING
    assert memory_app.now(video).status is UploadStatus.UPLOADING
    wait(memory_app, UPLOAD_DURATION_MAX)
    assert memory_app.resume()["uploads_settled"] == 1
    assert memory_app.now(video).error_code == "internal_error"


def test_a_file_found_after_a_restart_is_not_given_up_at_its_first_look(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    memory_app.probe.answer = InternalError()
    wait(memory_app, UPLOAD_DURATION_MAX)
    assert memory_app.resume(after_restart=True) == NOTHING
    assert memory_app.now(video).status is UploadStatus.UPLOADING


def test_one_file_that_cannot_be_probed_now_does_not_delay_other_work(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    memory_app.probe.answer = Unavailable("The store is down.")
    memory_app.started()
    memory_app.runner.crash()
    assert memory_app.resume(after_restart=True) == NOTHING | {"runs_resumed": 1}
    assert memory_app.now(video).status is UploadStatus.UPLOADING


def test_an_upload_deleted_meanwhile_keeps_nothing_else_waiting(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, waiting = memory_app.uploading(), memory_app.uploading()
    memory_app.videos.delete(gone.account_id, gone.video_id)
    monkeypatch.setattr(memory_app.videos, "list_uploading", lambda: [gone, waiting])
    wait(memory_app, UPLOAD_DURATION_MAX)
    assert memory_app.resume()["uploads_settled"] == 1
    assert memory_app.now(waiting).error_code == "upload_expired"


# Times


@pytest.mark.parametrize(("minutes", "resumed"), [(4.99, 0), (5, 1), (5.01, 1), (-4.99, 0), (-5, 1)])
def test_a_run_is_recent_for_five_minutes(memory_app: InMemoryApp, minutes: float, resumed: int) -> None:
    memory_app.started()
    memory_app.runner.crash()
    memory_app.clock.advance(minutes=minutes)
    assert memory_app.resume()["runs_resumed"] == resumed


@pytest.mark.parametrize(("minutes", "settled"), [(4.99, 0), (5, 1), (-5, 1)])
def test_the_event_of_a_file_is_waited_for_five_minutes(memory_app: InMemoryApp, minutes: float, settled: int) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    memory_app.clock.advance(minutes=minutes)
    assert memory_app.resume()["uploads_settled"] == settled


@pytest.mark.parametrize(("minutes", "requested"), [(19.99, 0), (20, 0), (20.01, 1), (24 * 60, 1), (24 * 60 + 1, 0)])
def test_a_download_is_requested_again_after_twenty_minutes_and_for_a_day(
    memory_app: InMemoryApp, minutes: float, requested: int
) -> None:
    memory_app.uploading(source=URL)
    memory_app.clock.advance(minutes=minutes)
    assert memory_app.resume()["uploads_settled"] == (1 if minutes > 20 else 0)
    assert len(memory_app.fetcher.requested) == requested


@pytest.mark.parametrize(("hours", "status"), [(24, UploadStatus.UPLOADING), (24.01, UploadStatus.FAILED)])
def test_an_upload_may_take_a_day(memory_app: InMemoryApp, hours: float, status: UploadStatus) -> None:
    video = memory_app.uploading()
    memory_app.clock.advance(hours=hours)
    memory_app.resume()
    assert memory_app.now(video).status is status


@pytest.mark.parametrize("hours", [24, 24.01])
def test_a_file_that_cannot_be_probed_is_given_up_after_a_day(memory_app: InMemoryApp, hours: float) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    memory_app.probe.answer = InternalError()
    memory_app.clock.advance(hours=hours)
    memory_app.resume()
    after = memory_app.now(video)
    assert after.error == (None if hours == 24 else "The file could not be probed within 24 hours.")


def test_an_upload_whose_file_is_not_there_after_a_restart_still_expires(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    wait(memory_app, UPLOAD_DURATION_MAX)
    assert memory_app.resume(after_restart=True)["uploads_settled"] == 1
    assert memory_app.now(video).error_code == "upload_expired"


def test_a_young_upload_without_its_file_is_left_alone_after_a_restart(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    assert memory_app.resume(after_restart=True) == NOTHING
    assert memory_app.now(video).status is UploadStatus.UPLOADING


def test_a_file_that_is_registered_meanwhile_is_not_counted(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"bytes"
    monkeypatch.setattr(type(memory_app.resume.register), "__call__", lambda *_: None)
    assert memory_app.resume(after_restart=True) == NOTHING


def test_a_run_is_tried_six_times() -> None:
    assert ATTEMPTS_MAX == 6
