"""The one pass over a chunk: sampled frames go to the detector, changed ones to the text reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cinedex.analysis.domain.model_results import Box, DetectedObjects, FrameDetections, FrameText, ReadText
from cinedex.kernel.span import Span

from gpu_tasks.analyze_chunk.change_detection import ChangeDetector
from gpu_tasks.analyze_chunk.detection_options import AS_USUAL, DetectionOptions
from gpu_tasks.analyze_chunk.sampling import sample_times_s, sampled
from gpu_tasks.engines.roles import ObjectEngine, Picture, ScreenTextEngine
from gpu_tasks.media.frames import DecodedFrame, decode_frames

PICTURE_SIDE_MAX = 960  # larger ones double the memory of the text reader and read no better


@dataclass(frozen=True)
class Watch:
    """What to look at, and which engines are to look; an engine that is None has its result already."""

    path: Path | str
    within: Span
    shots: Sequence[Span]
    objects: ObjectEngine | None
    screen_text: ScreenTextEngine | None
    options: DetectionOptions = AS_USUAL


@dataclass
class Seen:
    """Grows while the chunk is watched; the fields of an absent engine stay empty."""

    watch: Watch
    detections: list[FrameDetections] = field(default_factory=list)
    lines: list[FrameText] = field(default_factory=list)
    width: int = 0
    height: int = 0

    @property
    def objects(self) -> DetectedObjects:
        engine = self.watch.objects
        return DetectedObjects(
            frames=tuple(self.detections),
            frame_width=self.width,
            frame_height=self.height,
            sample_fps=self.watch.options.sample_fps,
            models=(engine.info,) if engine else (),
        )

    @property
    def text(self) -> ReadText:
        engine = self.watch.screen_text
        return ReadText(frames=tuple(self.lines), models=(engine.info,) if engine else ())


def watch(what: Watch, report: Callable[[float], None]) -> Seen:
    """Decode the chunk once; nothing is found in a file without pictures. Raises `CorruptMedia`."""
    seen, changes = Seen(what), ChangeDetector()
    times_s = sample_times_s(what.within, what.shots, what.options.sample_fps)
    for frame in sampled(decode_frames(what.path, what.within), times_s):
        seen.width, seen.height = frame.width, frame.height
        look(seen, frame, changes)
        report((frame.at_s - what.within.start_s) / max(what.within.length_s, 1e-3))
    return seen


def look(seen: Seen, frame: DecodedFrame, changes: ChangeDetector) -> None:
    """Add what the engines find in one frame to what was seen."""
    picture = frame.picture(PICTURE_SIDE_MAX)
    at_s = round(frame.at_s, 4)
    if seen.watch.objects:
        found = seen.watch.options.detect(seen.watch.objects, picture)
        placed = tuple(d.model_copy(update={"box": _placed(d.box, picture, frame)}) for d in found)
        seen.detections.append(FrameDetections(at_s=at_s, frame_index=frame.index, detections=placed))
    if seen.watch.screen_text and changes.has_changed(frame):
        read = seen.watch.screen_text.read(picture)
        lines = tuple(line.model_copy(update={"box": _placed(line.box, picture, frame)}) for line in read)
        seen.lines.append(FrameText(at_s=at_s, lines=lines))


def _placed(box: Box, picture: Picture, frame: DecodedFrame) -> Box:
    """From pixels of the scaled picture to pixels of the frame as shown."""
    across, down = frame.width / picture.shape[1], frame.height / picture.shape[0]
    return Box(
        x1=min(round(box.x1 * across), frame.width - 1),
        y1=min(round(box.y1 * down), frame.height - 1),
        x2=min(round(box.x2 * across), frame.width),
        y2=min(round(box.y2 * down), frame.height),
    )
