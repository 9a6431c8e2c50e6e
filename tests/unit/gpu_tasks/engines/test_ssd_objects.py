"""The boxes of the network become objects: the best of each place, by descending score, inside the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from cinedex.analysis.domain.model_results import Detection, ModelInfo

from gpu_tasks.engines.ssd_objects import DETECTIONS_MAX, INPUT_SIDE, SsdObjects

PERSON, CAR, UNUSED = 1, 3, 12
Found = tuple[int, float, tuple[float, float, float, float]]


class Network:
    """Answers with these classes, scores and boxes."""

    def __init__(self, *found: Found) -> None:
        self.found = found

    def run(self, outputs: list[str], inputs: dict[str, Any]) -> list[Any]:
        assert (outputs, inputs["image"].shape) == (["scores", "boxes"], (1, 3, INPUT_SIDE, INPUT_SIDE))
        scores = np.zeros((1, len(self.found), 91), np.float32)
        for number, (kind, score, _) in enumerate(self.found):
            scores[0, number, kind] = score
        return [scores, np.array([[box for *_, box in self.found]], np.float32)]


def detected(*found: Found, score_min: float = 0.5) -> tuple[Detection, ...]:
    engine = SsdObjects(ModelInfo(id="ssd", version="1"), {"ssd-mobilenet-v2": Path("unused")})
    engine._session = Network(*found)  # type: ignore[assignment]
    return engine.detect(np.zeros((100, 200, 3), np.uint8), score_min)


def test_boxes_are_in_pixels_inside_the_picture() -> None:
    (person,) = detected((PERSON, 0.9, (-0.1, 0.5, 0.5, 1.2)))
    assert (person.label, person.score) == ("person", 0.9)
    assert person.box.model_dump() == {"x1": 0, "y1": 50, "x2": 100, "y2": 100}


def test_of_boxes_of_one_class_that_overlap_the_best_one_is_kept() -> None:
    found = detected(
        (PERSON, 0.7, (0.1, 0.1, 0.5, 0.9)), (PERSON, 0.9, (0.1, 0.12, 0.5, 0.9)), (CAR, 0.8, (0.1, 0.1, 0.5, 0.9))
    )
    assert [(d.label, d.score) for d in found] == [("person", 0.9), ("car", 0.8)]


def test_boxes_of_one_class_that_do_not_overlap_are_kept() -> None:
    assert len(detected((PERSON, 0.7, (0.1, 0.1, 0.4, 0.9)), (PERSON, 0.9, (0.5, 0.1, 0.9, 0.9)))) == 2


def test_the_limit_of_the_score_includes_itself() -> None:
    boxes = [(PERSON, 0.25, (0.0, 0.0, 0.4, 0.4)), (PERSON, 0.5, (0.5, 0.5, 0.9, 0.9))]
    assert [d.score for d in detected(*boxes)] == [0.5]
    assert [d.score for d in detected(*boxes, score_min=0.25)] == [0.5, 0.25]
    assert [d.score for d in detected(*boxes, (CAR, 0.001, (0.0, 0.5, 0.4, 0.9)), score_min=0.0)] == [0.5, 0.25]


def test_classes_without_a_label_and_boxes_without_an_area_are_no_objects() -> None:
    assert detected((UNUSED, 0.9, (0.1, 0.1, 0.5, 0.9)), (CAR, 0.9, (0.3, 0.1, 0.301, 0.9))) == ()


def test_a_picture_without_objects_has_none() -> None:
    assert detected((PERSON, 0.1, (0.1, 0.1, 0.5, 0.9))) == ()


def test_a_picture_has_at_most_100_objects() -> None:
    sides = np.linspace(0, 1, 13)
    boxes = [(PERSON, 0.6, (a, b, a + 0.05, b + 0.05)) for a in sides[:-1] for b in sides[:-1]]
    assert len(detected(*boxes)) == DETECTIONS_MAX
