"""Requests for chat leave places of their function to searches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
TURNS = "/api/v2/chat/sessions/s/turns"
ROUTES = tuple(Route(method="ANY", path=path, function="Chat", authorizer="Keys") for path in PATHS)


class HangingPool:
    """Invocations run until `over` is set; `waited` has how long each had waited before."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.running = 0
        self.waited = list[float]()

    async def invoke(self, _event: bytes, waited_s: float = 0.0) -> InvocationResult:
        self.waited.append(waited_s)
        self.running += 1
        try:
            await self.over.wait()
        finally:
            self.running -= 1
        return InvocationResult(b"{}", 2.0)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_chats_that_hang_leave_places_for_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        pools = {"Chat": HangingPool(), "Keys": HangingPool()}
        functions = Functions(deployment(), Path())
        monkeypatch.setattr(functions, "_pools", pools)

        def start(function: str, path: str, count: int) -> list[asyncio.Task[Any]]:
            event = event_of("POST", path)
            return [asyncio.create_task(functions.invoke(function, event)) for _ in range(count)]

        tasks = [*start("Chat", PATHS[1], 6), *start("Chat", TURNS, 6), *start("Keys", PATHS[1], 8)]
        await settle()
        assert (pools["Chat"].running, pools["Keys"].running) == (6, 8)
        tasks += start("Chat", PATHS[0], 2)
        await settle()
        assert pools["Chat"].running == 8
        for pool in pools.values():
            pool.over.set()
        assert len(await asyncio.gather(*tasks)) == 22  # those that waited had their turn

    asyncio.run(run())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v2/chat/sessions"),
        ("POST", "/api/v2/chat/sessions/s/turns/t/cancel"),
        ("GET", "/api/v2/chat/sessions/s/turns"),
        ("DELETE", "/api/v2/chat/sessions/s"),
        ("GET", "/v2/chat"),
    ],
)
def test_a_request_that_asks_nothing_does_not_wait_behind_questions(
    method: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert running_behind_questions(event_of(method, path), monkeypatch) == 7


@pytest.mark.parametrize("path", ["/v2/chat", TURNS, "/api/v2/chat/sessions/s/%74urns"])
def test_a_question_waits_behind_questions(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert running_behind_questions(event_of("POST", path), monkeypatch) == 6


def running_behind_questions(event: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> int:
    """The running invocations of a function whose six places for questions are taken, and which gets one request."""

    async def run() -> int:
        pool, functions = HangingPool(), Functions(deployment(), Path())
        monkeypatch.setattr(functions, "_pools", {"Chat": pool})
        requests = [*[event_of("POST", TURNS)] * 6, event]
        tasks = [asyncio.create_task(functions.invoke("Chat", request)) for request in requests]
        await settle()
        running = pool.running
        pool.over.set()
        await asyncio.gather(*tasks)
        return running

    return asyncio.run(run())


def test_the_wait_for_a_place_and_for_a_process_have_one_limit_and_are_reported_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @asynccontextmanager
    async def place(_share: Share) -> AsyncIterator[float]:
        yield 28.0

    async def run() -> None:
        pool, functions = HangingPool(), Functions(deployment(), Path())
        pool.over.set()
        monkeypatch.setattr(functions, "_pools", {"Chat": pool})
        monkeypatch.setattr(Share, "place", place)
        invoked = await functions.invoke("Chat", event_of("POST", TURNS))
        assert (pool.waited, invoked.waited_s) == ([28.0], 30.0)

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


def event_of(method: str, path: str) -> dict[str, Any]:
    route = PATHS[2] if path.startswith("/api/v2/chat/") else path
    return {"routeKey": f"ANY {route}", "rawPath": path, "requestContext": {"http": {"method": method}}}


def deployment() -> Deployment:
    cors = Cors(allow_origins=(), allow_methods=(), expose_headers=())
    return Deployment.model_construct(api=Api(routes=ROUTES, cors=cors), limits=Limits(api_concurrency=8))
