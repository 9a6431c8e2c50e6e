"""A video changes by named transitions only."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import StateConflict
from cinedex.kernel.span import span
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.probe import ClockPiece
from cinedex.library.domain.segmenting import SegmentingOptions
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


def test_a_new_video_has_no_chunks_no_bytes_and_no_revision() -> None:
    assert (NEW.chunk_count, NEW.revision, NEW.media.size_bytes, NEW.media.sequencer) == (0, 0, 0, "")
    assert NEW.segmenting == SegmentingOptions()


def test_a_video_is_as_long_as_its_probe_says() -> None:
    assert NEW.whole == span(0, 0)
    assert NEW.changed(probe=TALKING_CLIP).whole == span(0, 60)


def test_only_a_probed_video_can_have_no_pictures() -> None:
    sound = TALKING_CLIP.model_copy(update={"video_codec": None})
    assert [NEW.changed(probe=probe).has_no_pictures for probe in (None, TALKING_CLIP, sound)] == [False, False, True]


def test_the_features_that_a_run_has_to_end_are_those_that_wait_or_run() -> None:
    states = {
        Feature.TRANSCRIPT: READY,
        Feature.CAPTIONS: FeatureState().queued(),
        Feature.OBJECTS: FeatureState().queued().started(),
        Feature.EMBEDDINGS: FeatureState().queued().failed("No.", "odd"),
    }
    assert NEW.changed(features=states).in_flight == (Feature.CAPTIONS, Feature.OBJECTS)


def test_what_is_missing_for_a_feature_is_what_is_not_ready() -> None:
    assert NEW.missing_for(Feature.EMBEDDINGS) == (Feature.TRANSCRIPT, Feature.CAPTIONS)
    assert NEW.missing_for(Feature.TRANSCRIPT) == ()
    partly = NEW.with_feature(Feature.TRANSCRIPT, READY).with_feature(Feature.CAPTIONS, FeatureState().queued())
    assert partly.missing_for(Feature.EMBEDDINGS) == (Feature.CAPTIONS,)
    assert partly.require_ready(Feature.TRANSCRIPT) is partly


def test_the_measured_length_is_kept_to_the_microsecond_and_needs_a_probe() -> None:
    clock = (ClockPiece(at_s=0.0, offset_s=1.0),)
    measured = NEW.uploaded(FIRST, TALKING_CLIP).measured(61.12345649, clock, 0.25, 0.5).probe
    assert measured == TALKING_CLIP.model_copy(
        update={"duration_s": 61.123456, "clock": clock, "unreadable_picture": 0.25, "unreadable_sound": 0.5}
    )
    assert NEW.measured(61.0, clock, 0.25, 0.5) is NEW


def test_the_language_and_the_speech_without_a_transcript_are_kept() -> None:
    video = NEW.uploaded(FIRST, TALKING_CLIP).transcribed(("de", "en"), 2.5, "en")
    assert (video.language, video.languages, video.translated_to) == ("de", ("de", "en"), "en")
    assert video.probe is not None
    assert video.probe.unknown_speech_s == 2.5
    assert NEW.transcribed(("de",), 2.5, None).probe is None


def test_a_refused_file_that_is_sent_again_is_awaited_and_no_other() -> None:
    failed = NEW.rejected("incomplete_upload", "Cut off.", FIRST)
    again = failed.sent_again()
    assert (again.status, again.error, again.error_code) == (UploadStatus.UPLOADING, None, None)
    uploaded = NEW.uploaded(FIRST, TALKING_CLIP)
    assert uploaded.sent_again() is uploaded
    assert uploaded.require_uploaded() is uploaded


def test_the_recording_time_of_the_user_overrides_that_of_the_file() -> None:
    recorded = TALKING_CLIP.model_copy(update={"recorded_at": NOON})
    assert NEW.uploaded(FIRST, recorded).recorded_at == NOON
    assert NEW.changed(recorded_at=NOON.replace(year=2000)).uploaded(FIRST, recorded).recorded_at == NOON.replace(
        year=2000
    )
