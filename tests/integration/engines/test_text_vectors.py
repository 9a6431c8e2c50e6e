"""Texts of similar meaning have similar vectors, in the worker and in the query function."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from gpu_tasks.engines.catalog import weight_path
from gpu_tasks.engines.pinned_folder import pin
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.functions.embed_query import TEXTS_MAX, handler

SCENES = [
    "a man walks across the floor",
    "a car drives on the road",
    "the telescope is in a clean room",
    "someone is cooking peppers on a baking tray",
    "a cockatoo looks at the camera",
]


@pytest.mark.parametrize(
    ("question", "scene"),
    [("space observatory", 2), ("vehicle", 1), ("parrot bird", 4), ("food preparation", 3), ("pedestrian", 0)],
)
def test_a_query_is_nearest_to_the_scene_of_similar_meaning(engines: EngineRegistry, question: str, scene: int) -> None:
    vectors = engines.text_vectors.encode([question, *SCENES])
    assert int((vectors[1:] @ vectors[0]).argmax()) == scene


def test_vectors_have_unit_length_and_the_order_of_the_texts(engines: EngineRegistry) -> None:
    texts = ["word " * n for n in (50, 1, 300, 7)]
    together = engines.text_vectors.encode(texts)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    alone = np.vstack([engines.text_vectors.encode([t]) for t in texts])
    assert float((together * alone).sum(axis=1).min()) > 0.99


def test_an_empty_list_has_no_vectors(engines: EngineRegistry) -> None:
    assert engines.text_vectors.encode([]).shape == (0, 384)


def test_the_query_function_uses_the_vector_space_of_the_worker(engines: EngineRegistry) -> None:
    response = handler({"texts": SCENES}, None)
    assert response["model"] == engines.text_vectors.info.label
    assert response["dimension"] == 384
    assert np.array(response["vectors"]) == pytest.approx(engines.text_vectors.encode(SCENES), abs=1e-5)


@pytest.mark.parametrize("event", [{}, {"texts": "one"}, {"texts": [1]}, {"texts": ["x"] * (TEXTS_MAX + 1)}])
def test_the_query_function_rejects_an_event_without_a_list_of_texts(event: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        handler(event, None)


def test_a_model_in_a_folder_has_the_vectors_of_its_weights(
    engines: EngineRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "model.onnx").symlink_to(weight_path("minilm"))
    (folder / "tokenizer.json").symlink_to(weight_path("minilm-tokenizer"))
    sha256 = pin(folder).sha256["model.onnx"]
    monkeypatch.setenv("MODEL_WEIGHTS_DIR", str(tmp_path))
    monkeypatch.setenv("TEXT_VECTOR_MODEL", "mine")
    chosen = EngineRegistry("cpu")
    assert np.allclose(chosen.text_vectors.encode(["a boat"]), engines.text_vectors.encode(["a boat"]))
    assert (chosen.text_vectors.dimension, chosen.model("text_vectors").label) == (384, f"mine@{sha256[:12]}")
