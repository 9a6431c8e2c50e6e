"""Calls functions through the emulator's Lambda API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_CONNECTIONS = 40
_READ_TIMEOUT_S = 900


class FunctionFailed(Exception):
    """The function raised, timed out, or exited."""


class EmulatorUnreachable(Exception):
    """The emulator did not answer; the supervisor restarts it."""


class Functions:
    """Invokes functions by their logical id; calls share a pool of connections.

    Args:
        names: logical id to function name.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._lambda: LambdaClient = boto3.client(
            "lambda",
            config=Config(
                max_pool_connections=_CONNECTIONS, read_timeout=_READ_TIMEOUT_S, retries={"total_max_attempts": 1}
            ),
        )

    async def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """The result of the function.

        Raises:
            FunctionFailed, EmulatorUnreachable
        """
        return await run_in_threadpool(self._invoke, self._names[function], event)

    def _invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        try:
            response = self._lambda.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        except (ClientError, HTTPClientError) as error:
            raise EmulatorUnreachable(f"{name}: {error}") from error
        payload = json.loads(response["Payload"].read() or b"null")
        if response.get("FunctionError"):
            raise FunctionFailed(f"{name}: {payload}")
        return payload
