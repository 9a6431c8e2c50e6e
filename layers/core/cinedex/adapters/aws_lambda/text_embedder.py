"""Query vectors from the function that holds the text model: no other function needs a model runtime."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from cinedex.adapters.aws_lambda.invoke import invoke_json
from cinedex.kernel.errors import InternalError
from cinedex.observability import logger
from cinedex.search.ports.text_embedder import TextVectors

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

REMEMBERED_MAX = 256
REMEMBERED_S = 300
WAIT_S_MAX, ATTEMPTS_MAX = 6.0, 2


def short_lived_client(wait_s: float = WAIT_S_MAX) -> LambdaClient:
    """Who asks has 29 seconds, and words answer without the model: what hangs is given up in time for them.

    A rewritten search may wait for the model two times.
    """
    return boto3.client("lambda", config=Config(read_timeout=wait_s, retries={"total_max_attempts": ATTEMPTS_MAX}))


class LambdaTextEmbedder:
    """Invokes `function_name` with `{"texts": [...]}` and reads `{"model", "dimension", "vectors"}`.

    Recent answers are remembered: the next page of a search asks nothing. They are forgotten after
    `REMEMBERED_S` seconds at the latest, because the function may get another model.
    """

    def __init__(self, function_name: str, client: LambdaClient) -> None:
        self._function_name = function_name
        self._client = client
        self._remembered = lru_cache(REMEMBERED_MAX)(self._ask)

    def embed(self, texts: Sequence[str]) -> TextVectors:
        return self._remembered(tuple(texts), int(time.monotonic() // REMEMBERED_S))

    def _ask(self, texts: tuple[str, ...], _period: int) -> TextVectors:
        found = invoke_json(self._client, self._function_name, {"texts": texts}, TextVectors, "The text model")
        if len(found.vectors) != len(texts):
            logger.error("wrong number of vectors", extra={"texts": len(texts), "vectors": len(found.vectors)})
            raise InternalError
        return found
