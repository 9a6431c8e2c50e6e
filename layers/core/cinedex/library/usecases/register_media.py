"""Probe a file that was created in the media store, and store the outcome on its video."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.kernel.errors import MediaError, NotFound
from cinedex.library.domain.analysis_cost import analysis_cost_s, cost_limit_s
from cinedex.library.domain.expected_file import ExpectedFile
from cinedex.library.domain.object_keys import parse_upload_key
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.library.ports.media_probe import MediaProbe
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.update_with_retry import update_with_retry


@dataclass(frozen=True)
class ProbeMedia:
    """Probe a stored file: what it contains, or why it cannot be used."""

    store: MediaStore
    probe: MediaProbe
    seconds_max: float
    cost_per_second_max: float

    def __call__(self, media: StoredMedia) -> Probe | MediaError:
        try:
            probe = self.probe.probe(self.store.download_url(media))
        except MediaError as error:
            return error
        if probe.duration_s > self.seconds_max:
            return MediaError("too_long", f"The video is longer than {self.seconds_max / 3600:g} hours.")
        return self._affordable(probe.model_copy(update={"cost_s": analysis_cost_s(probe)}))

    def _affordable(self, probe: Probe) -> Probe | MediaError:
        limit_s = cost_limit_s(probe, self.cost_per_second_max)
        if probe.cost_s is None or probe.cost_s <= limit_s:
            return probe
        return MediaError(
            "too_costly",
            f"Analysing the video would take about {probe.cost_s:.0f} s of a worker ({_load(probe)}). The limit for "
            f"{probe.duration_s:.0f} s of video is {limit_s:.0f} s. Reduce the resolution or the frame rate.",
        )


@dataclass(frozen=True)
class RegisterMedia:
    """Handles "Object Created". Repeated, late and reordered events lead to the same video."""

    videos: VideoRepository
    store: MediaStore
    probe: ProbeMedia

    def __call__(self, media: StoredMedia) -> Video | None:
        """The stored video; None when the file belongs to no video (it was deleted, or the key is no upload)."""
        key = parse_upload_key(media.key)
        if key is None:
            return None
        try:
            video = self.videos.get(key.account_id, key.video_id)
            if is_known(video, media):
                return video
            outcome = self._fault(video, media) or self.probe(media)
            return update_with_retry(self.videos, key.account_id, key.video_id, lambda v: _settle(v, media, outcome))
        except NotFound:
            # Videos are stored before their files, so this one was deleted during the upload.
            self.store.delete(media.key)
            return None

    def _fault(self, video: Video, media: StoredMedia) -> MediaError | None:
        """How the file differs from what its client has announced."""
        if video.expected is None:
            return None
        return video.expected.check_size(media.size_bytes) or checksum_fault(self.store, video.expected, media)


def _load(probe: Probe) -> str:
    rate = "" if probe.avg_fps is None else f" at {probe.avg_fps:g} frames per second"
    return f"{probe.width}x{probe.height} pixels{rate}" if probe.has_video else "sound only"


def checksum_fault(store: MediaStore, expected: ExpectedFile, media: StoredMedia) -> MediaError | None:
    """Reads the whole file if a checksum was announced: some stores that speak S3 do not compare it."""
    if expected.checksum_sha256 is None:
        return None
    actual = store.sha256(media)
    if actual == expected.checksum_sha256:
        return None
    message = f"The SHA-256 of the file is {actual}, not the announced {expected.checksum_sha256}. Send the file again."
    return MediaError("checksum_mismatch", message)


def _settle(video: Video, media: StoredMedia, outcome: Probe | MediaError) -> Video:
    if is_known(video, media):
        return video
    if isinstance(outcome, MediaError):
        return video.rejected(outcome.code, outcome.message, media)
    return video.uploaded(media, outcome)


def is_known(video: Video, media: StoredMedia) -> bool:
    """True for a repeated event, and for the event of an older file of the same key."""
    known = video.media
    if media.sequencer and known.sequencer:
        width = max(len(media.sequencer), len(known.sequencer))
        return media.sequencer.rjust(width, "0") <= known.sequencer.rjust(width, "0")
    return video.status is not UploadStatus.UPLOADING and media.etag == known.etag
