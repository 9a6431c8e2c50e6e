"""Detect the objects that prompts name in a short range of a video, without a stored analysis."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.detection.prompted_detector import PromptedDetector, PromptedFrames
from cinedex.kernel.errors import ImpossibleValue, InvalidInput
from cinedex.kernel.span import Span
from cinedex.library.domain.video import Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.repositories import VideoRepository

LENGTH_MAX_S = 15.0
ROUNDING_S = 1e-6  # tolerates rounding in a length of 15 s


@dataclass(frozen=True)
class DetectInVideo:
    videos: VideoRepository
    store: MediaStore
    detector: PromptedDetector

    def __call__(
        self,
        account_id: str,
        video_id: str,
        prompts: tuple[str, ...],
        start_s: float,
        end_s: float | None,
        threshold: float,
    ) -> PromptedFrames:
        """Raises `NotFound`, `StateConflict` before the upload is complete, and errors of an invalid range."""
        video = self.videos.get(account_id, video_id).require_uploaded()
        within = _range(video, start_s, end_s)
        clock = video.probe.clock if video.probe else ()
        frames = self.detector.detect(self.store.download_url(video.media), within, prompts, threshold, clock)
        return _in_size_of(video, frames)


def _in_size_of(video: Video, frames: PromptedFrames) -> PromptedFrames:
    """Boxes are shares of the picture, so that they hold for the size of the video if the frames have others."""
    if frames.width is None or video.probe is None or video.probe.width is None:
        return frames
    return frames.model_copy(update={"width": video.probe.width, "height": video.probe.height})


def _range(video: Video, start_s: float, end_s: float | None) -> Span:
    """Without an end: 15 s from the start, or up to the end of the video."""
    whole = video.whole
    if video.probe is None or not video.probe.has_video:
        raise ImpossibleValue("The file has no video stream.", field="video_id")
    if end_s is not None and end_s <= start_s:
        raise InvalidInput("end must be greater than start.", field="end_s")
    if start_s >= whole.end_s:
        raise ImpossibleValue(f"start is after the end of the video at {whole.end_s:g} s.", field="start_s")
    if end_s is not None and end_s - start_s > LENGTH_MAX_S + ROUNDING_S:
        raise ImpossibleValue(f"The range is longer than {LENGTH_MAX_S:g} s.", field="end_s")
    return Span(start_s=start_s, end_s=min(start_s + LENGTH_MAX_S if end_s is None else end_s, whole.end_s))
