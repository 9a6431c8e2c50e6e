"""Lambda function: detects the objects that prompts describe in a short range of a video behind a URL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from cinedex.analysis.domain.model_results import Detection
from cinedex.detection.detection_prompt import labels_for
from cinedex.detection.prompted_detector import PromptedDetection, PromptedFrame, PromptedFrames
from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece
from cinedex.observability import lambda_handler
from pydantic import BaseModel, Field

from gpu_tasks.analyze_chunk.sampling import sampled
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.roles import ObjectEngine, Picture, PromptedObjectEngine
from gpu_tasks.media.frames import DecodedFrame, decode_frames
from gpu_tasks.settings import ModelSettings

FRAMES_PER_S = 2
LENGTH_MAX_S = 15.5
SIDE_MAX = 640
PROMPTED_SIDE_MAX = 960
DECIMALS = 5


class DetectInVideoRequest(BaseModel):
    """A range in seconds; `threshold` is the minimum score of a detection.

    `clock` has the pieces of the clock of the file.
    """

    url: str = Field(pattern="^https?://")
    start_s: float = Field(ge=0)
    end_s: float
    prompts: tuple[str, ...] = Field(min_length=1, max_length=16)
    threshold: float = Field(ge=0, le=1)
    clock: tuple[ClockPiece, ...] = ()

    @property
    def within(self) -> Span:
        return Span(start_s=self.start_s, end_s=min(self.end_s, self.start_s + LENGTH_MAX_S))

    @property
    def times_s(self) -> list[float]:
        """Two samples a second, beginning at the start."""
        count = max(1, int(self.within.length_s * FRAMES_PER_S))
        return [self.start_s + number / FRAMES_PER_S for number in range(count)]


@lambda_handler(DetectInVideoRequest)
def handler(request: DetectInVideoRequest) -> PromptedFrames:
    """Raises `CorruptMedia`, `UnsupportedMedia` or `EngineUnavailable`."""
    engines = _engines()
    if engines.supports("prompted_objects"):
        return detect_by_prompt(request, engines.prompted_objects)
    return detect_by_label(request, engines.objects)


def detect_by_label(request: DetectInVideoRequest, engine: ObjectEngine) -> PromptedFrames:
    """Detects the labels of the engine that match a prompt, in one sequential pass over the range."""
    labels_of = {index: labels_for(prompt, engine.labels) for index, prompt in enumerate(request.prompts)}
    unserved = tuple(index for index, labels in labels_of.items() if not labels)
    result = PromptedFrames(model=engine.info.label, frames=(), unserved=unserved)
    frames: list[PromptedFrame] = []
    raw = None
    for frame in _sampled(request):
        if frame.raw is not raw:
            frames.append(_detect_labels(frame, labels_of, engine, request.threshold))
        else:  # the picture stands
            frames.append(frames[-1].model_copy(update={"at_s": round(frame.at_s, 3)}))
        raw = frame.raw
        result = _with_size(result, frame)
    return result.model_copy(update={"frames": tuple(frames)})


def detect_by_prompt(request: DetectInVideoRequest, engine: PromptedObjectEngine) -> PromptedFrames:
    """Detects with an open-vocabulary engine, which receives the frames of the whole range in one call."""
    served = [index for index, prompt in enumerate(request.prompts) if engine.supports(prompt)]
    unserved = tuple(index for index in range(len(request.prompts)) if index not in served)
    result = PromptedFrames(model=engine.info.label, frames=(), unserved=unserved)
    times_s: list[float] = []
    shown: list[int] = []
    pictures: list[Picture] = []
    raw = None
    for frame in _sampled(request):
        times_s.append(round(frame.at_s, 3))
        if frame.raw is not raw:
            pictures.append(frame.picture(PROMPTED_SIDE_MAX))
        shown.append(len(pictures) - 1)
        raw = frame.raw
        result = _with_size(result, frame)
    prompts = [request.prompts[index] for index in served]
    detected = engine.find(pictures, prompts, request.threshold) if prompts else [()] * len(pictures)
    frames = (_prompted_frame(at_s, detected[number], served) for at_s, number in zip(times_s, shown, strict=True))
    return result.model_copy(update={"frames": tuple(frames)})


def _sampled(request: DetectInVideoRequest) -> Iterator[DecodedFrame]:
    frames = decode_frames(request.url, request.within, numbered=False, standing=True, clock=request.clock)
    return sampled(frames, request.times_s)


def _with_size(result: PromptedFrames, frame: DecodedFrame) -> PromptedFrames:
    """The size of the first frame; boxes are shares of each frame."""
    return result if result.width else result.model_copy(update={"width": frame.width, "height": frame.height})


def _prompted_frame(at_s: float, detections: tuple[PromptedDetection, ...], served: list[int]) -> PromptedFrame:
    """`served` maps the prompt indexes of the engine to those of the request."""
    renumbered = (d.model_copy(update={"prompt_index": served[d.prompt_index]}) for d in detections)
    return PromptedFrame(at_s=at_s, detections=tuple(renumbered))


def _detect_labels(
    frame: DecodedFrame, labels_of: dict[int, tuple[str, ...]], engine: ObjectEngine, threshold: float
) -> PromptedFrame:
    picture = frame.picture(SIDE_MAX)
    height, width = picture.shape[:2]
    detections = engine.detect(picture, threshold) if any(labels_of.values()) else ()
    matching = [
        _prompted_detection(index, detection, width, height)
        for detection in detections
        for index, labels in labels_of.items()
        if detection.label in labels
    ]
    return PromptedFrame(at_s=round(frame.at_s, 3), detections=tuple(matching))


def _prompted_detection(index: int, detection: Detection, width: int, height: int) -> PromptedDetection:
    box = detection.box
    shares = (box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height)
    left, top, right, bottom = (round(min(max(share, 0.0), 1.0), DECIMALS) for share in shares)
    return PromptedDetection(
        prompt_index=index, label=detection.label, score=detection.score, box=(left, top, right, bottom)
    )


@cache
def _engines() -> EngineRegistry:
    """Loaded once for each execution environment."""
    return EngineRegistry(ModelSettings().model_profile)
