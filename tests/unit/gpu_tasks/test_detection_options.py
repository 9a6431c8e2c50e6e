"""Options of the object detector."""

from __future__ import annotations

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import Box, Detection, ModelInfo
from cinedex.analysis.domain.sampling import DETECTION_FPS_MAX

from gpu_tasks.analyze_chunk.detection_options import DetectionOptions
from gpu_tasks.engines.roles import Picture

PICTURE: Picture = np.zeros((100, 100, 3), np.uint8)


def detection(label: str, score: float, x1: int, x2: int) -> Detection:
    return Detection(label=label, score=score, box=Box(x1=x1, y1=0, x2=x2, y2=100))


class FakeDetector:
    """Two boxes of one car, a person in front of it, and a dog with a low score; the default threshold is 0.5."""

    info = ModelInfo(id="fake-detector", version="1")
    labels = frozenset({"car", "person", "dog"})
    detections = (
        detection("car", 0.9, 0, 50),
        detection("person", 0.8, 0, 50),
        detection("car", 0.7, 5, 55),
        detection("dog", 0.2, 90, 99),
    )

    def detect(self, picture: Picture, score_min: float = 0.5, /) -> tuple[Detection, ...]:
        return tuple(d for d in self.detections if d.score >= score_min)


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        (DetectionOptions(), ["car", "person", "car"]),
        (DetectionOptions(conf=0.1), ["car", "person", "car", "dog"]),
        (DetectionOptions(conf=0.75), ["car", "person"]),
        (DetectionOptions(iou=0.5), ["car", "person"]),
        (DetectionOptions(iou=0.9), ["car", "person", "car"]),
        (DetectionOptions(max_objects=1), ["car"]),
        (DetectionOptions(conf=0.1, iou=0.5, max_objects=3), ["car", "person", "dog"]),
    ],
)
def test_options_filter_the_detections(options: DetectionOptions, labels: list[str]) -> None:
    assert [d.label for d in options.detect(FakeDetector(), PICTURE)] == labels  # type: ignore[arg-type]


def test_suppression_keeps_a_detection_with_a_score_of_zero() -> None:
    detector = FakeDetector()
    detector.detections = (detection("car", 0.9, 0, 50), detection("car", 0.0, 60, 99))
    assert len(DetectionOptions(conf=0.0, iou=0.5).detect(detector, PICTURE)) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(("max_fps", "fps"), [(None, 1.0), (1, 1.0), (3, 3.0), (15, DETECTION_FPS_MAX)])
def test_the_frame_rate_is_that_of_the_caller_up_to_a_limit(max_fps: float | None, fps: float) -> None:
    assert DetectionOptions(max_fps=max_fps).sample_fps == fps


def test_default_options_do_not_change_the_result_key() -> None:
    assert DetectionOptions().fingerprint == {}
    assert DetectionOptions(max_fps=2).fingerprint == {}
