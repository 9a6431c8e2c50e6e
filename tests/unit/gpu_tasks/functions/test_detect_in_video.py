"""Boxes for prompts in a stretch of a video."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cinedex.detection.detection_prompt import labels_for

from gpu_tasks.functions.detect_in_video import DetectInVideoRequest, segment
from tests.support.clips import plain, write_video
from tests.support.tasks import ToldObjects

KNOWN = frozenset({"person", "car", "truck", "bus", "cell phone", "couch"})


@pytest.mark.parametrize(
    ("prompt", "labels"),
    [
        ("person", ("person",)),
        ("the people", ("person",)),
        ("A woman", ("person",)),
        ("cell phones", ("cell phone",)),
        ("sofa", ("couch",)),
        ("Vehicles!", ("car", "bus", "truck")),
        ("a red car", ()),
        ("unicorn", ()),
        ("the", ()),
    ],
)
def test_a_prompt_means_the_labels_that_are_what_it_asks_for(prompt: str, labels: tuple[str, ...]) -> None:
    assert labels_for(prompt, KNOWN) == labels


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("clips") / "plain.mp4", [plain((20, 60, 90))] * 75)


def order(clip: Path, *prompts: str, **fields: Any) -> DetectInVideoRequest:
    told = {"start_s": 0.0, "end_s": 3.0, "threshold": 0.3, **fields}
    return DetectInVideoRequest.model_construct(url=str(clip), prompts=prompts, **told)


def test_two_frames_a_second_are_looked_at(clip: Path) -> None:
    found = segment(order(clip, "person"), ToldObjects())
    assert [frame.at_s for frame in found.frames] == pytest.approx([0.0, 0.52, 1.0, 1.52, 2.0, 2.52])
    assert (found.width, found.height) == (160, 96)


def test_boxes_are_shares_of_the_picture(clip: Path) -> None:
    frame, *_ = segment(order(clip, "person"), ToldObjects()).frames
    assert [detection.box for detection in frame.detections] == [(0.0, 0.0, 0.5, 1.0)]


def test_each_prompt_that_means_a_label_gets_its_detections(clip: Path) -> None:
    frame, *_ = segment(order(clip, "people", "dog", "human"), ToldObjects()).frames
    assert [detection.prompt_index for detection in frame.detections] == [0, 2]


def test_a_prompt_that_the_detector_cannot_tell_is_named(clip: Path) -> None:
    found = segment(order(clip, "unicorn", "person"), ToldObjects())
    assert found.unserved == (0,)


def test_only_the_range_is_decoded(clip: Path) -> None:
    found = segment(order(clip, "person", start_s=1.0, end_s=2.0), ToldObjects())
    assert [frame.at_s for frame in found.frames] == pytest.approx([1.0, 1.52])
