"""Passes a streaming route through to its own web application, byte for byte and unbuffered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from local.gateway import envelope

# Hop-by-hop headers (RFC 9110 7.6.1) describe one connection only.
_HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
_NOT_SENT_ON = _HOP_BY_HOP | {"host", "content-length", "x-request-id"}
_NOT_SENT_BACK = _HOP_BY_HOP | {"content-length", "date", "server"}  # the gateway's own server tells these


PATIENCE_S = 15.0
PAUSE_S = 0.1


class StreamingProxy:
    """One streaming application behind the gateway.

    An application that was killed is there again soon. Whoever comes meanwhile waits for it, up to `patience_s`:
    an EventSource that is refused once never asks again.
    """

    def __init__(self, base_url: str, patience_s: float = PATIENCE_S) -> None:
        self._base_url, self._patience_s = httpx.URL(base_url), patience_s
        # No read limit: between two events of a stream a model may think for minutes.
        # Nor one on their number: a stream that waits for another to end would look as if it were broken.
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=5.0),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
            trust_env=False,
        )

    async def forward(self, request: Request, body: bytes, request_id: str) -> Response:
        headers = [*_without(_NOT_SENT_ON, request.headers.raw), (b"x-request-id", request_id.encode())]
        sent = self._client.build_request(request.method, self._address(request), headers=headers, content=body)
        try:
            answer = await self._send(sent)
        except httpx.TransportError:
            return envelope.unavailable(request.url.path, request_id)
        return _streamed(answer, request_id)

    def _address(self, request: Request) -> httpx.URL:
        """As it came: an address that is decoded and encoded again may be another one, or none."""
        path = request.scope["raw_path"].split(b"?")[0]
        query = request.scope["query_string"]
        return self._base_url.copy_with(raw_path=path + (b"?" + query if query else b""))

    async def _send(self, sent: httpx.Request) -> httpx.Response:
        """Asks again only while nobody listens there, so that nothing is asked twice."""
        patient_until = time.monotonic() + self._patience_s
        while True:
            try:
                return await self._client.send(sent, stream=True)
            except httpx.ConnectError:
                if time.monotonic() > patient_until:
                    raise
            await asyncio.sleep(PAUSE_S)

    async def close(self) -> None:
        await self._client.aclose()


def _streamed(answer: httpx.Response, request_id: str) -> Response:
    response = StreamingResponse(_chunks(answer), answer.status_code)
    response.raw_headers = _without(_NOT_SENT_BACK, answer.headers.raw)
    response.headers.setdefault(envelope.REQUEST_ID, request_id)
    return response


async def _chunks(answer: httpx.Response) -> AsyncIterator[bytes]:
    """Closing when the client goes is what tells the application to stop."""
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _without(dropped: set[str], headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in headers if name.decode().lower() not in dropped]
