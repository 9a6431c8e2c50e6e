"""Detection of free-text prompts by a tiny OWLv2 with random weights from a pinned folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_tasks.engines.owlv2_objects import BATCH_SIZE, BOXES_MAX, Owlv2Objects
from gpu_tasks.engines.pinned_folder import pin
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.functions import detect_in_video
from gpu_tasks.functions.detect_in_video import DetectInVideoRequest, detect_by_prompt
from gpu_tasks.task_errors import EngineUnavailable, OutOfMemory
from tests.support.clips import textured, write_video
from tests.support.tiny_owlv2 import save_tiny_owlv2

INSTALL_HINT = "install the extra `gpu` (pip install '.[gpu]', see chapter 5) to run this test"
torch: Any = pytest.importorskip("torch", reason=INSTALL_HINT)
pytest.importorskip("transformers", reason=INSTALL_HINT)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    save_tiny_owlv2(tmp_path / "owlv2")
    pin(tmp_path / "owlv2")
    monkeypatch.setenv("MODEL_WEIGHTS_DIR", str(tmp_path))
    return tmp_path / "owlv2"


@pytest.fixture
def engine(folder: Path) -> Owlv2Objects:
    loaded = EngineRegistry("gpu").prompted_objects
    assert isinstance(loaded, Owlv2Objects)
    return loaded


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("clips") / "textured.mp4", [textured(7)] * 75)


def request_for(clip: Path, *prompts: str, threshold: float = 0.0) -> DetectInVideoRequest:
    return DetectInVideoRequest.model_construct(
        url=str(clip), prompts=prompts, start_s=0.0, end_s=3.0, threshold=threshold
    )


def limit_batch_size(size: int, engine: Owlv2Objects, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Simulates a GPU memory of `size` pictures; returns the sizes of the attempted batches."""
    forward, attempts = engine._forward, []

    def limited_forward(pictures: Any, prompts: Any) -> Any:
        attempts.append(len(pictures))
        if len(pictures) > size:
            raise torch.OutOfMemoryError
        return forward(pictures, prompts)

    monkeypatch.setattr(engine, "_forward", limited_forward)
    return attempts


def test_every_sampled_frame_has_detections_for_every_prompt(clip: Path, engine: Owlv2Objects) -> None:
    result = detect_by_prompt(request_for(clip, "a red car", "dog"), engine)
    assert result.model == "owlv2@1"
    assert (result.width, result.height, result.unserved) == (160, 96, ())
    assert [frame.at_s for frame in result.frames] == pytest.approx([0.0, 0.52, 1.0, 1.52, 2.0, 2.52])
    detections = [detection for frame in result.frames for detection in frame.detections]
    assert {(detection.prompt_index, detection.label) for detection in detections} == {(0, "a red car"), (1, "dog")}
    assert all(
        0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1 for x1, y1, x2, y2 in (detection.box for detection in detections)
    )


@pytest.mark.parametrize(("width", "height"), [(150, 96), (96, 150), (64, 64)])
def test_boxes_agree_with_those_of_the_library(width: int, height: int, engine: Owlv2Objects) -> None:
    from transformers import Owlv2Processor

    picture = np.ascontiguousarray(textured(3, 160, 160)[:height, :width])
    (result,) = engine.find([picture], ["dog"], 0.0)
    processor = Owlv2Processor(engine._preprocessor, engine._tokenizer)
    inputs = processor(text=[["dog"]], images=[picture[..., ::-1].copy()], return_tensors="pt")
    with torch.inference_mode():
        out = engine._model(**inputs)
    (reference,) = processor.post_process_grounded_object_detection(out, threshold=0.0, target_sizes=[(height, width)])
    shares = np.clip(reference["boxes"].numpy() / (width, height, width, height), 0, 1)
    inside = (shares[:, 2] > shares[:, 0] + 1e-5) & (shares[:, 3] > shares[:, 1] + 1e-5)
    expected = sorted(
        zip(reference["scores"].numpy()[inside].tolist(), shares[inside].tolist(), strict=True), reverse=True
    )
    assert 0 < len(expected) <= len(reference["boxes"])
    assert [detection.score for detection in result] == pytest.approx([score for score, _ in expected], abs=1e-4)
    assert np.allclose([detection.box for detection in result], [box for _, box in expected], atol=1e-4)


