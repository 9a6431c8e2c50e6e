"""The bounds and defaults of the results that workers store."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from cinedex.analysis.domain import model_results
from cinedex.analysis.domain.model_results import (
    Detection,
    FrameDetections,
    FrameText,
    ModelInfo,
    ModelResult,
    SampledFrame,
    SampledFrames,
    ScreenLine,
    Shots,
    Transcript,
    Word,
)
from cinedex.analysis.domain.sampling import DETECTION_FPS_MAX
from cinedex.analysis.domain.state_events import FailAnalysisEvent
from cinedex.analysis.domain.task_message import TaskCost, TaskResult
from cinedex.kernel.span import span
from cinedex.library.domain.segmenting import Chunk
from pydantic import ValidationError

BOX = {"x1": 0, "y1": 0, "x2": 1, "y2": 1}
SHARE, TIME = (0.0, 1.0), (0.0, inf)

VALID: dict[type[ModelResult], dict[str, Any]] = {
    Word: {"span": span(0, 1), "text": "word", "probability": 0.5},
    Transcript: {"language": None, "utterances": ()},
    Shots: {"shots": (), "duration_s": 0.5},
    Detection: {"label": "person", "score": 0.5, "box": BOX},
    ScreenLine: {"text": "line", "score": 0.5, "box": BOX},
    FrameDetections: {"at_s": 0.5, "frame_index": 1, "detections": ()},
    FrameText: {"at_s": 0.5, "lines": ()},
    SampledFrame: {"at_s": 0.5, "frame_index": 1},
    SampledFrames: {
        "slice_s": 60.0,
        "slice_keys": {},
        "frame_width": 640,
        "frame_height": 360,
        "shown_until_s": 5.0,
    },
}
BOUNDS: list[tuple[type[ModelResult], str, tuple[float, float]]] = [
    (Word, "probability", SHARE),
    (Transcript, "decoded_until_s", TIME),
    (Transcript, "unreadable", SHARE),
    (Transcript, "unknown_speech_s", TIME),
    (Shots, "duration_s", TIME),
    (Shots, "unreadable", SHARE),
    (Detection, "score", SHARE),
    (ScreenLine, "score", SHARE),
    (FrameDetections, "at_s", TIME),
    (FrameDetections, "frame_index", TIME),
    (FrameText, "at_s", TIME),
    (SampledFrame, "at_s", TIME),
    (SampledFrame, "frame_index", TIME),
    (SampledFrames, "slice_s", (1.0, inf)),  # above 0
]


@pytest.mark.parametrize(("kind", "field", "bounds"), BOUNDS, ids=lambda value: getattr(value, "__name__", None))
def test_a_number_of_a_result_lies_between_its_bounds(
    kind: type[ModelResult], field: str, bounds: tuple[float, float]
) -> None:
    for inside in (bounds[0], min(bounds[1], 7.0)):
        assert getattr(kind.model_validate(VALID[kind] | {field: inside}), field) == inside
    for outside in (bounds[0] - 1, *(() if bounds[1] == inf else (bounds[1] + 1, bounds[1] + 0.01))):
        with pytest.raises(ValidationError):
            kind.model_validate(VALID[kind] | {field: outside})


def test_every_number_with_a_bound_is_in_the_table() -> None:
    kinds = [kind for kind in vars(model_results).values() if isinstance(kind, type) and issubclass(kind, ModelResult)]
    bounded = {(kind, name) for kind in kinds for name, field in kind.model_fields.items() if field.metadata}
    assert bounded == {(kind, name) for kind, name, _ in BOUNDS}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(Transcript, ("decoded_until_s", "unreadable", "unknown_speech_s")), (Shots, ("unreadable",))],
)
def test_what_an_earlier_version_has_not_measured_is_zero(kind: type[ModelResult], fields: tuple[str, ...]) -> None:
    result = kind.model_validate(VALID[kind])
    assert [getattr(result, field) for field in fields] == [0.0] * len(fields)


def test_a_result_of_an_earlier_version_has_taken_no_time() -> None:
    assert TaskResult(results={}).elapsed_s == 0.0


def test_a_model_is_named_with_its_version() -> None:
    assert ModelInfo(id="whisper", version="1").label == "whisper@1"


def test_the_detector_looks_at_five_frames_a_second_at_most() -> None:
    assert DETECTION_FPS_MAX == 5.0


def test_an_estimate_is_for_the_chunk_or_for_the_whole_video() -> None:
    cost = TaskCost(per_s=0.5, video_s=1000.0)
    chunk = Chunk(index=0, span=span(100, 160), first_segment=0, segment_count=1)
    assert (cost.estimate_s(chunk), cost.estimate_s(None)) == (30.0, 500.0)


def test_a_failure_may_lack_its_error_and_its_cause() -> None:
    event = FailAnalysisEvent.model_validate({"account_id": "a", "video_id": "v", "run_id": "r"})
    assert (event.error, event.cause) == (None, None)
