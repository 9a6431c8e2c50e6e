"""Decodes the frames of a video or of a range in one sequential pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from cinedex.adapters.pyav.streams import best_video, start_s
from cinedex.kernel.span import Span
from numpy.typing import NDArray

from gpu_tasks.media.container import open_container
from gpu_tasks.media.frame_numbering import count_frames_before
from gpu_tasks.task_errors import CorruptMedia

FALLBACK_FPS = 25.0
TOLERANCE_S = 1e-4  # rounding differences between timestamps


@dataclass(frozen=True)
class DecodedFrame:
    """A decoded frame.

    `at_s` counts from the time that a player shows as zero. `index` is the number of frames before this one in the
    whole video, or in this pass for frames that are not `numbered`. `width` and `height` are those of the upright
    picture.
    """

    at_s: float
    index: int
    raw: VideoFrame

    @property
    def width(self) -> int:
        return self.raw.height if self._is_sideways else self.raw.width

    @property
    def height(self) -> int:
        return self.raw.width if self._is_sideways else self.raw.height

    @property
    def _is_sideways(self) -> bool:
        return self.raw.rotation % 180 != 0

    def picture(self, side_max: int) -> NDArray[np.uint8]:
        """BGR, upright, scaled down so that no side is longer than `side_max` pixels."""
        scale = min(1.0, side_max / max(self.raw.width, self.raw.height))
        width, height = max(1, round(self.raw.width * scale)), max(1, round(self.raw.height * scale))
        return self._upright(_pixels(self.raw.reformat(width, height, format="bgr24")))

    def thumbnail(self, width: int, height: int, pixel_format: str) -> NDArray[np.uint8]:
        """Scaled to `width` x `height` and not rotated, for the comparison of frames of one video."""
        small = self.raw.reformat(width, height, format=pixel_format, interpolation="FAST_BILINEAR")
        return _pixels(small)

    def _upright(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        turns = round(self.raw.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture


def _pixels(frame: VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(frame.to_ndarray(), np.uint8)


def decode_frames(
    source: Path | str, within: Span | None = None, *, fast: bool = False, numbered: bool = True
) -> Iterator[DecodedFrame]:
    """Frames of the best video stream in order of time; none when there is no video stream.

    Args:
        source: a file, or an HTTP URL of one.
        within: only frames inside this span; decoding starts at the key frame before it.
        fast: skip the deblocking filter; sufficient for comparing thumbnails.
        numbered: determine the index of each frame in the whole video, which reads all packets before it.

    Raises:
        CorruptMedia: no frame can be decoded.
    """
    with open_container(source) as container:
        stream = best_video(container)
        if stream is None:
            return
        stream.thread_type = "AUTO"
        if fast:
            stream.codec_context.options = {"skip_loop_filter": "all"}
        yield from _decode(container, stream, within, source if numbered else None)


def _decode(
    container: InputContainer, stream: VideoStream, within: Span | None, counted_in: Path | str | None
) -> Iterator[DecodedFrame]:
    zero_s = start_s(container)
    seeked = within is not None and within.start_s > 0 and _seek(container, stream, within.start_s + zero_s)
    index, at_s, frame_s = 0, -1.0, 1 / float(stream.average_rate or FALLBACK_FPS)
    frames = _decodable_frames(container, stream)
    for count, frame in enumerate(frames):
        if count == 0 and seeked and counted_in is not None:
            index = count_frames_before(counted_in, stream.index, frame.pts)
        at_s = at_s + frame_s if frame.time is None else frame.time - zero_s
        if within is not None and at_s >= within.end_s - TOLERANCE_S:
            return
        if within is None or at_s >= within.start_s - TOLERANCE_S:
            yield DecodedFrame(at_s=max(at_s, 0.0), index=index, raw=frame)
        index += 1


def _seek(container: InputContainer, stream: VideoStream, target_s: float) -> bool:
    """False when the container cannot seek; decoding then starts at its beginning."""
    if stream.time_base is None:
        return False
    try:
        container.seek(int(target_s / stream.time_base), stream=stream, backward=True)
    except av.FFmpegError:
        return False
    return True


def _decodable_frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Skips damaged packets. Raises `CorruptMedia` when no frame was decoded."""
    decoded = damaged = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            damaged += 1
            continue
        for frame in frames:
            decoded += 1
            yield frame
    if decoded == 0 and damaged > 0:
        raise CorruptMedia("No frame of the video can be decoded.")
