"""Lambda function: boxes of what prompts ask for, in a short stretch of a video behind a URL."""

from __future__ import annotations

from functools import cache

from cinedex.analysis.domain.model_results import Detection
from cinedex.detection.detection_prompt import labels_for
from cinedex.detection.prompted_detector import PromptedDetection, PromptedFrame, PromptedFrames
from cinedex.kernel.span import Span
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
    """Seconds; `threshold` is the least score of a detection."""

    url: str = Field(pattern="^https?://")
    start_s: float = Field(ge=0)
    end_s: float
    prompts: tuple[str, ...] = Field(min_length=1, max_length=16)
    threshold: float = Field(ge=0, le=1)

    @property
    def within(self) -> Span:
        return Span(start_s=self.start_s, end_s=min(self.end_s, self.start_s + LENGTH_MAX_S))

    @property
    def times_s(self) -> list[float]:
        """Two a second, from the start on."""
        count = max(1, int(self.within.length_s * FRAMES_PER_S))
        return [self.start_s + number / FRAMES_PER_S for number in range(count)]


@lambda_handler(DetectInVideoRequest)
def handler(event: DetectInVideoRequest) -> PromptedFrames:
    """Raises `CorruptMedia`, `UnsupportedMedia`, `EngineUnavailable`."""
    engines = _engines()
    if engines.offers("prompted_objects"):
        return segment_by_words(event, engines.prompted_objects)
    return segment(event, engines.objects)


def segment(order: DetectInVideoRequest, engine: ObjectEngine) -> PromptedFrames:
    """By labels that mean what a prompt asks for, in one sequential pass over the range."""
    asked = {index: labels_for(prompt, engine.labels) for index, prompt in enumerate(order.prompts)}
    unserved = tuple(index for index, labels in asked.items() if not labels)
    found = PromptedFrames(model=engine.info.label, frames=(), unserved=unserved)
    frames: list[PromptedFrame] = []
    for frame in sampled(decode_frames(order.url, order.within, numbered=False), order.times_s):
        frames.append(_look(frame, asked, engine, order.threshold))
        found = found.model_copy(update={"width": frame.width, "height": frame.height})
    return found.model_copy(update={"frames": tuple(frames)})


def segment_by_words(order: DetectInVideoRequest, engine: PromptedObjectEngine) -> PromptedFrames:
    """By the words of the prompts themselves; the frames of the whole range are looked at together."""
    served = [index for index, prompt in enumerate(order.prompts) if engine.serves(prompt)]
    unserved = tuple(index for index in range(len(order.prompts)) if index not in served)
    found = PromptedFrames(model=engine.info.label, frames=(), unserved=unserved)
    times_s: list[float] = []
    pictures: list[Picture] = []
    for frame in sampled(decode_frames(order.url, order.within, numbered=False), order.times_s):
        times_s.append(round(frame.at_s, 3))
        pictures.append(frame.picture(PROMPTED_SIDE_MAX))
        found = found.model_copy(update={"width": frame.width, "height": frame.height})
    prompts = [order.prompts[index] for index in served]
    seen = engine.find(pictures, prompts, order.threshold) if prompts else [()] * len(pictures)
    frames = (_told(at_s, detections, served) for at_s, detections in zip(times_s, seen, strict=True))
    return found.model_copy(update={"frames": tuple(frames)})


def _told(at_s: float, detections: tuple[PromptedDetection, ...], served: list[int]) -> PromptedFrame:
    """Numbers of prompts are those of the order, not of the ones that were served."""
    counted = (d.model_copy(update={"prompt_index": served[d.prompt_index]}) for d in detections)
    return PromptedFrame(at_s=at_s, detections=tuple(counted))


def _look(
    frame: DecodedFrame, asked: dict[int, tuple[str, ...]], engine: ObjectEngine, threshold: float
) -> PromptedFrame:
    picture = frame.picture(SIDE_MAX)
    height, width = picture.shape[:2]
    seen = engine.detect(picture, threshold) if any(asked.values()) else ()
    detections = [
        _detection(index, detection, width, height)
        for detection in seen
        for index, labels in asked.items()
        if detection.label in labels
    ]
    return PromptedFrame(at_s=round(frame.at_s, 3), detections=tuple(detections))


def _detection(index: int, seen: Detection, width: int, height: int) -> PromptedDetection:
    box = seen.box
    shares = (box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height)
    left, top, right, bottom = (round(min(max(share, 0.0), 1.0), DECIMALS) for share in shares)
    return PromptedDetection(prompt_index=index, label=seen.label, score=seen.score, box=(left, top, right, bottom))


@cache
def _engines() -> EngineRegistry:
    """Loaded once for each warm instance."""
    return EngineRegistry(ModelSettings().model_profile)
