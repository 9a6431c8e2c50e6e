"""One pass over a chunk: sampled frames go to the object detector, changed frames to the text reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from av.video.frame import VideoFrame
from cinedex.analysis.domain.model_results import Box, DetectedObjects, FrameDetections, FrameText, ReadText
from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece

from gpu_tasks.analyze_chunk.change_detection import ChangeDetector
from gpu_tasks.analyze_chunk.detection_options import DEFAULT_OPTIONS, DetectionOptions
from gpu_tasks.analyze_chunk.sampling import sample_times_s, sampled
from gpu_tasks.engines.roles import ObjectEngine, Picture, ScreenTextEngine
from gpu_tasks.media.frames import DecodedFrame, decode_frames

PICTURE_SIDE_MAX = 960
FULL_HD_SIDE = 1920  # the text of larger pictures is read at their own size
TEXT_SIDE_MAX = 3840


@dataclass(frozen=True)
class FrameJob:
    """The frames to process and the engines to run; an engine is None when its result is already stored.

    `size` is the width and height of the video, in whose pixels boxes are, also where the size of the frames
    changes; None is the size of the first frame. `clock` has the pieces of the clock of the file.
    """

    path: Path | str
    within: Span
    shots: Sequence[Span]
    objects: ObjectEngine | None
    screen_text: ScreenTextEngine | None
    options: DetectionOptions = DEFAULT_OPTIONS
    size: tuple[int, int] | None = None
    clock: Sequence[ClockPiece] = ()


@dataclass
class FrameResults:
    """Collects the results of the engines; the fields of an absent engine stay empty."""

    job: FrameJob
    detections: list[FrameDetections] = field(default_factory=list)
    texts: list[FrameText] = field(default_factory=list)
    width: int = 0
    height: int = 0
    last: VideoFrame | None = None

    def set_size(self, frame: DecodedFrame) -> None:
        """Boxes are in pixels of the video; without its size, in those of the first frame."""
        if not self.width:
            self.width, self.height = self.job.size or (frame.width, frame.height)

    @property
    def objects(self) -> DetectedObjects:
        engine = self.job.objects
        return DetectedObjects(
            frames=tuple(self.detections),
            frame_width=self.width,
            frame_height=self.height,
            sample_fps=self.job.options.sample_fps,
            models=(engine.info,) if engine else (),
        )

    @property
    def text(self) -> ReadText:
        engine = self.job.screen_text
        return ReadText(frames=tuple(self.texts), models=(engine.info,) if engine else ())


def process_chunk(job: FrameJob, report: Callable[[float], None]) -> FrameResults:
    """Decode the chunk once. The results are empty for a file without video. Raises `CorruptMedia`."""
    results, changes = FrameResults(job), ChangeDetector()
    times_s = sample_times_s(job.within, job.shots, job.options.sample_fps)
    for frame in sampled(decode_frames(job.path, job.within, standing=True, clock=job.clock), times_s):
        process_frame(results, frame, changes)
        report((frame.at_s - job.within.start_s) / max(job.within.length_s, 1e-3))
    return results


def process_frame(results: FrameResults, frame: DecodedFrame, changes: ChangeDetector) -> None:
    """Run the engines on one frame and add their output to `results`. A frame that stands is not detected again."""
    results.set_size(frame)
    job, at_s = results.job, round(frame.at_s, 4)
    picture = None if results.last is frame.raw else frame.picture(PICTURE_SIDE_MAX)
    results.last = frame.raw
    if picture is None:
        if results.detections:
            results.detections.append(results.detections[-1].model_copy(update={"at_s": at_s}))
        return
    if job.objects:
        boxed = job.options.detect(job.objects, picture)
        detections = tuple(d.model_copy(update={"box": _in_pixels_of(results, d.box, picture)}) for d in boxed)
        results.detections.append(FrameDetections(at_s=at_s, frame_index=frame.index, detections=detections))
    if job.screen_text and changes.has_changed(frame):
        page = frame.picture(TEXT_SIDE_MAX) if max(frame.width, frame.height) > FULL_HD_SIDE else picture
        read = job.screen_text.read(page)
        lines = tuple(line.model_copy(update={"box": _in_pixels_of(results, line.box, page)}) for line in read)
        results.texts.append(FrameText(at_s=at_s, lines=lines))


def _in_pixels_of(results: FrameResults, box: Box, picture: Picture) -> Box:
    """From pixels of the scaled picture to pixels of the video."""
    width, height = results.width, results.height
    scale_x, scale_y = width / picture.shape[1], height / picture.shape[0]
    return Box(
        x1=max(0, min(round(box.x1 * scale_x), width - 1)),
        y1=max(0, min(round(box.y1 * scale_y), height - 1)),
        x2=max(0, min(round(box.x2 * scale_x), width)),
        y2=max(0, min(round(box.y2 * scale_y), height)),
    )
