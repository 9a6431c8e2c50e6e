"""The functions behind the API, in processes that belong to the gateway and are ready before the first request."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import boto3
from cinedex.adapters.time_limits import aws_config

from local.deploy.deployment import Deployment
from local.functions.limits import PoolLimits
from local.functions.pool import FunctionPool
from local.functions.process import FunctionProcess, FunctionSpec
from local.functions.share import Share
from local.functions.starting import ProcessStarter
from local.settings import REPOSITORY

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import FunctionConfigurationResponseTypeDef

WAIT_S_MAX = 29.0
"""As long as API Gateway waits for a function."""
CHAT_PATHS = ("/v2/chat", "/api/v2/chat/{proxy+}")
_QUESTION_PATH = re.compile(r"/v2/chat|/api/v2/chat/.+/turns")
CHAT_SHARE = 0.75
"""Of the places of the function that also serves search: a language model can keep a chat waiting for a whole turn."""


class Invoked(NamedTuple):
    """The result of a function, and how long the invocation waited for its turn."""

    result: Any
    waited_s: float = 0.0


class Functions:
    """Invokes the functions of the routes and their authorizers by their logical id.

    Each has one process with several threads; an authorizer waits without a limit of its own, because the functions
    behind it admit a bounded number of requests.
    """

    def __init__(self, deployment: Deployment, logs: Path) -> None:
        self._deployment, self._logs = deployment, logs
        self._pools: dict[str, FunctionPool] = {}
        routes = deployment.api.routes
        places = max(1, int(deployment.limits.api_concurrency * CHAT_SHARE))
        self._chats = {
            route.function: Share("chats", places, WAIT_S_MAX) for route in routes if route.path in CHAT_PATHS
        }

    async def start(self) -> None:
        """Raises `InitFailed` when a process cannot be started."""
        specs = await asyncio.to_thread(self._specs)
        starter = ProcessStarter(os.cpu_count() or 1)
        limits = self._deployment.limits
        for function, spec in specs.items():
            start = partial(starter.start, function, partial(FunctionProcess.started, spec, limits.api_concurrency))
            allowed = PoolLimits(
                concurrency=limits.api_concurrency, waiting=limits.request_burst, wait_s=WAIT_S_MAX, kept=1
            )
            self._pools[function] = FunctionPool(function, start, allowed)
        await asyncio.gather(*(pool.keep_ready() for pool in self._pools.values()))

    async def close(self) -> None:
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))

    def admission(self, function: str) -> AbstractContextManager[None]:
        """Raises `QueueFull` when too many requests wait for the function."""
        return self._pools[function].admission()

    async def invoke(self, function: str, event: Mapping[str, Any]) -> Invoked:
        """Raises `FunctionFailed` and `WaitedTooLong`."""
        share = self._chats.get(function)
        if share is None or not _is_question(event):
            return await self._invoke(function, event)
        async with share.place() as waited_s:
            return await self._invoke(function, event, waited_s)

    async def _invoke(self, function: str, event: Mapping[str, Any], waited_s: float = 0.0) -> Invoked:
        invoked = await self._pools[function].invoke(json.dumps(event).encode(), waited_s)
        return Invoked(json.loads(invoked.body), waited_s + invoked.waited_s)

    def _specs(self) -> dict[str, FunctionSpec]:
        client = boto3.client("lambda", config=aws_config())
        names = self._deployment.functions
        return {function: self._spec(client, names[function]) for function in _functions_of(self._deployment)}

    def _spec(self, client: LambdaClient, name: str) -> FunctionSpec:
        configuration = client.get_function_configuration(FunctionName=name)
        return FunctionSpec(
            name=name,
            handler=configuration["Handler"],
            arn=configuration["FunctionArn"],
            timeout_s=configuration["Timeout"],
            environment={**os.environ, **_environment(configuration)},
            python=sys.executable,
            folder=REPOSITORY,
            log=self._logs / f"{configuration['Handler']}.log",
        )


def _is_question(event: Mapping[str, Any]) -> bool:
    """The request waits for a language model; to read, cancel or delete does not."""
    is_post = event["requestContext"]["http"]["method"] == "POST"
    return is_post and _QUESTION_PATH.fullmatch(unquote(event["rawPath"])) is not None


def _functions_of(deployment: Deployment) -> Iterable[str]:
    routes = deployment.api.routes
    return {name for route in routes for name in (route.function, route.authorizer) if name is not None}


def _environment(configuration: FunctionConfigurationResponseTypeDef) -> dict[str, str]:
    """What Lambda adds to the environment of a function."""
    return {
        "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]),
        "AWS_LAMBDA_FUNCTION_VERSION": configuration["Version"],
        "_HANDLER": configuration["Handler"],
        "LAMBDA_TASK_ROOT": str(REPOSITORY),
        **configuration.get("Environment", {}).get("Variables", {}),
    }
