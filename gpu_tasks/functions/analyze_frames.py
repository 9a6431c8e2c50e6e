"""Lambda function: detects objects and reads screen text in frames of a range of a video, on request."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from cinedex.detection.frame_analyzer import FrameAnalysis
from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece
from cinedex.observability import lambda_handler
from pydantic import BaseModel, Field

from gpu_tasks.analyze_chunk.change_detection import ChangeDetector
from gpu_tasks.analyze_chunk.frame_loop import FrameJob, FrameResults, process_frame
from gpu_tasks.analyze_chunk.sampling import sampled
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.frame_observations import object_observations, text_observations
from gpu_tasks.media.frames import DecodedFrame, decode_frames
from gpu_tasks.settings import ModelSettings

FRAMES_MAX = 60
STEP_S_MIN = 0.5
SMALL_CHANGES_MAX = 12  # reading the text of one frame takes half a second
SEEK_STEP_S = 4.0  # at a larger distance, a seek for each frame is faster than decoding all frames in between


class AnalyzeFramesRequest(BaseModel):
    """A range in seconds; `seconds_max` limits the processing time, `clock` has the pieces of the clock of the file."""

    url: str = Field(pattern="^https?://")
    start_s: float = Field(ge=0)
    end_s: float
    seconds_max: float = Field(gt=0, le=20)
    clock: tuple[ClockPiece, ...] = ()

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
class _FrameConsumer:
    """Processes frames until the deadline."""

    results: FrameResults
    deadline: float

    def consume(self, frame: DecodedFrame, changes: ChangeDetector) -> bool:
        """False after the deadline."""
        process_frame(self.results, frame, changes)
        return time.monotonic() < self.deadline


@lambda_handler(AnalyzeFramesRequest)
def handler(request: AnalyzeFramesRequest) -> FrameAnalysis:
    """Raises `CorruptMedia`, `UnsupportedMedia` or `EngineUnavailable`."""
    return analyze_frames(request, _engines())


def analyze_frames(request: AnalyzeFramesRequest, engines: EngineRegistry) -> FrameAnalysis:
    """Frames that are close together are decoded in one pass, others with a seek for each."""
    objects, screen_text = engines.objects, engines.screen_text
    results = FrameResults(FrameJob(request.url, request.within, (), objects, screen_text))
    consumer = _FrameConsumer(results, time.monotonic() + request.seconds_max)
    if request.step_s < SEEK_STEP_S:
        _process_in_order(request, consumer)
    else:
        _process_with_seeks(request, consumer)
    frames = sorted(results.detections, key=lambda f: f.at_s)
    read = sorted(results.texts, key=lambda f: f.at_s)
    times_s = tuple(f.at_s for f in frames)
    return FrameAnalysis(
        models=(objects.info.label, screen_text.info.label),
        frame_times_s=times_s,
        observations=(*object_observations(frames, results.width), *text_observations(times_s, read)),
    )


def _process_in_order(request: AnalyzeFramesRequest, consumer: _FrameConsumer) -> None:
    changes = ChangeDetector(max(1.0, request.within.length_s / SMALL_CHANGES_MAX))
    for frame in sampled(_decoded(request, request.within), request.times_s):
        if not consumer.consume(frame, changes):
            return


def _process_with_seeks(request: AnalyzeFramesRequest, consumer: _FrameConsumer) -> None:
    """Reads the text of every frame, because distant frames are unlikely to show the same picture."""
    for at_s in _by_bisection(request.times_s):
        after = Span(start_s=at_s, end_s=min(at_s + request.step_s, request.end_s))
        frame = next(sampled(_decoded(request, after), [at_s]), None)
        if frame is not None and not consumer.consume(frame, ChangeDetector()):
            return


def _decoded(request: AnalyzeFramesRequest, within: Span) -> Iterator[DecodedFrame]:
    return decode_frames(request.url, within, numbered=False, standing=True, clock=request.clock)


def _by_bisection(times_s: list[float]) -> list[float]:
    """First, middle, quarters, ... (van der Corput, 1935): at any deadline, the frames cover the range evenly."""
    digits = len(times_s).bit_length()
    order = sorted(range(len(times_s)), key=lambda n: f"{n:0{digits}b}"[::-1])
    return [times_s[n] for n in order]


@cache
def _engines() -> EngineRegistry:
    """Loaded once for each execution environment."""
    return EngineRegistry(ModelSettings().model_profile)
