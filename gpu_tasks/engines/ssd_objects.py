"""Object detection: SSD MobileNetV2 trained on COCO, with int8 weights on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from cinedex.analysis.domain.model_results import Box, Detection, ModelInfo
from numpy.typing import NDArray

from gpu_tasks.engines.coco_labels import COCO_LABELS
from gpu_tasks.engines.roles import Picture
from gpu_tasks.engines.thread_budget import THREADS, onnx_session_options

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SCORE_MIN = 0.5
SCORE_FLOOR = 0.01
INPUT_SIDE = 300
OVERLAP_MAX = 0.6
CANDIDATES_MAX = 1000
DETECTIONS_MAX = 100
Values = NDArray[np.float32]


class SsdObjects:
    """Liu et al., "SSD: Single Shot MultiBox Detector", 2016.

    The network has 1,917 boxes with a score for each class. Boxes of one class that overlap a better one are removed.
    """

    labels = frozenset(COCO_LABELS.values())

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self._weights = weights
        self._session: InferenceSession | None = None

    def setup(self) -> None:
        import cv2
        from onnxruntime import InferenceSession

        cv2.setNumThreads(THREADS)
        self._session = InferenceSession(
            str(self._weights["ssd-mobilenet-v2"]),
            onnx_session_options(keep_memory=True),
            providers=["CPUExecutionProvider"],
        )
        self.detect(np.zeros((INPUT_SIDE, INPUT_SIDE, 3), np.uint8))

    def detect(self, picture: Picture, score_min: float = SCORE_MIN, /) -> tuple[Detection, ...]:
        import cv2

        assert self._session is not None, "call setup() first"
        blob = cv2.dnn.blobFromImage(picture, size=(INPUT_SIDE, INPUT_SIDE), swapRB=True)
        scores, boxes = self._session.run(["scores", "boxes"], {"image": blob})
        height, width = picture.shape[:2]
        found = _best(np.asarray(scores[0], np.float32), np.asarray(boxes[0], np.float32), max(score_min, SCORE_FLOOR))
        detections = (_detection(label, score, box, width, height) for label, score, box in found)
        return tuple(detection for detection in detections if detection is not None)


def _best(scores: Values, boxes: Values, score_min: float) -> Iterator[tuple[int, float, Values]]:
    """Class, score and corners by descending score; `scores` has a row for each box, whose first class is no object."""
    import cv2

    anchors, classes = np.nonzero(scores[:, 1:] >= score_min)
    classes = classes + 1
    order = np.argsort(-scores[anchors, classes], kind="stable")[:CANDIDATES_MAX]
    if not len(order):
        return
    anchors, classes = anchors[order], classes[order]
    corners, likely = boxes[anchors], scores[anchors, classes]
    extents = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(extents.tolist(), likely.tolist(), classes.tolist(), 0.0, OVERLAP_MAX)
    for index in sorted(int(i) for i in kept)[:DETECTIONS_MAX]:
        yield int(classes[index]), float(likely[index]), corners[index]


def _detection(class_number: int, score: float, corners: Values, width: int, height: int) -> Detection | None:
    """`corners` are `(x1, y1, x2, y2)` as shares of the picture."""
    label = COCO_LABELS.get(class_number)
    x1, y1, x2, y2 = (np.clip(corners, 0, 1) * (width, height, width, height)).round().astype(int).tolist()
    if label is None or x2 <= x1 or y2 <= y1:
        return None
    return Detection(label=label, score=round(min(score, 1.0), 4), box=Box(x1=x1, y1=y1, x2=x2, y2=y2))
