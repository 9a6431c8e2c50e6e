"""What a caller may ask of the detector: how often it looks, what it keeps, and how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cinedex.analysis.domain.model_results import Box, Detection
from pydantic import BaseModel, ConfigDict, Field

from gpu_tasks.analyze_chunk.sampling import SAMPLE_FPS
from gpu_tasks.engines.roles import ObjectEngine, Picture

FPS_MAX = 5.0  # each look takes about 50 ms of a CPU


class DetectionOptions(BaseModel):
    """What is None is left to the engine; `max_objects` are those of one picture."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    max_fps: float | None = Field(default=None, gt=0)
    conf: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0, le=1)
    max_objects: int | None = Field(default=None, ge=1)

    @property
    def sample_fps(self) -> float:
        return SAMPLE_FPS if self.max_fps is None else min(self.max_fps, FPS_MAX)

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What decides the result beside the sampling; empty when nothing was asked for."""
        asked = self.model_dump(exclude_none=True, exclude={"max_fps"})
        return {"detection": asked} if asked else {}

    def detect(self, engine: ObjectEngine, picture: Picture) -> tuple[Detection, ...]:
        """Best first."""
        found = engine.detect(picture) if self.conf is None else engine.detect(picture, self.conf)
        if self.iou is not None:
            found = _apart(found, self.iou)
        return found[: self.max_objects]


AS_USUAL = DetectionOptions()


def _apart(found: Sequence[Detection], iou_max: float) -> tuple[Detection, ...]:
    """Without boxes that cover a better one of their label too much (greedy non-maximum suppression)."""
    kept: list[Detection] = []
    for one in found:
        if not any(one.label == better.label and _iou(one.box, better.box) > iou_max for better in kept):
            kept.append(one)
    return tuple(kept)


def _iou(a: Box, b: Box) -> float:
    """What two boxes share, as a share of what they cover together."""
    width, height = min(a.x2, b.x2) - max(a.x1, b.x1), min(a.y2, b.y2) - max(a.y1, b.y1)
    shared = max(0, width) * max(0, height)
    return shared / (_area(a) + _area(b) - shared) if shared else 0.0


def _area(box: Box) -> int:
    return (box.x2 - box.x1) * (box.y2 - box.y1)
