"""Uvicorn's connection with the limits of `waiting_connections`; it has none of its own for the head of a request."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import h11
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.http_limits import waiting_connections
from local.http_limits.waiting_connections import AwaitedHead, WaitingConnections


class LimitedConnection(H11Protocol):
    waiting: ClassVar = WaitingConnections()
    """Those of this process, which runs one server."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head = AwaitedHead(self.waiting, self._give_up)
        self._head.begin()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._head.begin()
        elif not self._is_rest():
            self._head.arrived()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self._is_rest():
            self._head.begin(waiting_connections.REST_S_MAX)
        elif self.conn.their_state is h11.IDLE:
            self._head.await_next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head.arrived()
        super().connection_lost(exc)

    def _is_rest(self) -> bool:
        """The response was sent before the whole body had arrived. Uvicorn discards the rest, without a limit."""
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def _give_up(self) -> None:
        """408 (RFC 9110, 15.5.9) if a part of a request has arrived."""
        if self.conn.trailing_data[0] and self.conn.our_state is h11.IDLE:
            response = Response(status_code=408, headers={"connection": "close"})
            event = h11.Response(status_code=408, headers=response.raw_headers, reason=b"Request Timeout")
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
