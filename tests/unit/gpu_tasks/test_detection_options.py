"""What a caller may ask of the detector."""

from __future__ import annotations

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import Box, Detection, ModelInfo

from gpu_tasks.analyze_chunk.detection_options import FPS_MAX, DetectionOptions
from gpu_tasks.engines.roles import Picture

PICTURE: Picture = np.zeros((100, 100, 3), np.uint8)


def seen(label: str, score: float, x1: int, x2: int) -> Detection:
    return Detection(label=label, score=score, box=Box(x1=x1, y1=0, x2=x2, y2=100))


class Spotter:
    """Finds two boxes of one car, a person before it, and a doubtful dog; sure of 0.5 and more unless told."""

    info = ModelInfo(id="spotter", version="1")
    labels = frozenset({"car", "person", "dog"})
    found = (seen("car", 0.9, 0, 50), seen("person", 0.8, 0, 50), seen("car", 0.7, 5, 55), seen("dog", 0.2, 90, 99))

    def detect(self, picture: Picture, score_min: float = 0.5, /) -> tuple[Detection, ...]:
        return tuple(d for d in self.found if d.score >= score_min)


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
def test_the_best_that_is_left_is_kept(options: DetectionOptions, labels: list[str]) -> None:
    assert [d.label for d in options.detect(Spotter(), PICTURE)] == labels  # type: ignore[arg-type]


@pytest.mark.parametrize(("max_fps", "fps"), [(None, 1.0), (1, 1.0), (3, 3.0), (15, FPS_MAX)])
def test_it_looks_as_often_as_asked_within_reason(max_fps: float | None, fps: float) -> None:
    assert DetectionOptions(max_fps=max_fps).sample_fps == fps


def test_nothing_asked_for_leaves_results_where_they_are() -> None:
    assert DetectionOptions().fingerprint == {}
    assert DetectionOptions(max_fps=2).fingerprint == {}
