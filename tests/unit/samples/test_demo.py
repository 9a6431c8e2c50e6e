"""The demo clip agrees with its truth table."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from samples.script_model import SCENES

SAMPLES = Path(__file__).parents[3] / "samples"
CLIP = SAMPLES / "demo.mp4"

CLIP_BYTES_MAX = 3_000_000
CUT_CHANGE_MIN, SHOT_CHANGE_MAX = 40.0, 12.0
WITHIN_A_FRAME_S = 0.02


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLES / "demo.truth.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def changes() -> list[tuple[float, float]]:
    """The time of every frame but the first, and its mean difference from the frame before."""
    pictures = list(_small_pictures())
    return [(at_s, float(np.abs(picture - before).mean())) for (_, before), (at_s, picture) in pairwise(pictures)]


def test_the_size_of_the_clip_is_below_the_limit_of_the_repository() -> None:
    assert CLIP.stat().st_size < CLIP_BYTES_MAX


def test_the_clip_has_the_resolution_length_and_codecs_of_its_truth_table(truth: dict[str, Any]) -> None:
    with av.open(str(CLIP)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height, video.average_rate) == (
            truth["width"],
            truth["height"],
            truth["frames_per_s"],
        )
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (container.duration or 0) / av.time_base == pytest.approx(truth["duration_s"], abs=0.05)


def test_the_picture_cuts_at_the_start_of_each_scene_and_nowhere_else(
    truth: dict[str, Any], changes: list[tuple[float, float]]
) -> None:
    cuts_s = [at_s for at_s, change in changes if change > CUT_CHANGE_MIN]
    starts_s = [scene["start_s"] for scene in truth["scenes"][1:]]
    assert cuts_s == pytest.approx(starts_s, abs=WITHIN_A_FRAME_S)


def test_camera_moves_inside_a_scene_change_the_picture_less_than_a_cut(
    changes: list[tuple[float, float]],
) -> None:
    assert max(change for _, change in changes if change <= CUT_CHANGE_MIN) < SHOT_CHANGE_MAX


def test_scenes_follow_each_other_without_gaps(truth: dict[str, Any]) -> None:
    scenes = truth["scenes"]
    assert [scene["start_s"] for scene in scenes] == [0.0, *(scene["end_s"] for scene in scenes[:-1])]
    assert scenes[-1]["end_s"] == truth["duration_s"]


def test_the_scene_of_the_galaxies_has_no_speech(truth: dict[str, Any]) -> None:
    (quiet,) = truth["speechless"]
    overlapping = [s for s in truth["spoken"] if s["start_s"] < quiet["end_s"] and s["end_s"] > quiet["start_s"]]
    assert overlapping == []


def test_every_answer_is_spoken_or_shown_in_the_scene_of_the_truth_table(truth: dict[str, Any]) -> None:
    for question in truth["questions"]:
        if question["answer"] is not None:
            assert question["answer"] in _evidence(truth, question), question["asks"]


def test_one_question_has_no_answer_in_the_clip(truth: dict[str, Any]) -> None:
    assert [question["asks"] for question in truth["questions"] if question["answer"] is None]


def test_the_notice_names_every_photograph() -> None:
    notice = (SAMPLES / "NOTICE.md").read_text(encoding="utf-8")
    photographs = [scene.photograph for scene in SCENES if scene.photograph]
    assert photographs
    assert [name for name in photographs if f"`{name}`" not in notice] == []


def _evidence(truth: dict[str, Any], question: dict[str, Any]) -> str:
    spoken = [sentence["text"] for sentence in truth["spoken"] if _inside(sentence, question)]
    shown = [line for title in truth["titles"] if _inside(title, question) for line in title["lines"]]
    return " ".join(spoken if question["evidence"] == "speech" else shown)


def _inside(inner: dict[str, float], outer: dict[str, float]) -> bool:
    return outer["start_s"] <= inner["start_s"] and inner["end_s"] <= outer["end_s"]


def _small_pictures() -> Iterator[tuple[float, NDArray[np.int16]]]:
    with av.open(str(CLIP)) as container:
        for frame in container.decode(video=0):
            picture = cv2.resize(frame.to_ndarray(format="bgr24"), (64, 36), interpolation=cv2.INTER_AREA)
            yield float(frame.time or 0.0), cv2.cvtColor(picture, cv2.COLOR_BGR2HSV).astype(np.int16)
