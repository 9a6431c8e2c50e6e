"""Lambda function: vectors of the texts of a question, made by the model that made those of the videos."""

from __future__ import annotations

from functools import cache
from typing import Any

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.roles import TextVectorEngine
from gpu_tasks.settings import ModelSettings
from gpu_tasks.task_errors import InvalidTask

TEXTS_MAX = 64
DECIMALS = 6


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """`{"texts": [...]}` -> `{"model", "dimension", "vectors"}`, one unit vector for each text.

    Raises `InvalidTask` for other input, `EngineUnavailable` when the profile has no text model.
    """
    texts = event.get("texts")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InvalidTask('The event must be {"texts": [...]} with strings.')
    if len(texts) > TEXTS_MAX:
        raise InvalidTask(f"At most {TEXTS_MAX} texts at a time, not {len(texts)}.")
    engine = _engine()
    vectors = engine.encode(texts).round(DECIMALS).tolist()
    return {"model": engine.info.label, "dimension": engine.dimension, "vectors": vectors}


@cache
def _engine() -> TextVectorEngine:
    """Loaded once for each warm instance."""
    return EngineRegistry(ModelSettings().model_profile).text_vectors
