"""Texts that mean the same lie close together, in the worker and in the query function alike."""

import numpy as np
import pytest
from pydantic import ValidationError

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
def test_a_question_is_nearest_to_the_scene_it_means(engines: EngineRegistry, question: str, scene: int) -> None:
    vectors = engines.text_vectors.encode([question, *SCENES])
    assert int((vectors[1:] @ vectors[0]).argmax()) == scene


def test_vectors_have_unit_length_and_keep_their_order(engines: EngineRegistry) -> None:
    texts = ["word " * n for n in (50, 1, 300, 7)]
    together = engines.text_vectors.encode(texts)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    alone = np.vstack([engines.text_vectors.encode([t]) for t in texts])
    assert float((together * alone).sum(axis=1).min()) > 0.99


def test_no_texts_have_no_vectors(engines: EngineRegistry) -> None:
    assert engines.text_vectors.encode([]).shape == (0, 384)


def test_the_query_function_answers_in_the_space_of_the_worker(engines: EngineRegistry) -> None:
    answer = handler({"texts": SCENES}, None)
    assert answer["model"] == engines.text_vectors.info.label
    assert answer["dimension"] == 384
    assert np.array(answer["vectors"]) == pytest.approx(engines.text_vectors.encode(SCENES), abs=1e-5)


@pytest.mark.parametrize("event", [{}, {"texts": "one"}, {"texts": [1]}, {"texts": ["x"] * (TEXTS_MAX + 1)}])
def test_the_query_function_refuses_what_is_no_list_of_texts(event: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        handler(event, None)
