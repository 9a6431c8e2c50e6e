"""Options of the object detector: frame rate, score threshold, non-maximum suppression and number of objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cinedex.analysis.domain.model_results import Detection
from cinedex.analysis.domain.sampling import DETECTION_FPS_MAX
from pydantic import BaseModel, ConfigDict, Field

from gpu_tasks.analyze_chunk.sampling import SAMPLE_FPS
from gpu_tasks.engines.roles import ObjectEngine, Picture

SCORE_MIN = -1.0  # the engine has applied its threshold; NMSBoxes drops a score that is not above its own


class DetectionOptions(BaseModel):
    """An option that is None has the default of the engine; `max_objects` counts the objects of one frame."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    max_fps: float | None = Field(default=None, gt=0)
    conf: float | None = Field(default=None, ge=0, le=1)
    iou: float | None = Field(default=None, ge=0, le=1)
    max_objects: int | None = Field(default=None, ge=1)

    @property
    def sample_fps(self) -> float:
        return SAMPLE_FPS if self.max_fps is None else min(self.max_fps, DETECTION_FPS_MAX)

    @property
    def fingerprint(self) -> dict[str, Any]:
        """The options besides the frame rate that determine the result; empty for the defaults."""
        options = self.model_dump(exclude_none=True, exclude={"max_fps"})
        return {"detection": options} if options else {}

    def detect(self, engine: ObjectEngine, picture: Picture) -> tuple[Detection, ...]:
        """Detections by descending score."""
        detections = engine.detect(picture) if self.conf is None else engine.detect(picture, self.conf)
        if self.iou is not None:
            detections = _suppress_overlaps(detections, self.iou)
        return detections[: self.max_objects]


DEFAULT_OPTIONS = DetectionOptions()


def _suppress_overlaps(detections: Sequence[Detection], iou_max: float) -> tuple[Detection, ...]:
    """Non-maximum suppression by label: removes boxes whose IoU with a better box of the label is above `iou_max`."""
    import cv2

    boxes = [(d.box.x1, d.box.y1, d.box.x2 - d.box.x1, d.box.y2 - d.box.y1) for d in detections]
    labels = sorted({d.label for d in detections})
    indexes = cv2.dnn.NMSBoxesBatched(
        boxes, [d.score for d in detections], [labels.index(d.label) for d in detections], SCORE_MIN, iou_max
    )
    return tuple(detections[index] for index in sorted(indexes))
