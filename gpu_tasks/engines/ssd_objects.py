"""Object detection: SSD MobileNetV2 trained on COCO, on the DNN runtime of OpenCV."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from cinedex.analysis.domain.model_results import Box, Detection, ModelInfo
from numpy.typing import NDArray

from gpu_tasks.engines.coco_labels import COCO_LABELS
from gpu_tasks.engines.roles import Picture
from gpu_tasks.engines.thread_budget import THREADS

if TYPE_CHECKING:
    from cv2.dnn import Net

SCORE_MIN = 0.5
INPUT_SIDE = 300


class SsdObjects:
    """Liu et al., "SSD: Single Shot MultiBox Detector", 2016. The graph contains the non-maximum suppression."""

    labels = frozenset(COCO_LABELS.values())

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self._weights = weights
        self._net: Net | None = None
        self._turn = threading.Lock()

    def setup(self) -> None:
        import cv2

        cv2.setNumThreads(THREADS)
        graph, structure = self._weights["ssd-mobilenet-v2"], self._weights["ssd-mobilenet-v2-graph"]
        self._net = cv2.dnn.readNetFromTensorflow(str(graph), str(structure))
        self.detect(np.zeros((INPUT_SIDE, INPUT_SIDE, 3), np.uint8))

    def detect(self, picture: Picture, score_min: float = SCORE_MIN, /) -> tuple[Detection, ...]:
        import cv2

        assert self._net is not None, "call setup() first"
        blob = cv2.dnn.blobFromImage(picture, size=(INPUT_SIDE, INPUT_SIDE), swapRB=True)
        with self._turn:  # the network has one input
            self._net.setInput(blob)
            rows = np.array(self._net.forward(), np.float32).reshape(-1, 7)
        height, width = picture.shape[:2]
        detections = [_detection(row, width, height) for row in rows if row[2] >= score_min]
        return tuple(sorted((d for d in detections if d is not None), key=lambda d: -d.score))


def _detection(row: NDArray[np.float32], width: int, height: int) -> Detection | None:
    """A row is `(image, class, score, x1, y1, x2, y2)` with corners as shares of the picture."""
    label = COCO_LABELS.get(int(row[1]))
    x1, y1, x2, y2 = (np.clip(row[3:7], 0, 1) * (width, height, width, height)).round().astype(int).tolist()
    if label is None or x2 <= x1 or y2 <= y1:
        return None
    score = round(min(float(row[2]), 1.0), 4)
    return Detection(label=label, score=score, box=Box(x1=x1, y1=y1, x2=x2, y2=y2))
