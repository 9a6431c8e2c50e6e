"""Boxes for prompts in free words, by a real OWLv2 that is tiny and random, from files that are pinned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_tasks.engines.owlv2_objects import BATCH, BOXES_MAX, Owlv2Objects
from gpu_tasks.engines.pinned_folder import pin
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.functions import detect_in_video
from gpu_tasks.functions.detect_in_video import DetectInVideoRequest, segment_by_words
from gpu_tasks.task_errors import EngineUnavailable, OutOfMemory
from tests.support.clips import textured, write_video
from tests.support.tiny_owlv2 import save_tiny_owlv2

HOW = "install the extra `gpu` (pip install '.[gpu]', see chapter 5) to run this test"
torch: Any = pytest.importorskip("torch", reason=HOW)
pytest.importorskip("transformers", reason=HOW)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    save_tiny_owlv2(tmp_path / "owlv2")
    pin(tmp_path / "owlv2")
    monkeypatch.setenv("MODEL_WEIGHTS_DIR", str(tmp_path))
    return tmp_path / "owlv2"


@pytest.fixture
def engine(folder: Path) -> Owlv2Objects:
    found = EngineRegistry("gpu").prompted_objects
    assert isinstance(found, Owlv2Objects)
    return found


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("clips") / "textured.mp4", [textured(7)] * 75)


def order(clip: Path, *prompts: str, threshold: float = 0.0) -> DetectInVideoRequest:
    return DetectInVideoRequest.model_construct(
        url=str(clip), prompts=prompts, start_s=0.0, end_s=3.0, threshold=threshold
    )


def refuse_batches_above(size: int, engine: Owlv2Objects, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As a GPU whose memory holds `size` pictures; the list tells what was tried."""
    forward, tried = engine._forward, []

    def short_of_memory(pictures: Any, prompts: Any) -> Any:
        tried.append(len(pictures))
        if len(pictures) > size:
            raise torch.OutOfMemoryError
        return forward(pictures, prompts)

    monkeypatch.setattr(engine, "_forward", short_of_memory)
    return tried


def test_every_sampled_frame_of_a_clip_is_looked_at(clip: Path, engine: Owlv2Objects) -> None:
    found = segment_by_words(order(clip, "a red car", "dog"), engine)
    assert found.model == "owlv2@1"
    assert (found.width, found.height, found.unserved) == (160, 96, ())
    assert [frame.at_s for frame in found.frames] == pytest.approx([0.0, 0.52, 1.0, 1.52, 2.0, 2.52])
    seen = [detection for frame in found.frames for detection in frame.detections]
    assert {(detection.prompt_index, detection.label) for detection in seen} == {(0, "a red car"), (1, "dog")}
    assert all(0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1 for x1, y1, x2, y2 in (detection.box for detection in seen))


@pytest.mark.parametrize(("width", "height"), [(150, 96), (96, 150), (64, 64)])
def test_boxes_are_where_the_library_has_them(width: int, height: int, engine: Owlv2Objects) -> None:
    from transformers import Owlv2Processor

    picture = np.ascontiguousarray(textured(3, 160, 160)[:height, :width])
    (found,) = engine.find([picture], ["dog"], 0.0)
    processor = Owlv2Processor(engine._preprocessor, engine._tokenizer)
    inputs = processor(text=[["dog"]], images=[picture[..., ::-1].copy()], return_tensors="pt")
    with torch.inference_mode():
        out = engine._model(**inputs)
    (told,) = processor.post_process_grounded_object_detection(out, threshold=0.0, target_sizes=[(height, width)])
    shares = np.clip(told["boxes"].numpy() / (width, height, width, height), 0, 1)
    inside = (shares[:, 2] > shares[:, 0] + 1e-5) & (shares[:, 3] > shares[:, 1] + 1e-5)
    expected = sorted(zip(told["scores"].numpy()[inside].tolist(), shares[inside].tolist(), strict=True), reverse=True)
    assert 0 < len(expected) <= len(told["boxes"])
    assert [detection.score for detection in found] == pytest.approx([score for score, _ in expected], abs=1e-4)
    assert np.allclose([detection.box for detection in found], [box for _, box in expected], atol=1e-4)


