"""Lambda function: what frames of a stretch of a video show and what can be read on them, looked at now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from cinedex.detection.frame_analyzer import FrameAnalysis
from cinedex.kernel.span import Span
from cinedex.observability import lambda_handler
from pydantic import BaseModel, Field

from gpu_tasks.analyze_chunk.change_detection import ChangeDetector
from gpu_tasks.analyze_chunk.frame_loop import Seen, Watch, look
from gpu_tasks.analyze_chunk.sampling import sampled
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.frame_observations import object_sights, text_sights
from gpu_tasks.media.frames import DecodedFrame, decode_frames
from gpu_tasks.settings import ModelSettings

FRAMES_MAX = 60
STEP_S_MIN = 0.5
READINGS_MAX = 12  # of small changes: a reading takes half a second
SEEK_STEP_S = 4.0  # frames further apart are sought one by one: decoding all between them takes longer


class AnalyzeFramesRequest(BaseModel):
    """Seconds; `seconds_max` is how long it may take."""

    url: str = Field(pattern="^https?://")
    start_s: float = Field(ge=0)
    end_s: float
    seconds_max: float = Field(gt=0, le=20)

    @property
    def within(self) -> Span:
        return Span(start_s=self.start_s, end_s=self.end_s)

    @property
    def step_s(self) -> float:
        return max(STEP_S_MIN, self.within.length_s / FRAMES_MAX)

    @property
    def times_s(self) -> list[float]:
        count = min(FRAMES_MAX, max(1, int(self.within.length_s / self.step_s + 1e-6)))
        return [self.start_s + number * self.step_s for number in range(count)]


@dataclass(frozen=True)
class _Eye:
    """Looks at frames until the time is up."""

    seen: Seen
    deadline: float

    def look(self, frame: DecodedFrame, changes: ChangeDetector) -> bool:
        look(self.seen, frame, changes)
        return time.monotonic() < self.deadline


@lambda_handler(AnalyzeFramesRequest)
def handler(event: AnalyzeFramesRequest) -> FrameAnalysis:
    """Raises `CorruptMedia`, `UnsupportedMedia`, `EngineUnavailable`."""
    return view(event, _engines())


def view(order: AnalyzeFramesRequest, engines: EngineRegistry) -> FrameAnalysis:
    """Frames close together are decoded in one pass, others sought one by one."""
    objects, screen_text = engines.objects, engines.screen_text
    eye = _Eye(Seen(Watch(order.url, order.within, (), objects, screen_text)), time.monotonic() + order.seconds_max)
    if order.step_s < SEEK_STEP_S:
        _view_in_order(order, eye)
    else:
        _view_spread(order, eye)
    frames = sorted(eye.seen.detections, key=lambda f: f.at_s)
    read = sorted(eye.seen.lines, key=lambda f: f.at_s)
    times_s = tuple(f.at_s for f in frames)
    return FrameAnalysis(
        models=(objects.info.label, screen_text.info.label),
        frame_times_s=times_s,
        observations=(*object_sights(frames, eye.seen.width), *text_sights(times_s, read)),
    )


def _view_in_order(order: AnalyzeFramesRequest, eye: _Eye) -> None:
    changes = ChangeDetector(max(1.0, order.within.length_s / READINGS_MAX))
    for frame in sampled(decode_frames(order.url, order.within, numbered=False), order.times_s):
        if not eye.look(frame, changes):
            return


def _view_spread(order: AnalyzeFramesRequest, eye: _Eye) -> None:
    """Every frame is read: those far apart have nothing to do with each other."""
    for at_s in _halving(order.times_s):
        behind = Span(start_s=at_s, end_s=min(at_s + order.step_s, order.end_s))
        frame = next(_decoded(order.url, behind), None)
        if frame is not None and not eye.look(frame, ChangeDetector()):
            return


def _decoded(url: str, within: Span) -> Iterator[DecodedFrame]:
    return decode_frames(url, within, numbered=False)


def _halving(times_s: list[float]) -> list[float]:
    """First, middle, quarters, ... (van der Corput, 1935): whenever the time is up, the range is evenly covered."""
    digits = len(times_s).bit_length()
    order = sorted(range(len(times_s)), key=lambda n: f"{n:0{digits}b}"[::-1])
    return [times_s[n] for n in order]


@cache
def _engines() -> EngineRegistry:
    """Loaded once for each warm instance."""
    return EngineRegistry(ModelSettings().model_profile)
