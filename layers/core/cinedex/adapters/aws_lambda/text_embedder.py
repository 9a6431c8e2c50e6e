"""Embed texts with the function that runs the text model; other functions need no model runtime."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import boto3

from cinedex.adapters.aws_lambda.invoke import invoke_json
from cinedex.adapters.time_limits import aws_config
from cinedex.kernel.errors import InternalError
from cinedex.observability import logger
from cinedex.search.ports.text_embedder import TextVectors

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

CACHE_MAX = 256
CACHE_TTL_S = 300
READ_TIMEOUT_S, ATTEMPTS_MAX = 6.0, 2


def lambda_client(read_timeout_s: float = READ_TIMEOUT_S) -> LambdaClient:
    """API Gateway times out after 29 s. On a model timeout, search falls back to keywords.

    A rewritten search may wait for the model twice.
    """
    return boto3.client("lambda", config=aws_config(read_timeout_s=read_timeout_s, attempts_max=ATTEMPTS_MAX))


class LambdaTextEmbedder:
    """Invokes `function_name` with `{"texts": [...]}` and reads `{"model", "dimension", "vectors"}`.

    Recent vectors are cached, so that the next page of a search makes no call. They expire after at most `CACHE_TTL_S`
    seconds, because the model of the function may change.
    """

    def __init__(self, function_name: str, client: LambdaClient) -> None:
        self._function_name = function_name
        self._client = client
        self._cached = lru_cache(CACHE_MAX)(self._invoke)

    def embed(self, texts: Sequence[str]) -> TextVectors:
        return self._cached(tuple(texts), int(time.monotonic() // CACHE_TTL_S))

    def _invoke(self, texts: tuple[str, ...], _period: int) -> TextVectors:
        embedded = invoke_json(self._client, self._function_name, {"texts": texts}, TextVectors, "The text model")
        if len(embedded.vectors) != len(texts):
            logger.error("wrong number of vectors", extra={"texts": len(texts), "vectors": len(embedded.vectors)})
            raise InternalError
        return embedded
