"""Work that a crash has cut short goes on, once, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.domain.errors import MediaError, Unavailable
from cinedex.domain.feature import Feature, FeatureStatus
from cinedex.domain.run import ATTEMPTS_MAX
from cinedex.domain.video import UploadStatus
from cinedex.usecases.resume_analyses import EVENT_PATIENCE, FETCH_PATIENCE, UPLOAD_PATIENCE

from tests.support.memory.house import House

NOTHING = {"uploads_settled": 0, "runs_resumed": 0}
URL = "https://media.test/clip.mp4"
A_MOMENT = timedelta(seconds=1)


def wait(house: House, patience: timedelta) -> None:
    house.clock.at += patience + A_MOMENT


# Runs


def test_an_interrupted_run_goes_on_under_its_next_attempt(house: House) -> None:
    _, run = house.started()
    house.runner.crash()
    wait(house, EVENT_PATIENCE)
    assert house.resume()["runs_resumed"] == 1
    assert house.runner.running == {f"{run.run_id}-1": False, f"{run.run_id}-2": True}


def test_a_run_that_goes_on_already_is_not_started_again(house: House) -> None:
    house.started()
    house.runner.crash()
    wait(house, EVENT_PATIENCE)
    house.resume()
    assert house.resume() == NOTHING
    assert len(house.runner.running) == 2


def test_a_run_in_progress_is_left_alone(house: House) -> None:
    house.started()
    wait(house, EVENT_PATIENCE)
    assert house.resume() == NOTHING


def test_a_young_run_may_be_about_to_start(house: House) -> None:
    house.started()
    house.runner.crash()
    assert house.resume() == NOTHING


def test_after_a_restart_nothing_is_about_to_start(house: House) -> None:
    house.started()
    house.runner.crash()
    assert house.resume(after_restart=True)["runs_resumed"] == 1


def test_a_run_whose_start_was_lost_is_started(house: House) -> None:
    _, run = house.started()
    house.runner.running.clear()
    wait(house, EVENT_PATIENCE)
    house.resume()
    assert house.runner.running == {f"{run.run_id}-2": True}


def test_a_finished_run_is_not_resumed(house: House) -> None:
    house.analysed()
    house.runner.crash()
    assert house.resume(after_restart=True) == NOTHING


def test_a_run_that_is_cut_short_again_and_again_is_given_up(house: House) -> None:
    video, _ = house.started(Feature.TRANSCRIPT)
    for _ in range(ATTEMPTS_MAX - 1):
        house.runner.crash()
        assert house.resume(after_restart=True)["runs_resumed"] == 1
    house.runner.crash()
    assert house.resume(after_restart=True) == NOTHING
    failed = house.now(video).feature(Feature.TRANSCRIPT)
    assert failed.status is FeatureStatus.FAILED
    assert failed.error == f"The analysis was interrupted {ATTEMPTS_MAX} times."
    assert house.runs.list_open() == []


def test_a_run_that_another_scan_has_taken_is_not_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.started()
    house.runner.crash()
    monkeypatch.setattr(house.runs, "advance", lambda run: False)
    assert house.resume(after_restart=True) == NOTHING
    assert True not in house.runner.running.values()


def test_a_resumed_run_ends_with_everything_ready(house: House) -> None:
    _, run = house.started()
    house.begin(*house.order(run))
    house.plan_chunks(run)
    house.runner.crash()
    house.resume(after_restart=True)
    house.play(house.runs.get(run.video_id, run.run_id))
    assert house.now(run).feature(Feature.EMBEDDINGS).status is FeatureStatus.READY


# Uploads


def test_a_file_whose_event_was_lost_is_found(house: House) -> None:
    video = house.uploading()
    house.media.files[video.media.key] = b"bytes"
    wait(house, EVENT_PATIENCE)
    assert house.resume()["uploads_settled"] == 1
    assert house.now(video).status is UploadStatus.UPLOADED


def test_an_event_may_still_be_on_its_way(house: House) -> None:
    video = house.uploading()
    house.media.files[video.media.key] = b"bytes"
    assert house.resume() == NOTHING
    assert house.probe.looks == 0


def test_after_a_restart_no_event_is_on_its_way(house: House) -> None:
    video = house.uploading()
    house.media.files[video.media.key] = b"bytes"
    house.resume(after_restart=True)
    assert house.now(video).status is UploadStatus.UPLOADED


def test_a_found_file_that_is_no_video_fails(house: House) -> None:
    video = house.uploading()
    house.media.files[video.media.key] = b"bytes"
    house.probe.answer = MediaError("unsupported_media", "This is no video.")
    house.resume(after_restart=True)
    assert house.now(video).error_code == "unsupported_media"


def test_an_upload_in_progress_is_left_alone_for_a_day(house: House) -> None:
    video = house.uploading()
    house.clock.at += UPLOAD_PATIENCE
    assert house.resume() == NOTHING
    assert house.now(video).status is UploadStatus.UPLOADING


def test_an_upload_that_is_never_finished_expires_with_a_reason(house: House) -> None:
    video = house.uploading()
    wait(house, UPLOAD_PATIENCE)
    house.resume()
    after = house.now(video)
    assert (after.status, after.error_code) == (UploadStatus.FAILED, "upload_expired")
    assert after.error == "The upload was not finished within 24 hours."


def test_a_download_that_was_cut_short_is_asked_for_again(house: House) -> None:
    video = house.uploading(source=URL)
    wait(house, FETCH_PATIENCE)
    house.resume()
    assert house.fetcher.requested == [(video.account_id, video.video_id, URL)]


def test_a_download_in_progress_is_not_doubled(house: House) -> None:
    house.uploading(source=URL)
    wait(house, EVENT_PATIENCE)
    assert house.resume() == NOTHING
    assert house.fetcher.requested == []


def test_after_a_restart_every_download_was_cut_short(house: House) -> None:
    house.uploading(source=URL)
    wait(house, UPLOAD_PATIENCE)
    house.resume(after_restart=True)
    assert len(house.fetcher.requested) == 1


def test_a_download_that_never_comes_to_an_end_is_not_repeated_for_ever(house: House) -> None:
    video = house.uploading(source=URL)
    wait(house, UPLOAD_PATIENCE)
    house.resume()
    assert house.fetcher.requested == []
    assert house.now(video).error_code == "upload_expired"


def test_one_file_that_cannot_be_looked_into_now_keeps_nothing_else_waiting(house: House) -> None:
    video = house.uploading()
    house.media.files[video.media.key] = b"bytes"
    house.probe.answer = Unavailable("The store is down.")
    house.started()
    house.runner.crash()
    assert house.resume(after_restart=True) == {"uploads_settled": 0, "runs_resumed": 1}
    assert house.now(video).status is UploadStatus.UPLOADING


def test_an_upload_deleted_meanwhile_keeps_nothing_else_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, waiting = house.uploading(), house.uploading()
    house.videos.delete(gone.account_id, gone.video_id)
    monkeypatch.setattr(house.videos, "list_uploading", lambda: [gone, waiting])
    wait(house, UPLOAD_PATIENCE)
    assert house.resume()["uploads_settled"] == 1
    assert house.now(waiting).error_code == "upload_expired"
