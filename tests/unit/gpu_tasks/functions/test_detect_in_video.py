"""Detection of prompts in a range of a video by the labels of the object detector."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cinedex.detection.detection_prompt import labels_for

from gpu_tasks.functions.detect_in_video import DetectInVideoRequest, detect_by_label
from tests.support.clips import plain, write_video
from tests.support.tasks import FakeObjects

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
def test_a_prompt_matches_labels_by_their_meaning(prompt: str, labels: tuple[str, ...]) -> None:
    assert labels_for(prompt, KNOWN) == labels


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("clips") / "plain.mp4", [plain((20, 60, 90))] * 75)


def request_for(clip: Path, *prompts: str, **fields: Any) -> DetectInVideoRequest:
    defaults = {"start_s": 0.0, "end_s": 3.0, "threshold": 0.3, **fields}
    return DetectInVideoRequest.model_construct(url=str(clip), prompts=prompts, **defaults)


def test_two_frames_a_second_are_sampled(clip: Path) -> None:
    result = detect_by_label(request_for(clip, "person"), FakeObjects())
    assert [frame.at_s for frame in result.frames] == pytest.approx([0.0, 0.52, 1.0, 1.52, 2.0, 2.52])
    assert (result.width, result.height) == (160, 96)


def test_boxes_are_shares_of_the_picture(clip: Path) -> None:
    frame, *_ = detect_by_label(request_for(clip, "person"), FakeObjects()).frames
    assert [detection.box for detection in frame.detections] == [(0.0, 0.0, 0.5, 1.0)]


def test_each_prompt_that_matches_a_label_has_its_detections(clip: Path) -> None:
    frame, *_ = detect_by_label(request_for(clip, "people", "dog", "human"), FakeObjects()).frames
    assert [detection.prompt_index for detection in frame.detections] == [0, 2]


def test_a_prompt_without_a_label_is_unserved(clip: Path) -> None:
    result = detect_by_label(request_for(clip, "unicorn", "person"), FakeObjects())
    assert result.unserved == (0,)


def test_only_the_range_is_decoded(clip: Path) -> None:
    result = detect_by_label(request_for(clip, "person", start_s=1.0, end_s=2.0), FakeObjects())
    assert [frame.at_s for frame in result.frames] == pytest.approx([1.0, 1.52])
