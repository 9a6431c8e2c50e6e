"""HTTP for the ports of the stack: a request whose headers do not arrive in time is given up. Uvicorn has no limit.

Without it, a client that connects and sends nothing, or one byte now and then, keeps its connection for ever.
"""

from __future__ import annotations

import asyncio

import h11
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_S_MAX = 10.0


class HeaderTimeLimit(H11Protocol):
    """The time runs from the connection, or from the first byte of a further request, to the end of the headers.

    Between two requests, uvicorn's limit of an idle connection applies.
    """

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._start_timer()
        else:
            self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEADERS_S_MAX, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        """408 (RFC 9110, 15.5.9) if a part of a request has arrived."""
        self._timer = None
        if self.conn.trailing_data[0] and self.conn.our_state is h11.IDLE:
            response = Response(status_code=408, headers={"connection": "close"})
            event = h11.Response(status_code=408, headers=response.raw_headers, reason=b"Request Timeout")
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
