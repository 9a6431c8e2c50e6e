"""Hypercorn's connections, which are those of the emulator, with the limits of `waiting_connections`.

Hypercorn itself closes a connection without a request after its idle limit, 75 seconds in ministack, and waits for that
limit also when the client has closed the connection: it is ended at once here. HTTP/2 is not offered: no client of the
emulator uses it, and a connection without a stream would have no limit.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from local.http_limits.waiting_connections import AwaitedHead, WaitingConnections

TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def limit_connections() -> None:
    """Before the server starts."""
    server: Any = import_module("hypercorn.asyncio.run")
    http: Any = import_module("hypercorn.protocol.h11")
    connect, waiting = server.TCPServer, WaitingConnections()

    def limited(*arguments: Any) -> Any:
        *others, reader, writer = arguments
        observed = _ObservedReader(reader, writer, waiting)
        connection = connect(*others, observed, writer)
        connection.protocol_send = observed.passing_on(connection.protocol_send, connection.idle_task)
        connection._read_data = observed.reading(connection._read_data, connection.idle_task)
        return connection

    server.TCPServer = limited
    http.H11Protocol._check_protocol = _offer_no_upgrade


async def _offer_no_upgrade(_protocol: Any, _request: Any) -> None:
    pass


class _ObservedReader:
    """The reader of one connection, with the events that its protocol reports. It is constructed in the task of it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: WaitingConnections) -> None:
        self._reader, self._writer = reader, writer
        self._head = AwaitedHead(waiting, self._give_up)
        self._has_part = False
        self._is_waiting, self._is_ended = True, False
        task = asyncio.current_task()
        assert task is not None
        task.add_done_callback(lambda _: self._head.arrived())
        self._head.begin()

    def at_eof(self) -> bool:
        return self._reader.at_eof()

    async def read(self, size: int) -> bytes:
        data = await self._reader.read(size)
        if data and self._is_waiting:
            self._has_part = True
            self._head.begin()
        return data

    def reading(self, read: Any, idle_task: Any) -> Any:
        async def read_to_the_end() -> None:
            await read()
            self._is_ended = True
            self._head.arrived()
            await idle_task.stop()

        return read_to_the_end

    def passing_on(self, send: Any, idle_task: Any) -> Any:
        async def protocol_send(event: Any) -> None:
            is_update = hasattr(event, "idle")
            if is_update and not self._is_ended:
                self._update(is_idle=event.idle)
            await send(event)
            if is_update and self._is_ended:
                await idle_task.stop()

        return protocol_send

    def _update(self, *, is_idle: bool) -> None:
        self._is_waiting, self._has_part = is_idle, False
        if is_idle:
            self._head.await_next()
        else:
            self._head.arrived()

    def _give_up(self) -> None:
        if self._has_part:
            self._writer.write(TIMED_OUT)
        self._writer.close()
