"""The gateway as an ASGI application."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from local.deploy.api import Api, Cors
from local.gateway import envelope
from local.gateway.event import HttpRequest, authorizer_event_of, event_of, response_of, with_authorizer
from local.gateway.health import HEALTH_PATH
from local.gateway.invocation import EmulatorUnreachable, FunctionFailed
from local.gateway.routing import Match, Router, pattern_of
from local.gateway.streaming import StreamingProxy

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

logger = logging.getLogger(__name__)


class BodyTooLarge(Exception):
    pass


class Invoker(Protocol):
    """`Functions`, or what takes its place in a test."""

    async def invoke(self, function: str, event: Mapping[str, Any]) -> Any: ...


class Gateway:
    """Decides for each request who answers it."""

    def __init__(
        self, api: Api, functions: Invoker, streams: Mapping[str, StreamingProxy], *, body_bytes_max: int
    ) -> None:
        self._router = Router(api.routes)
        self._functions = functions
        self._streams = [(pattern_of(path), stream) for path, stream in streams.items()]
        self._body_bytes_max = body_bytes_max

    async def answer(self, request: Request) -> Response:
        """Every answer carries its request id, and every refusal the API's envelope."""
        request_id, path = uuid.uuid4().hex, request.url.path
        try:
            response = await self._ask(request, request_id)
        except BodyTooLarge:
            response = envelope.too_large(path, self._body_bytes_max, request_id)
        except EmulatorUnreachable as error:
            logger.warning("request %s: %s", request_id, error)
            response = envelope.unavailable(path, request_id)
        except FunctionFailed as error:
            logger.error("request %s: %s", request_id, error)
            response = envelope.failed(path, request_id)
        except Exception:
            # The outermost loop of a request.
            logger.exception("request %s", request_id)
            response = envelope.failed(path, request_id)
        response.headers.setdefault(envelope.REQUEST_ID, request_id)
        return response

    async def _ask(self, request: Request, request_id: str) -> Response:
        stream = self._stream_of(_raw_path(request))
        if stream is not None:
            return await stream.forward(request, await self._read_body(request), request_id)
        match = self._router.match(request.method, _raw_path(request))
        if match is None:
            return envelope.not_found(request.url.path, request_id)
        event = event_of(await self._described(request, request_id), match)
        return response_of(await self._functions.invoke(match.route.function, await self._authorized(event, match)))

    def _stream_of(self, path: str) -> StreamingProxy | None:
        return next((stream for pattern, stream in self._streams if pattern.fullmatch(path)), None)

    async def _authorized(self, event: dict[str, Any], match: Match) -> dict[str, Any]:
        """Our authorizer refuses nobody: it says who asks, and the API answers 401 in its own words."""
        if match.route.authorizer is None:
            return event
        answer = await self._functions.invoke(match.route.authorizer, authorizer_event_of(event))
        return with_authorizer(event, answer.get("context") or {})

    async def _described(self, request: Request, request_id: str) -> HttpRequest:
        return HttpRequest(
            method=request.method,
            path=_raw_path(request),
            query=request.url.query,
            query_parameters=tuple(request.query_params.multi_items()),
            headers=tuple(request.headers.items()),
            body=await self._read_body(request),
            source_ip=request.client.host if request.client else "127.0.0.1",
            request_id=request_id,
            received_at=datetime.now(UTC),
        )

    async def _read_body(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._body_bytes_max:
                raise BodyTooLarge
        return bytes(body)


def build(api: Api, functions: Invoker, streams: Mapping[str, StreamingProxy], *, body_bytes_max: int) -> Starlette:
    """The application; `streams` maps paths, as routes have them, to the applications that answer them."""
    gateway = Gateway(api, functions, streams, body_bytes_max=body_bytes_max)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        yield
        for stream in set(streams.values()):
            await stream.close()

    return Starlette(
        routes=[
            Route(HEALTH_PATH, lambda _: PlainTextResponse("up")),
            Route("/{path:path}", gateway.answer, methods=_METHODS),
        ],
        middleware=_middleware(api.cors),
        exception_handlers={HTTPException: _refused},
        lifespan=lifespan,
    )


async def _refused(request: Request, error: Exception) -> Response:
    """What never came as far as a route: a method of one's own, or a line break in the address."""
    assert isinstance(error, HTTPException)
    request_id, path = uuid.uuid4().hex, request.url.path
    if error.status_code == 405:
        return envelope.unknown_method(path, request_id)
    return envelope.not_found(path, request_id)


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.split(b"?")[0].decode("ascii")


def _middleware(cors: Cors | None) -> list[Middleware]:
    if cors is None:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=cors.allow_origins,
            allow_methods=cors.allow_methods,
            allow_headers=cors.allow_headers,
            expose_headers=cors.expose_headers,
            allow_credentials=cors.allow_credentials,
            max_age=cors.max_age_s,
        )
    ]
