"""`POST /v2/videos/{id}/segment`: detects prompted objects in at most 15 seconds of a video."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cinedex.api.auth import Searcher
from cinedex.api.requests.strict_body import StrictBody
from cinedex.bootstrap.access import record_usage
from cinedex.bootstrap.library import detect_in_video
from cinedex.detection.prompted_detector import PromptedDetection, PromptedFrame, PromptedFrames
from cinedex.usage.operations import Operation

router = APIRouter(prefix="/v2/videos/{video_id}", tags=["video insights"])


class PromptText(StrictBody):
    type: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=200)


class SegmentBody(StrictBody):
    """`start` and `end` in seconds, at most 15 s apart."""

    prompts: list[PromptText] = Field(min_length=1, max_length=16)
    start: float = Field(default=0.0, ge=0)
    end: float | None = Field(default=None, ge=0, description="Null: 15 s after the start, or the end of the video.")
    threshold: float = Field(default=0.3, ge=0, le=1, description="Least score of a detection.")


class NormalisedBox(BaseModel):
    """Fractions of the width and height of the frame, 0 to 1, from its upper left corner."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float


class SegmentDetection(BaseModel):
    label: str
    prompt_index: int
    score: float
    bbox: NormalisedBox

    @classmethod
    def of(cls, detection: PromptedDetection) -> SegmentDetection:
        x_min, y_min, x_max, y_max = detection.box
        box = NormalisedBox(x_min=x_min, y_min=y_min, x_max=x_max, y_max=y_max)
        return cls(label=detection.label, prompt_index=detection.prompt_index, score=detection.score, bbox=box)


class SegmentFrame(BaseModel):
    timestamp: float
    detections: list[SegmentDetection]

    @classmethod
    def of(cls, frame: PromptedFrame) -> SegmentFrame:
        return cls(timestamp=frame.at_s, detections=[SegmentDetection.of(d) for d in frame.detections])


class FrameSize(BaseModel):
    """Pixels."""

    width: int
    height: int


class SegmentResponse(BaseModel):
    frames: list[SegmentFrame] = Field(description="Two per second, including those without detections.")
    frame_size: FrameSize | None
    frame_count: int
    unserved_prompts: list[int] = Field(description="Extension: indexes of prompts that the detector does not know.")
    model: str = Field(description="Extension: the detector.")

    @classmethod
    def of(cls, result: PromptedFrames) -> SegmentResponse:
        sized = result.width is not None and result.height is not None
        return cls(
            frames=[SegmentFrame.of(f) for f in result.frames],
            frame_size=FrameSize(width=result.width or 0, height=result.height or 0) if sized else None,
            frame_count=len(result.frames),
            unserved_prompts=list(result.unserved),
            model=result.model,
        )


@router.post("/segment")
def segment(caller: Searcher, video_id: UUID, body: SegmentBody) -> SegmentResponse:
    """Detect prompted objects in a stretch of a video. Works on the uploaded file and needs no feature."""
    prompts = tuple(p.text for p in body.prompts)
    result = detect_in_video()(caller.account_id, str(video_id), prompts, body.start, body.end, body.threshold)
    record_usage().count(caller.account_id, Operation.SEGMENT)
    return SegmentResponse.of(result)
