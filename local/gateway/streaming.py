"""Passes a streaming route through to its own web application, byte for byte and unbuffered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from local.gateway import envelope

# Hop-by-hop headers (RFC 9110 7.6.1) describe one connection only.
_HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
_NOT_SENT_ON = _HOP_BY_HOP | {"host", "content-length", "x-request-id"}
_NOT_SENT_BACK = _HOP_BY_HOP | {"content-length", "date", "server"}  # the gateway's own server tells these


class StreamingProxy:
    """One streaming application behind the gateway."""

    def __init__(self, base_url: str) -> None:
        # No read limit: between two events of a stream a model may think for minutes.
        # Nor one on their number: a stream that waits for another to end would look as if it were broken.
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(None, connect=5.0),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
            trust_env=False,
        )

    async def forward(self, request: Request, body: bytes, request_id: str) -> Response:
        sent = self._client.build_request(
            request.method,
            httpx.URL(path=request.url.path, query=request.url.query.encode()),
            headers=[*_without(_NOT_SENT_ON, request.headers.raw), (b"x-request-id", request_id.encode())],
            content=body,
        )
        try:
            answer = await self._client.send(sent, stream=True)
        except httpx.TransportError:
            return envelope.unavailable(request.url.path, request_id)
        return _streamed(answer, request_id)

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
