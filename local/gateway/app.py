"""The gateway as an ASGI application."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager, asynccontextmanager
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
from local.functions.errors import FunctionFailed, FunctionTimedOut, NotAdmitted
from local.gateway import envelope
from local.gateway.address import AddressCheck
from local.gateway.event import HttpRequest, authorizer_event_of, event_of, response_of, with_authorizer
from local.gateway.health import API_HEALTH_PATH, HEALTH_PATH, StackHealth
from local.gateway.invocation import Invoked
from local.gateway.request_body import BodyTooLarge, RequestBodies, TooManyBodies
from local.gateway.routing import Match, Router, pattern_of
from local.gateway.streaming import StreamingProxy
from local.http_limits.request_body import BodyTooSlow
from local.own_address import OwnAddress

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

WAIT_REPORTED_S = 0.1

logger = logging.getLogger(__name__)


class AuthorizerTimedOut(Exception):
    """The key of a request was not checked, so that the request has had no effect and may be sent again."""


class Invoker(Protocol):
    """Implemented by `Functions`, and by a fake in tests."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def admission(self, function: str) -> AbstractContextManager[None]: ...

    async def invoke(self, function: str, event: Mapping[str, Any]) -> Invoked: ...


class Gateway:
    """Sends each request to the function or the streaming application of its route."""

    def __init__(
        self,
        api: Api,
        functions: Invoker,
        streams: Mapping[str, StreamingProxy],
        *,
        body_bytes_max: int,
    ) -> None:
        self._router = Router(api.routes)
        self._functions = functions
        self._streams = [(pattern_of(path), stream) for path, stream in streams.items()]
        self._body_bytes_max, self._bodies = body_bytes_max, RequestBodies()

    async def respond(self, request: Request) -> Response:
        """Every response carries its request id; errors of the gateway have the error envelope of the API."""
        request_id, path = uuid.uuid4().hex, request.url.path
        try:
            response = await self._dispatch(request, request_id)
        except BodyTooLarge:
            response = envelope.too_large(path, self._body_bytes_max, request_id)
        except BodyTooSlow:
            response = envelope.too_slow(path, request_id)
        except TooManyBodies:
            response = envelope.too_many_bodies(path, request_id)
        except NotAdmitted as error:
            logger.warning("request %s: %s", request_id, error)
            response = envelope.busy(path, error, request_id)
        except AuthorizerTimedOut as error:
            logger.error("request %s: the key could not be checked: %s", request_id, error.__cause__)
            response = envelope.unavailable(path, request_id)
        except FunctionTimedOut as error:
            logger.error("request %s: %s", request_id, error)
            response = envelope.timed_out(path, error.timeout_s, request_id)
        except FunctionFailed as error:
            logger.error("request %s: %s", request_id, error)
            response = envelope.failed(path, request_id)
        except Exception:
            # The outermost loop of a request.
            logger.exception("request %s", request_id)
            response = envelope.failed(path, request_id)
        response.headers.setdefault(envelope.REQUEST_ID, request_id)
        return response

    async def _dispatch(self, request: Request, request_id: str) -> Response:
        stream = self._stream_of(_raw_path(request))
        if stream is not None:
            return await stream.forward(request, await self._read_body(request), request_id)
        match = self._router.match(request.method, _raw_path(request))
        if match is None:
            return envelope.not_found(request.url.path, request_id)
        event = event_of(await self._read_request(request, request_id), match)
        with self._functions.admission(match.route.function):
            caller = await self._authorize(event, match)
            authorized = with_authorizer(event, caller.result.get("context") or {}) if caller.result else event
            invoked = await self._functions.invoke(match.route.function, authorized)
        return _with_wait(response_of(invoked.result), caller.waited_s + invoked.waited_s)

    def _stream_of(self, path: str) -> StreamingProxy | None:
        return next((stream for pattern, stream in self._streams if pattern.fullmatch(path)), None)

    async def _authorize(self, event: dict[str, Any], match: Match) -> Invoked:
        """The authorizer never denies: it identifies the caller, and the API answers 401 in its own format."""
        if match.route.authorizer is None:
            return Invoked(None)
        try:
            return await self._functions.invoke(match.route.authorizer, authorizer_event_of(event))
        except FunctionTimedOut as error:
            raise AuthorizerTimedOut from error

    async def _read_request(self, request: Request, request_id: str) -> HttpRequest:
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
        return await self._bodies.read(request, self._body_bytes_max)


def build(
    api: Api,
    functions: Invoker,
    streams: Mapping[str, StreamingProxy],
    *,
    address: OwnAddress,
    body_bytes_max: int,
    health: StackHealth | None = None,
) -> Starlette:
    """The application; `streams` maps the path patterns of routes to their streaming applications.

    `health` answers `/health` without a function; without it, the route of the template does.
    """
    gateway = Gateway(api, functions, streams, body_bytes_max=body_bytes_max)
    own = [Route(API_HEALTH_PATH, health.respond, methods=["GET"])] if health else []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        await functions.start()
        yield
        await functions.close()
        for stream in set(streams.values()):
            await stream.close()

    return Starlette(
        routes=[
            Route(HEALTH_PATH, lambda _: PlainTextResponse("up")),
            *own,
            Route("/{path:path}", gateway.respond, methods=_METHODS),
        ],
        middleware=[Middleware(AddressCheck, address=address), *_cors(api.cors, address)],
        exception_handlers={HTTPException: _rejected},
        lifespan=lifespan,
    )


async def _rejected(request: Request, error: Exception) -> Response:
    """A request that reaches no route: an unknown method, or a line break in the path."""
    assert isinstance(error, HTTPException)
    request_id, path = uuid.uuid4().hex, request.url.path
    if error.status_code == 405:
        return envelope.unknown_method(path, request_id)
    return envelope.not_found(path, request_id)


def _with_wait(response: Response, waited_s: float) -> Response:
    """`Server-Timing` has the time that the request waited."""
    if waited_s >= WAIT_REPORTED_S:
        response.headers.append("server-timing", f'queue;dur={waited_s * 1000:.0f};desc="waited for a free function"')
    return response


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.split(b"?")[0].decode("ascii")


def _cors(cors: Cors | None, address: OwnAddress) -> list[Middleware]:
    """For the origins that are allowed here. Pages of the stack itself need none, and get none."""
    if cors is None or not address.origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=sorted(address.origins),
            allow_methods=cors.allow_methods,
            allow_headers=cors.allow_headers,
            expose_headers=cors.expose_headers,
            allow_credentials=cors.allow_credentials,
            max_age=cors.max_age_s,
        )
    ]
