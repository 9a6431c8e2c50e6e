"""An upload is complete when the whole announced file has arrived, and otherwise says what is missing."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, NotFound, StateConflict
from cinedex.library.domain.expected_file import ExpectedFile, UploadedPart
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.library.ports.media_store import PresignedUpload
from cinedex.library.usecases.upload_video import VideoDetails

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp
from tests.support.memory.stores import PART_BYTES

NOTHING = VideoDetails()
SIZE = 2 * PART_BYTES + 3
BODIES = {1: b"a" * PART_BYTES, 2: b"b" * PART_BYTES, 3: b"end"}
Parts = dict[int, str]


def presigned(memory_app: InMemoryApp, size_bytes: int, sha256: str | None = None) -> tuple[Video, PresignedUpload]:
    return memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", size_bytes, sha256)


def send(memory_app: InMemoryApp, upload: PresignedUpload, bodies: dict[int, bytes]) -> Parts:
    urls = {part.part_number: part.url for part in upload.parts}
    return {number: memory_app.media.send(urls[number], body) for number, body in bodies.items()}


def complete(memory_app: InMemoryApp, video: Video, upload: PresignedUpload, parts: Parts) -> Video:
    return memory_app.complete_upload(MINE, video.video_id, upload.upload_id, list(parts.items()))


def refused(memory_app: InMemoryApp, video: Video, upload: PresignedUpload, parts: Parts) -> dict[str, Any]:
    """The details of the refusal, after which there is no file."""
    with pytest.raises(StateConflict, match="incomplete") as refusal:
        complete(memory_app, video, upload, parts)
    assert memory_app.media.find(video.media.key) is None
    details: dict[str, Any] = refusal.value.details[0]
    return details


def event(memory_app: InMemoryApp, video: Video, sequencer: str) -> StoredMedia:
    stored = memory_app.media.find(video.media.key)
    assert stored is not None
    return stored.model_copy(update={"sequencer": sequencer})


# In one part


def test_a_small_file_is_sent_in_one_piece(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, 5)
    assert (upload.method, upload.headers) == ("single", {"Content-Type": "video/mp4"})
    memory_app.media.send(upload.url or "", b"bytes")
    assert complete(memory_app, video, upload, {}) == video


@pytest.mark.parametrize(("body", "message"), [(b"byte", "incomplete: 4 bytes"), (b"bytes!", "too large: 6 bytes")])
def test_a_file_of_another_size_is_not_completed(memory_app: InMemoryApp, body: bytes, message: str) -> None:
    video, upload = presigned(memory_app, 5)
    memory_app.media.send(upload.url or "", body)
    with pytest.raises(StateConflict, match=message) as refusal:
        complete(memory_app, video, upload, {})
    assert refusal.value.details == [{"expected_bytes": 5, "received_bytes": len(body), "missing_parts": []}]


@pytest.mark.parametrize("body", [b"byte", b"bytes!"])
def test_the_event_of_a_file_of_another_size_does_not_make_the_video_uploaded(
    memory_app: InMemoryApp, body: bytes
) -> None:
    video, upload = presigned(memory_app, 5)
    memory_app.media.send(upload.url or "", body)
    memory_app.register(event(memory_app, video, "0A"))
    after = memory_app.now(video)
    assert (after.status, after.error_code) == (UploadStatus.FAILED, "incomplete_upload")
    assert memory_app.probe.calls == 0


def test_a_file_that_is_sent_again_as_a_whole_is_completed(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, 5)
    memory_app.media.send(upload.url or "", b"byte")
    memory_app.register(event(memory_app, video, "0A"))
    memory_app.media.send(upload.url or "", b"bytes")
    completed = complete(memory_app, video, upload, {})
    assert (completed.status, completed.error) == (UploadStatus.UPLOADING, None)
    memory_app.register(event(memory_app, video, "0B"))
    assert memory_app.now(video).status is UploadStatus.UPLOADED


def test_an_upload_that_failed_for_its_size_still_says_what_is_missing(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, 5)
    memory_app.media.send(upload.url or "", b"byte")
    memory_app.register(event(memory_app, video, "0A"))
    with pytest.raises(StateConflict, match="4 bytes arrived, 5 were announced"):
        complete(memory_app, video, upload, {})


def test_an_upload_cannot_be_completed_before_its_file_has_come(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, 5)
    with pytest.raises(StateConflict, match="No file has arrived"):
        complete(memory_app, video, upload, {})


def test_another_file_of_the_same_size_is_not_completed(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, 5, hashlib.sha256(b"bytes").hexdigest())
    memory_app.media.send(upload.url or "", b"other")
    with pytest.raises(StateConflict, match="SHA-256"):
        complete(memory_app, video, upload, {})
    memory_app.register(event(memory_app, video, "0A"))
    assert memory_app.now(video).error_code == "checksum_mismatch"
    memory_app.media.send(upload.url or "", b"bytes")
    assert complete(memory_app, video, upload, {}).status is UploadStatus.UPLOADING


def test_the_checksum_is_a_header_of_the_upload_in_base64(memory_app: InMemoryApp) -> None:
    _, upload = presigned(memory_app, 5, hashlib.sha256(b"bytes").hexdigest())
    assert upload.headers["x-amz-checksum-sha256"] == "J3CJ2RwL308uaGK6fkoHYFEZQx9dE/cm3TUrBvGyBqk="


# In several parts


def test_a_large_file_is_sent_in_parts_that_are_put_together(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, BODIES)
    assert complete(memory_app, video, upload, dict(reversed(parts.items()))) == video
    assert memory_app.media.files[video.media.key] == b"".join(BODIES.values())


def test_completing_twice_changes_nothing(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, BODIES)
    for _ in range(2):
        assert complete(memory_app, video, upload, parts) == video
    memory_app.register(event(memory_app, video, "0A"))
    assert complete(memory_app, video, upload, parts).status is UploadStatus.UPLOADED


@pytest.mark.parametrize("listed", [[1, 3], [1], [2, 3], []])
def test_parts_that_are_not_listed_are_named(memory_app: InMemoryApp, listed: list[int]) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, BODIES)
    details = refused(memory_app, video, upload, {number: parts[number] for number in listed})
    missing = [number for number in BODIES if number not in listed]
    assert details == {"expected_bytes": SIZE, "received_bytes": SIZE, "missing_parts": missing}


def test_a_part_that_was_not_sent_is_missing_although_it_is_listed(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, {1: BODIES[1], 3: BODIES[3]})
    assert refused(memory_app, video, upload, parts | {2: "etag"})["missing_parts"] == [2]


@pytest.mark.parametrize(
    ("number", "body"), [(1, b"a" * (PART_BYTES - 1)), (2, b"b" * (PART_BYTES + 1)), (3, b"en"), (3, b"end!"), (1, b"")]
)
def test_a_part_of_another_size_is_missing(memory_app: InMemoryApp, number: int, body: bytes) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, BODIES | {number: body})
    assert refused(memory_app, video, upload, parts)["missing_parts"] == [number]


def test_a_part_that_was_replaced_since_it_was_listed_is_missing(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, BODIES)
    send(memory_app, upload, {2: b"c" * PART_BYTES})
    assert refused(memory_app, video, upload, parts)["missing_parts"] == [2]


def test_the_missing_parts_can_be_sent_after_a_refusal(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, {1: BODIES[1]})
    missing = refused(memory_app, video, upload, parts)["missing_parts"]
    parts |= send(memory_app, upload, {number: BODIES[number] for number in missing})
    assert complete(memory_app, video, upload, parts) == video


def test_a_part_beyond_the_end_of_the_file_is_refused(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, BODIES)
    with pytest.raises(ImpossibleValue, match="parts 1 to 3, not 4"):
        complete(memory_app, video, upload, parts | {4: "etag"})


def test_a_part_that_is_listed_twice_is_refused(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = list(send(memory_app, upload, BODIES).items())
    with pytest.raises(InvalidInput, match="part 2 twice"):
        memory_app.complete_upload(MINE, video.video_id, upload.upload_id, [*parts, (2, "other")])


def test_the_upload_id_may_be_omitted_and_must_not_be_another_one(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = list(send(memory_app, upload, BODIES).items())
    with pytest.raises(ImpossibleValue, match="upload_id"):
        memory_app.complete_upload(MINE, video.video_id, "another", parts)
    assert memory_app.complete_upload(MINE, video.video_id, None, parts) == video


def test_an_upload_that_another_request_has_just_completed_is_complete(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, BODIES)
    uploaded_parts = memory_app.media.uploaded_parts

    def overtaken(key: str, upload_id: str) -> Any:
        memory_app.media.complete_upload(key, upload_id, list(parts.items()))
        return uploaded_parts(key, upload_id)

    monkeypatch.setattr(memory_app.media, "uploaded_parts", overtaken)
    assert complete(memory_app, video, upload, parts) == video


def test_the_checksum_of_a_file_in_parts_is_compared_when_it_is_probed(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE, hashlib.sha256(b"other").hexdigest())
    parts = send(memory_app, upload, BODIES)
    complete(memory_app, video, upload, parts)
    memory_app.register(event(memory_app, video, "0A"))
    assert memory_app.now(video).error_code == "checksum_mismatch"
    with pytest.raises(StateConflict, match="SHA-256"):
        complete(memory_app, video, upload, parts)


def test_a_whole_file_with_its_checksum_is_uploaded(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE, hashlib.sha256(b"".join(BODIES.values())).hexdigest())
    complete(memory_app, video, upload, send(memory_app, upload, BODIES))
    memory_app.register(event(memory_app, video, "0A"))
    assert memory_app.now(video).status is UploadStatus.UPLOADED


def test_many_missing_parts_are_counted_in_the_message_and_listed_in_the_details() -> None:
    expected = ExpectedFile(size_bytes=100, part_size_bytes=1, upload_id="u")
    with pytest.raises(StateConflict, match=r"Missing: parts 2, 3, .*11 and 89 more\.") as refusal:
        expected.require_parts([(1, "e")], [UploadedPart(number=1, etag='"e"', size_bytes=1)])
    assert refusal.value.details[0]["missing_parts"] == list(range(2, 101))


def test_parts_that_have_arrived_and_are_not_listed_are_named_as_such(memory_app: InMemoryApp) -> None:
    video, upload = presigned(memory_app, SIZE)
    parts = send(memory_app, upload, {1: BODIES[1], 3: BODIES[3]})
    with pytest.raises(
        StateConflict, match=r"Missing: part 2\. The list is incomplete: parts needs the ETag of part 1\."
    ) as refusal:
        complete(memory_app, video, upload, {3: parts[3]})
    received = len(BODIES[1]) + len(BODIES[3])
    assert refusal.value.details == [{"expected_bytes": SIZE, "received_bytes": received, "missing_parts": [1, 2]}]


# Uploads that an earlier version has begun, without an announced size


def begun_before(memory_app: InMemoryApp, size_bytes: int) -> tuple[Video, PresignedUpload]:
    video, upload = presigned(memory_app, size_bytes)
    return memory_app.videos.save(video.changed(expected=None)), upload


def test_an_upload_of_an_earlier_version_is_completed(memory_app: InMemoryApp) -> None:
    video, upload = begun_before(memory_app, 99)
    memory_app.media.send(upload.url or "", b"bytes")
    assert complete(memory_app, video, upload, {}) == video
    memory_app.register(event(memory_app, video, "0A"))
    assert memory_app.now(video).status is UploadStatus.UPLOADED


def test_an_upload_in_parts_of_an_earlier_version_must_have_no_gap(memory_app: InMemoryApp) -> None:
    video, upload = begun_before(memory_app, SIZE)
    parts = send(memory_app, upload, BODIES)
    with pytest.raises(StateConflict, match="Missing: part 2"):
        complete(memory_app, video, upload, {1: parts[1], 3: parts[3]})
    with pytest.raises(StateConflict, match="Missing: part 1"):
        complete(memory_app, video, upload, {})
    assert complete(memory_app, video, upload, parts) == video


def test_a_failed_upload_cannot_be_completed(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.videos.save(video.rejected("upload_expired", "Too late."))
    with pytest.raises(StateConflict, match="Too late"):
        memory_app.complete_upload(MINE, video.video_id, None, [])


def test_an_upload_of_another_account_is_not_found(memory_app: InMemoryApp) -> None:
    with pytest.raises(NotFound):
        memory_app.complete_upload(YOURS, memory_app.uploading().video_id, None, [])