def test_what_lies_in_the_padding_only_is_nothing(engine: Owlv2Objects) -> None:
    (square,) = engine.find([textured(3, 64, 64)], ["dog"], 0.0)
    (flat,) = engine.find([textured(3, 160, 40)], ["dog"], 0.0)
    assert 0 < len(flat) < len(square)


def test_only_what_reaches_the_threshold_is_told(clip: Path, engine: Owlv2Objects) -> None:
    everything = [d.score for d in segment_by_words(order(clip, "dog"), engine).frames[0].detections]
    middle = everything[len(everything) // 2]
    kept = segment_by_words(order(clip, "dog", threshold=middle + 1e-3), engine).frames[0].detections
    assert everything == sorted(everything, reverse=True)
    assert [detection.score for detection in kept] == [score for score in everything if score > middle + 1e-3]
    assert 0 < len(kept) < len(everything)


def test_a_picture_has_no_more_boxes_than_an_answer_can_carry(engine: Owlv2Objects) -> None:
    (found,) = engine.find([textured(3, 64, 64)], [f"dog {letter}" for letter in "abcdefghijkl"], 0.0)
    assert len(found) == BOXES_MAX


def test_a_prompt_longer_than_the_model_reads_is_named_and_the_others_keep_their_number(
    clip: Path, engine: Owlv2Objects
) -> None:
    found = segment_by_words(order(clip, "a prompt of far too many tokens", "dog"), engine)
    assert found.unserved == (0,)
    assert {d.prompt_index for frame in found.frames for d in frame.detections} == {1}


def test_a_batch_that_does_not_fit_is_halved_and_finds_the_same(
    clip: Path, engine: Owlv2Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = segment_by_words(order(clip, "dog"), engine)
    engine.batch = BATCH
    tried = refuse_batches_above(2, engine, monkeypatch)
    assert segment_by_words(order(clip, "dog"), engine).model_dump() == whole.model_dump()
    assert tried == [6, 4, 2, 2, 2]
    assert engine.batch == 2


def test_a_single_picture_that_does_not_fit_is_out_of_memory(
    clip: Path, engine: Owlv2Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_batches_above(0, engine, monkeypatch)
    with pytest.raises(OutOfMemory, match="single picture"):
        segment_by_words(order(clip, "dog"), engine)


def test_weights_with_a_changed_byte_are_not_loaded(folder: Path) -> None:
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    with pytest.raises(EngineUnavailable, match=r"model\.safetensors is not the pinned file"):
        _ = EngineRegistry("gpu").prompted_objects


def cut_short(weights: Path) -> None:
    weights.write_bytes(weights.read_bytes()[:-100])


def without_a_head(weights: Path) -> None:
    """The library makes up what is missing, at random."""
    from safetensors.torch import load_file, save_file

    save_file({name: w for name, w in load_file(weights).items() if not name.startswith("box_head")}, weights)


@pytest.mark.parametrize("spoil", [Path.unlink, cut_short, without_a_head])
def test_weights_that_are_not_all_there_are_refused_even_when_pinned(
    spoil: Callable[[Path], None], folder: Path
) -> None:
    (folder / "vision.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    spoil(folder / "model.safetensors")
    pin(folder)
    with pytest.raises(EngineUnavailable, match="no OWLv2"):
        _ = EngineRegistry("gpu").prompted_objects


def test_the_function_asks_the_engine_of_the_profile(clip: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detect_in_video, "_engines", lambda: EngineRegistry("gpu"))
    monkeypatch.setattr(
        DetectInVideoRequest, "model_validate", lambda told: DetectInVideoRequest.model_construct(**told)
    )
    told = detect_in_video.handler(order(clip, "a red car").model_dump(), None)
    assert told["unserved"] == []
    assert all(frame["detections"] for frame in told["frames"])