def test_boxes_in_the_padding_are_removed(engine: Owlv2Objects) -> None:
    (square,) = engine.find([textured(3, 64, 64)], ["dog"], 0.0)
    (flat,) = engine.find([textured(3, 160, 40)], ["dog"], 0.0)
    assert 0 < len(flat) < len(square)


def test_detections_below_the_threshold_are_removed(clip: Path, engine: Owlv2Objects) -> None:
    scores = [d.score for d in detect_by_prompt(request_for(clip, "dog"), engine).frames[0].detections]
    middle = scores[len(scores) // 2]
    filtered = detect_by_prompt(request_for(clip, "dog", threshold=middle + 1e-3), engine).frames[0].detections
    assert scores == sorted(scores, reverse=True)
    assert [detection.score for detection in filtered] == [score for score in scores if score > middle + 1e-3]
    assert 0 < len(filtered) < len(scores)


def test_a_picture_has_at_most_the_limit_of_boxes(engine: Owlv2Objects) -> None:
    (result,) = engine.find([textured(3, 64, 64)], [f"dog {letter}" for letter in "abcdefghijkl"], 0.0)
    assert len(result) == BOXES_MAX


def test_a_prompt_that_is_too_long_is_unserved_and_the_others_keep_their_index(
    clip: Path, engine: Owlv2Objects
) -> None:
    result = detect_by_prompt(request_for(clip, "a prompt of far too many tokens", "dog"), engine)
    assert result.unserved == (0,)
    assert {d.prompt_index for frame in result.frames for d in frame.detections} == {1}


def test_a_batch_that_exceeds_the_memory_is_halved_with_the_same_result(
    clip: Path, engine: Owlv2Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = detect_by_prompt(request_for(clip, "dog"), engine)
    engine.batch_size = BATCH_SIZE
    attempts = limit_batch_size(2, engine, monkeypatch)
    assert detect_by_prompt(request_for(clip, "dog"), engine).model_dump() == whole.model_dump()
    assert attempts == [6, 4, 2, 2, 2]
    assert engine.batch_size == 2


def test_a_single_picture_that_exceeds_the_memory_is_out_of_memory(
    clip: Path, engine: Owlv2Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_batch_size(0, engine, monkeypatch)
    with pytest.raises(OutOfMemory, match="single picture"):
        detect_by_prompt(request_for(clip, "dog"), engine)


def test_weights_with_a_changed_byte_are_rejected(folder: Path) -> None:
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    with pytest.raises(EngineUnavailable, match=r"model\.safetensors is not the pinned file"):
        _ = EngineRegistry("gpu").prompted_objects


def truncate(weights: Path) -> None:
    weights.write_bytes(weights.read_bytes()[:-100])


def remove_the_box_head(weights: Path) -> None:
    """The library initialises missing weights at random."""
    from safetensors.torch import load_file, save_file

    save_file({name: w for name, w in load_file(weights).items() if not name.startswith("box_head")}, weights)


@pytest.mark.parametrize("damage", [Path.unlink, truncate, remove_the_box_head])
def test_incomplete_weights_are_rejected_even_when_pinned(damage: Callable[[Path], None], folder: Path) -> None:
    (folder / "vision.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    damage(folder / "model.safetensors")
    pin(folder)
    with pytest.raises(EngineUnavailable, match="not an OWLv2 model"):
        _ = EngineRegistry("gpu").prompted_objects


def test_the_function_uses_the_engine_of_the_profile(clip: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect_in_video, "_engines", lambda: EngineRegistry("gpu"))
    monkeypatch.setattr(
        DetectInVideoRequest, "model_validate", lambda event: DetectInVideoRequest.model_construct(**event)
    )
    response = detect_in_video.handler(request_for(clip, "a red car").model_dump(), None)
    assert response["unserved"] == []
    assert all(frame["detections"] for frame in response["frames"])
