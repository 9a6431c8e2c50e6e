"""Decodes the frames of a video or of a range in one sequential pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from cinedex.adapters.pyav.clock import MediaClock
from cinedex.adapters.pyav.orientation import orientation_of, shown_size
from cinedex.adapters.pyav.packets import Damage, clock_of, decode, read_packets
from cinedex.adapters.pyav.streams import FALLBACK_FPS, best_video, pixel_shape, start_s
from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece
from numpy.typing import NDArray

from gpu_tasks.media.container import open_container
from gpu_tasks.media.decoder_options import set_decoder_options
from gpu_tasks.media.frame_numbering import count_frames_before
from gpu_tasks.media.skipped_frames import SkippedFrames
from gpu_tasks.task_errors import CorruptMedia

TOLERANCE_S = 1e-4  # rounding differences between timestamps
SEEK_MARGINS_S = (0.0, 10.0, 60.0, math.inf)
"""Formats without an index find no key frame, so that decoding starts later than requested; then seek further back."""


@dataclass(frozen=True)
class DecodedFrame:
    """A decoded frame.

    `at_s` counts from the time that a player shows as zero. `index` is the number of frames before this one in the
    whole video, or in this pass for frames that are not `numbered`. `width` and `height` are those of the upright
    picture with square pixels.
    """

    at_s: float
    index: int
    raw: VideoFrame
    pixel_shape: Fraction = Fraction(1)

    @property
    def width(self) -> int:
        return shown_size(self.raw, self.pixel_shape)[0]

    @property
    def height(self) -> int:
        return shown_size(self.raw, self.pixel_shape)[1]

    def picture(self, side_max: int) -> NDArray[np.uint8]:
        """BGR, upright, scaled down so that no side is longer than `side_max` pixels."""
        stored_width = self.raw.width * float(self.pixel_shape)
        scale = min(1.0, side_max / max(stored_width, self.raw.height))
        width, height = max(1, round(stored_width * scale)), max(1, round(self.raw.height * scale))
        return orientation_of(self.raw).apply(_pixels(self.raw.reformat(width, height, format="bgr24")))

    def thumbnail(self, width: int, height: int, pixel_format: str) -> NDArray[np.uint8]:
        """Scaled to `width` x `height` and not rotated, for the comparison of frames of one video."""
        small = self.raw.reformat(width, height, format=pixel_format, interpolation="FAST_BILINEAR")
        return _pixels(small)


def _pixels(frame: VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(frame.to_ndarray(), np.uint8)


@dataclass
class PictureReport:
    """What a pass over the pictures has found out about the file.

    `shown_until_s` is the end of the last picture or sound of the part that was read. `clock` has the pieces of the
    clock that were found.
    """

    damage: Damage = field(default_factory=Damage)
    shown_until_s: float = 0.0
    clock: tuple[ClockPiece, ...] = ()


def decode_frames(
    source: Path | str,
    within: Span | None = None,
    *,
    fast: bool = False,
    numbered: bool = True,
    standing: bool = False,
    clock: Sequence[ClockPiece] = (),
    report: PictureReport | None = None,
    is_needed: Callable[[float], bool] | None = None,
) -> Iterator[DecodedFrame]:
    """Frames of the best video stream in order of time; none when there is no video stream.

    Args:
        source: a file, or an HTTP URL of one.
        within: only frames inside this span; decoding starts at the key frame before it.
        fast: skip the deblocking filter and, at a high rate, some frames; sufficient for comparing thumbnails.
        numbered: determine the index of each frame in the whole video, which reads all packets before it.
        standing: also the last frame before `within`, which is still shown at its start.
        clock: the pieces of the clock that an earlier pass has found.
        report: receives what the pass finds out about the file.
        is_needed: whether a frame of the whole video is needed, by its time; others may be left out (`SkippedFrames`).

    Raises:
        CorruptMedia: no frame of the whole video can be decoded.
    """
    report = report or PictureReport()
    with open_container(source) as container:
        stream = best_video(container)
        if stream is None:
            _read_to_the_end(container, report)
            return
        set_decoder_options(stream, fast=fast)
        reader = _Reader(container, stream, tuple(clock), report, source if numbered else None)
        if is_needed is not None and stream.codec_context.skip_frame == "DEFAULT":
            reader.skipped = SkippedFrames(stream, reader.zero_s, is_needed)
        yield from reader.frames() if within is None else reader.frames_within(within, standing)


def _read_to_the_end(container: InputContainer, report: PictureReport) -> None:
    clock = clock_of(container)
    for _ in read_packets(container, None, clock):
        pass
    report.shown_until_s, report.clock = clock.shown_until_s - start_s(container), tuple(clock.pieces)


@dataclass
class _Reader:
    """Decodes one stream; `counted_in` is the source in which frames are counted, if they are numbered."""

    container: InputContainer
    stream: VideoStream
    clock: tuple[ClockPiece, ...]
    report: PictureReport
    counted_in: Path | str | None
    skipped: SkippedFrames | None = None

    def __post_init__(self) -> None:
        self.zero_s = start_s(self.container)
        self.shape = pixel_shape(self.stream)

    def frames(self) -> Iterator[DecodedFrame]:
        yield from self._numbered(self._decoded(self._clock(0)), is_whole=True)
        if self.report.damage.is_total:
            raise CorruptMedia("No frame of the video can be decoded.")

    def frames_within(self, within: Span, standing: bool) -> Iterator[DecodedFrame]:
        before: DecodedFrame | None = None
        for frame in self._from(within.start_s):
            if frame.at_s >= within.end_s - TOLERANCE_S:
                break
            if frame.at_s < within.start_s - TOLERANCE_S:
                before = frame
                continue
            if before is not None and standing:
                yield before
            before = None
            yield frame
        if before is not None and standing:
            yield before

    def _from(self, at_s: float) -> Iterator[DecodedFrame]:
        """Frames from the last key frame before `at_s`."""
        for margin_s in SEEK_MARGINS_S:
            clock = self._seek(at_s - margin_s)
            frames = self._decoded(clock or self._clock(0))
            first = next(frames, None)
            starts_late = first is None or self._at_s(first) > at_s + TOLERANCE_S
            if clock is None or not starts_late or margin_s >= at_s:
                yield from self._numbered(_again(first, frames), is_whole=clock is None)
                return

    def _seek(self, at_s: float) -> MediaClock | None:
        """None when reading starts at the beginning of the file, because it has to or because nothing else works."""
        piece = max((n for n, p in enumerate(self.clock) if p.at_s - self.zero_s <= at_s), default=0)
        if len(self.clock) > 1:
            return self._seek_piece(piece)
        if at_s <= 0 or self.stream.time_base is None:
            self._rewind()
            return None
        try:
            self.container.seek(int((at_s + self.zero_s) / self.stream.time_base), stream=self.stream, backward=True)
        except av.FFmpegError:
            self._rewind()
            return None
        return self._clock(0)

    def _seek_piece(self, piece: int) -> MediaClock | None:
        """Timestamps cannot be sought where they start again."""
        byte = self.clock[piece].byte
        if piece == 0 or byte is None or byte < 0:
            self._rewind()
            return None
        try:
            self.container.seek(byte, unsupported_byte_offset=True)
        except av.FFmpegError:
            self._rewind()
            return None
        return self._clock(piece)

    def _rewind(self) -> None:
        if self.report.damage.total_s > 0:
            self.container.seek(0)

    def _clock(self, piece: int) -> MediaClock:
        return clock_of(self.container, self.clock, piece)

    def _decoded(self, clock: MediaClock) -> Iterator[VideoFrame]:
        packets = read_packets(self.container, self.stream, clock)
        for packet in packets if self.skipped is None else self.skipped.choose(packets):
            yield from decode(packet, self.report.damage)
        self.report.shown_until_s = clock.shown_until_s - self.zero_s
        self.report.clock = tuple(clock.pieces)

    def _at_s(self, frame: VideoFrame) -> float:
        return -1.0 if frame.time is None else frame.time - self.zero_s

    def _numbered(self, frames: Iterator[VideoFrame], is_whole: bool) -> Iterator[DecodedFrame]:
        index, at_s, frame_s = 0, -1.0, 1 / float(self.stream.average_rate or FALLBACK_FPS)
        for count, frame in enumerate(frames):
            if count == 0 and not is_whole and self.counted_in is not None:
                index = count_frames_before(self.counted_in, self.stream.index, frame.pts, self.clock)
            at_s = at_s + frame_s if frame.time is None else frame.time - self.zero_s
            skipped = 0 if self.skipped is None else self.skipped.count_before(frame)
            yield DecodedFrame(at_s=max(at_s, 0.0), index=index + skipped, raw=frame, pixel_shape=self.shape)
            index += 1


def _again(first: VideoFrame | None, rest: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    if first is not None:
        yield first
        yield from rest
