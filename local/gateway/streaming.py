"""Forwards a streaming route to its web application, unbuffered and unchanged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
from cinedex.kernel.retry import RetryPolicy
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from local.gateway import envelope

# Hop-by-hop headers (RFC 9110 7.6.1) apply to a single connection.
_HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
_NOT_FORWARDED = _HOP_BY_HOP | {"host", "origin", "content-length", "x-request-id"}  # the gateway has checked them
_NOT_RETURNED = _HOP_BY_HOP | {"content-length", "date", "server"}  # the gateway's own server sets these


CONNECT_TIMEOUT_S = 15.0
FIRST_BYTE_TIMEOUT_S = 30.0
READ_TIMEOUT_S = 60.0
"""Between two events of a stream, which pings every 15 seconds while a model runs."""
CONNECT = RetryPolicy(attempts_max=1000, pause_s=0.2, pause_s_max=0.2)
"""Bounded by `CONNECT_TIMEOUT_S`, too."""


class StreamingProxy:
    """One streaming application behind the gateway.

    The supervisor restarts an application that was killed. Requests in the meantime wait up to `connect_timeout_s`,
    because an EventSource whose connection is refused does not reconnect.
    """

    def __init__(
        self,
        base_url: str,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        first_byte_timeout_s: float = FIRST_BYTE_TIMEOUT_S,
    ) -> None:
        self._base_url, self._connect_timeout_s = httpx.URL(base_url), connect_timeout_s
        self._first_byte_timeout_s = first_byte_timeout_s
        # No connection limit: a stream that waits for another one to end would look broken.
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=5.0, pool=5.0),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
            trust_env=False,
        )

    async def forward(self, request: Request, body: bytes, request_id: str) -> Response:
        headers = [*_without(_NOT_FORWARDED, request.headers.raw), (b"x-request-id", request_id.encode())]
        forwarded = self._client.build_request(request.method, self._address(request), headers=headers, content=body)
        try:
            upstream = await self._send(forwarded)
        except (httpx.TransportError, TimeoutError):
            return envelope.unavailable(request.url.path, request_id)
        return _streamed(upstream, request_id)

    def _address(self, request: Request) -> httpx.URL:
        """With the path and query as received: decoding and encoding them again may change them."""
        path = request.scope["raw_path"].split(b"?")[0]
        query = request.scope["query_string"]
        return self._base_url.copy_with(raw_path=path + (b"?" + query if query else b""))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """Retries only when the connection is refused, so that no request is processed twice."""
        deadline = time.monotonic() + self._connect_timeout_s
        for pause_s in CONNECT.pauses():
            try:
                return await self._send_once(request)
            except httpx.ConnectError:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(pause_s)
        return await self._send_once(request)

    async def _send_once(self, request: httpx.Request) -> httpx.Response:
        """Raises `TimeoutError` when the application accepts the request and does not answer."""
        return await asyncio.wait_for(self._client.send(request, stream=True), self._first_byte_timeout_s)

    async def close(self) -> None:
        await self._client.aclose()


def _streamed(upstream: httpx.Response, request_id: str) -> Response:
    response = StreamingResponse(_chunks(upstream), upstream.status_code)
    response.raw_headers = _without(_NOT_RETURNED, upstream.headers.raw)
    response.headers.setdefault(envelope.REQUEST_ID, request_id)
    return response


async def _chunks(upstream: httpx.Response) -> AsyncIterator[bytes]:
    """Closes the upstream connection when the client disconnects, which stops the application."""
    try:
        async for chunk in upstream.aiter_raw():
            yield chunk
    finally:
        await upstream.aclose()


def _without(removed: set[str], headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in headers if name.decode().lower() not in removed]
