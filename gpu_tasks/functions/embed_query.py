"""Lambda function: embeds the texts of a query with the model that embedded the segments."""

from __future__ import annotations

from functools import cache

from cinedex.observability import lambda_handler
from cinedex.search.ports.text_embedder import TextVectors
from pydantic import BaseModel, Field, StrictStr

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.roles import TextVectorEngine
from gpu_tasks.settings import ModelSettings

TEXTS_MAX = 64
DECIMALS = 6


class EmbedQueryRequest(BaseModel):
    texts: tuple[StrictStr, ...] = Field(max_length=TEXTS_MAX)


class QueryVectors(TextVectors):
    dimension: int


@lambda_handler(EmbedQueryRequest)
def handler(request: EmbedQueryRequest) -> QueryVectors:
    """Raises `EngineUnavailable` when the profile has no text model."""
    engine = _engine()
    vectors = engine.encode(request.texts).round(DECIMALS).tolist()
    return QueryVectors(model=engine.info.label, dimension=engine.dimension, vectors=vectors)


@cache
def _engine() -> TextVectorEngine:
    """Loaded once for each execution environment."""
    return EngineRegistry(ModelSettings().model_profile).text_vectors
