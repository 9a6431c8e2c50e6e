"""A video changes by named transitions only."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import StateConflict
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from pydantic import ValidationError

from tests.support.memory.scenario import NOON, TALKING_CLIP

PROMISED = StoredMedia(bucket="b", key="uploads/a/v/clip.mp4")
FIRST = PROMISED.model_copy(update={"etag": "1", "sequencer": "01"})
SECOND = PROMISED.model_copy(update={"etag": "2", "sequencer": "02"})
READY = FeatureState(status=FeatureStatus.READY, generation=4)

NEW = Video(video_id="v", account_id="a", media=PROMISED, created_at=NOON)


def test_a_new_video_waits_for_its_file() -> None:
    assert (NEW.status, NEW.features, NEW.revision) == (UploadStatus.UPLOADING, {}, 0)


def test_a_video_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        NEW.title = "x"  # type: ignore[misc]


def test_the_first_file_makes_it_uploaded() -> None:
    video = NEW.rejected("fetch_failed", "No.").uploaded(FIRST, TALKING_CLIP)
    assert (video.status, video.media, video.probe) == (UploadStatus.UPLOADED, FIRST, TALKING_CLIP)
    assert (video.error, video.error_code) == (None, None)


def test_the_same_bytes_again_keep_all_results() -> None:
    analysed = NEW.uploaded(FIRST, TALKING_CLIP).with_feature(Feature.TRANSCRIPT, READY)
    again = analysed.uploaded(FIRST.model_copy(update={"sequencer": "03"}), TALKING_CLIP)
    assert again.feature(Feature.TRANSCRIPT) == READY


@pytest.mark.parametrize("sound", [True, False])
def test_other_bytes_make_all_features_stale(sound: bool) -> None:
    analysed = NEW.uploaded(FIRST, TALKING_CLIP).with_feature(Feature.TRANSCRIPT, READY)
    replaced = analysed.uploaded(SECOND, TALKING_CLIP) if sound else analysed.rejected("corrupt_media", "No.", SECOND)
    assert replaced.feature(Feature.TRANSCRIPT) == FeatureState(generation=4)


def test_a_rejected_video_says_why_and_which_file_it_was() -> None:
    video = NEW.rejected("corrupt_media", "It is cut off.", FIRST)
    assert (video.status, video.error, video.error_code) == (UploadStatus.FAILED, "It is cut off.", "corrupt_media")
    assert video.media == FIRST


def test_a_rejection_without_a_file_keeps_the_promise() -> None:
    assert NEW.rejected("upload_expired", "Too late.").media == PROMISED


@pytest.mark.parametrize("status", [UploadStatus.UPLOADING, UploadStatus.FAILED])
def test_only_an_uploaded_video_can_be_analysed(status: UploadStatus) -> None:
    with pytest.raises(StateConflict, match=status.value):
        NEW.changed(status=status).require_uploaded()


def test_reading_a_feature_that_is_not_ready_names_feature_and_status() -> None:
    video = NEW.with_feature(Feature.CAPTIONS, FeatureState(status=FeatureStatus.PROCESSING))
    with pytest.raises(StateConflict, match=r"'captions' is not ready.*processing"):
        video.require_ready(Feature.CAPTIONS)


def test_a_video_is_shown_by_its_title_else_its_name_else_its_file() -> None:
    assert NEW.display_name == "clip.mp4"
    assert NEW.changed(name="Clip").display_name == "Clip"
    assert NEW.changed(name="Clip", title="The Clip").display_name == "The Clip"


def test_a_video_stored_by_an_earlier_version_is_read() -> None:
    stored = NEW.model_dump(mode="json", exclude={"chunk_count"}) | {"part_count": 3}
    assert Video.model_validate(stored).chunk_count == 3
