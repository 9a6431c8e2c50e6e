"""Events of a stored file: repeated, late or out of order, they leave the video in the same state."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from cinedex.kernel.errors import MediaError, Unavailable
from cinedex.library.domain.analysis_cost import analysis_cost_s
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video

from tests.support.memory.app_fixture import DAY_S, InMemoryApp
from tests.support.memory.scenario import TALKING_CLIP

CUT_OFF = MediaError("corrupt_media", "The file ends before its first picture.")


def created(video: Video, sequencer: str = "0A", etag: str = "e1") -> StoredMedia:
    return video.media.model_copy(update={"etag": etag, "sequencer": sequencer, "size_bytes": 5})


def test_a_sound_file_makes_its_video_uploaded_with_what_was_measured(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    after = memory_app.register(created(video))
    assert after == memory_app.now(video)
    assert after is not None
    measured = TALKING_CLIP.model_copy(update={"cost_s": analysis_cost_s(TALKING_CLIP)})
    assert (after.status, after.probe, after.media.etag) == (UploadStatus.UPLOADED, measured, "e1")


def test_a_repeated_event_probes_and_writes_once(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    first = memory_app.register(created(video))
    assert memory_app.register(created(video)) == first
    assert memory_app.probe.calls == 1


def test_an_event_older_than_the_registered_one_is_ignored(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    newer = memory_app.register(created(video, sequencer="0B", etag="new"))
    assert memory_app.register(created(video, sequencer="0A", etag="old")) == newer


def test_sequencers_of_different_length_compare_as_numbers(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    newer = memory_app.register(created(video, sequencer="0100", etag="new"))
    assert memory_app.register(created(video, sequencer="FF", etag="old")) == newer


def test_an_overwritten_file_is_probed_again_and_makes_features_stale(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    after = memory_app.register(created(video, sequencer="0B", etag="other"))
    assert after is not None
    assert {s.status for s in after.features.values()} == {FeatureStatus.NONE}
    assert after.feature(Feature.TRANSCRIPT).generation == 1


def test_a_late_event_of_a_file_found_by_a_scan_changes_nothing(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    after = memory_app.register(created(video, sequencer="0B", etag=video.media.etag))
    assert after is not None
    assert after.feature(Feature.TRANSCRIPT).status is FeatureStatus.READY


def test_a_damaged_file_fails_with_its_code_and_is_not_deleted(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.media.files[video.media.key] = b"not a video"
    memory_app.probe.answer = CUT_OFF
    memory_app.register(created(video))
    after = memory_app.now(video)
    assert (after.status, after.error_code, after.error) == (UploadStatus.FAILED, "corrupt_media", CUT_OFF.message)
    assert video.media.key in memory_app.media.files


def test_a_file_that_failed_its_probe_is_not_probed_again(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.probe.answer = CUT_OFF
    memory_app.register(created(video))
    memory_app.register(created(video))
    assert memory_app.probe.calls == 1


def test_a_valid_file_under_the_same_key_makes_a_failed_video_uploaded(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.probe.answer = CUT_OFF
    memory_app.register(created(video))
    memory_app.probe.answer = TALKING_CLIP
    after = memory_app.register(created(video, sequencer="0B", etag="better"))
    assert after is not None
    assert (after.status, after.error) == (UploadStatus.UPLOADED, None)


@pytest.mark.parametrize(("duration_s", "status"), [(DAY_S, "uploaded"), (DAY_S + 1, "failed")])
def test_a_video_longer_than_a_day_is_too_long(memory_app: InMemoryApp, duration_s: float, status: str) -> None:
    video = memory_app.uploading()
    memory_app.probe.answer = TALKING_CLIP.model_copy(update={"duration_s": duration_s})
    memory_app.register(created(video))
    after = memory_app.now(video)
    assert (after.status, after.error_code) == (status, None if status == "uploaded" else "too_long")
    assert after.error == (None if status == "uploaded" else "The video is longer than 24 hours.")


@pytest.mark.parametrize(
    ("fields", "load"),
    [
        ({}, "640x360 pixels at 25 frames per second"),
        ({"avg_fps": 29.97}, "640x360 pixels at 29.97 frames per second"),
        ({"avg_fps": None}, "640x360 pixels"),
        ({"video_codec": None}, "sound only"),
    ],
)
def test_a_video_that_costs_too_much_is_refused_with_what_makes_it_costly(
    memory_app: InMemoryApp, fields: dict[str, Any], load: str
) -> None:
    memory_app.probe.answer = TALKING_CLIP.model_copy(update={"duration_s": 80_000.0, **fields})
    video = memory_app.uploading()
    probe_media = replace(memory_app.probe_media, cost_per_second_max=0.01)
    replace(memory_app.register, probe=probe_media)(created(video))
    after = memory_app.now(video)
    assert after.error_code == "too_costly"
    assert f"s of a worker ({load}). The limit for 80000 s of video is 4400 s." in str(after.error)


def test_an_event_without_a_sequencer_is_known_by_its_etag(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.register(created(video, sequencer="", etag="e1"))
    memory_app.register(created(video, sequencer="", etag="e1"))
    assert memory_app.probe.calls == 1
    memory_app.register(created(video, sequencer="", etag="e2"))
    assert (memory_app.probe.calls, memory_app.now(video).media.etag) == (2, "e2")


def test_a_store_that_does_not_answer_is_no_fault_of_the_file(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.probe.answer = Unavailable("The store is down.")
    with pytest.raises(Unavailable):
        memory_app.register(created(video))
    assert memory_app.now(video).status is UploadStatus.UPLOADING


def test_a_file_of_a_deleted_video_is_ignored(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.videos.delete(video.account_id, video.video_id)
    assert memory_app.register(created(video)) is None
    assert memory_app.probe.calls == 0


@pytest.mark.parametrize("when", ["before its file arrives", "while its file is probed"])
def test_the_file_of_a_deleted_video_is_deleted(memory_app: InMemoryApp, when: str) -> None:
    video = memory_app.uploading()
    media = memory_app.media.put(created(video).key, BytesIO(b"bytes"), "video/mp4")

    def delete() -> None:
        memory_app.videos.delete(video.account_id, video.video_id)

    if when.startswith("before"):
        delete()
    else:
        memory_app.probe.before_answering = delete
    assert memory_app.register(media) is None
    assert memory_app.media.find(media.key) is None


def test_a_video_deleted_while_its_file_is_probed_stays_deleted(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.probe.before_answering = lambda: memory_app.videos.delete(video.account_id, video.video_id)
    assert memory_app.register(created(video)) is None
    assert memory_app.videos.list(video.account_id) == []


def test_a_newer_event_handled_meanwhile_wins(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()

    def overtake() -> None:
        memory_app.probe.before_answering = lambda: None
        memory_app.register(created(video, sequencer="0B", etag="new"))

    memory_app.probe.before_answering = overtake
    memory_app.register(created(video, sequencer="0A", etag="old"))
    assert memory_app.now(video).media.etag == "new"


@pytest.mark.parametrize("key", ["drop/mine/clip.mp4", "uploads/clip.mp4", "results/mine/v/plan.json"])
def test_a_key_that_is_no_upload_is_left_alone(memory_app: InMemoryApp, key: str) -> None:
    assert memory_app.register(StoredMedia(bucket="media", key=key, sequencer="01")) is None
    assert memory_app.probe.calls == 0
