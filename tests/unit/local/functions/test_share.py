"""Requests for chat leave places of their function to searches."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from local.deploy.api import Api, Cors, Route
from local.deploy.deployment import Deployment, Limits
from local.functions.errors import WaitedTooLong
from local.functions.pool import InvocationResult
from local.functions.share import Share
from local.gateway.invocation import Functions

PATHS = ("/v2/search", "/v2/chat", "/api/v2/chat/{proxy+}")
ROUTES = tuple(Route(method="ANY", path=path, function="Chat", authorizer="Keys") for path in PATHS)


class HangingPool:
    """Invocations run until `over` is set."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.running = 0

    async def invoke(self, _event: bytes) -> InvocationResult:
        self.running += 1
        try:
            await self.over.wait()
        finally:
            self.running -= 1
        return InvocationResult(b"{}", 0.0)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_chats_that_hang_leave_places_for_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        pools = {"Chat": HangingPool(), "Keys": HangingPool()}
        functions = Functions(deployment(), Path())
        monkeypatch.setattr(functions, "_pools", pools)

        def start(function: str, path: str, count: int) -> list[asyncio.Task[Any]]:
            event = {"routeKey": f"ANY {path}"}
            return [asyncio.create_task(functions.invoke(function, event)) for _ in range(count)]

        tasks = [*start("Chat", PATHS[1], 6), *start("Chat", PATHS[2], 6), *start("Keys", PATHS[1], 8)]
        await settle()
        assert (pools["Chat"].running, pools["Keys"].running) == (6, 8)
        tasks += start("Chat", PATHS[0], 2)
        await settle()
        assert pools["Chat"].running == 8
        for pool in pools.values():
            pool.over.set()
        assert len(await asyncio.gather(*tasks)) == 22  # those that waited had their turn

    asyncio.run(run())


def test_a_chat_that_gets_no_place_in_time_is_refused_with_the_length_of_the_queue() -> None:
    async def run() -> None:
        share = Share("chats", places=1, wait_s=0.01)
        async with share.place():
            with pytest.raises(WaitedTooLong) as refused:
                async with share.place():
                    pass
        assert refused.value.waiting == 1
        share = Share("chats", places=1, wait_s=5.0)
        for _ in range(2):
            async with share.place():
                pass  # a place is given back

    asyncio.run(run())


def deployment() -> Deployment:
    cors = Cors(allow_origins=(), allow_methods=(), expose_headers=())
    return Deployment.model_construct(api=Api(routes=ROUTES, cors=cors), limits=Limits(api_concurrency=8))
