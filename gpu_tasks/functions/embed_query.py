"""Lambda function: embeds the texts of a query with the model that has embedded the videos."""

from __future__ import annotations

from functools import cache
from typing import Any

from cinedex.observability import lambda_handler
from pydantic import BaseModel, Field

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.roles import TextVectorEngine
from gpu_tasks.settings import ModelSettings

TEXTS_MAX = 64
DECIMALS = 6


class EmbedQueryRequest(BaseModel):
    texts: list[str] = Field(max_length=TEXTS_MAX)


@lambda_handler(EmbedQueryRequest)
def handler(event: EmbedQueryRequest) -> dict[str, Any]:
    """One unit vector for each text; raises `EngineUnavailable` when the profile has no text model."""
    engine = _engine()
    vectors = engine.encode(event.texts).round(DECIMALS).tolist()
    return {"model": engine.info.label, "dimension": engine.dimension, "vectors": vectors}


@cache
def _engine() -> TextVectorEngine:
    """Loaded once in each process."""
    return EngineRegistry(ModelSettings().model_profile).text_vectors
