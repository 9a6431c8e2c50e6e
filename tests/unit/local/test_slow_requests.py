"""A request that does not arrive is given up: its headers after a time, its body below a rate."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from local.gateway import request_body as gateway_body
from local.gateway.app import build
from local.gateway.request_body import RequestBodies, TooManyBodies
from local.http_limits import request_body, waiting_connections
from local.http_limits.request_body import ArrivingBody, BodyTooSlow, LimitedBodies
from local.http_limits.uvicorn_connection import LimitedConnection
from local.http_limits.waiting_connections import AwaitedHead, WaitingConnections
from local.own_address import Application, OwnAddress
from tests.unit.local.test_gateway import API, ScriptedFunctions

LIMIT_S = 0.3
GIVEN_UP_S = 20
HEAD = b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_connections, "HEADERS_S_MAX", LIMIT_S)
    monkeypatch.setattr(request_body, "GRACE_S", LIMIT_S)


def gateway(port: int) -> Starlette:
    return build(API, ScriptedFunctions(), {}, address=OwnAddress(port), body_bytes_max=10**6)


def slow_application(_port: int) -> Starlette:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(4):
            await asyncio.sleep(LIMIT_S)
            yield b"x"

    async def answer(_: Request) -> Response:
        return StreamingResponse(parts())

    return Starlette(routes=[Route("/slow", answer)])


@contextmanager
def connected(application: Callable[[int], Application]) -> Iterator[socket.socket]:
    """A connection to a server of the application."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(application(port), http=LimitedConnection, log_level="critical"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=GIVEN_UP_S) as connection:
                yield connection
        finally:
            server.should_exit = True
            thread.join()


def rest_of(connection: socket.socket) -> bytes:
    """Everything until the server closes the connection; raises `TimeoutError` if it does not."""
    received = b""
    while part := connection.recv(4096):
        received += part
    return received


def trickle(connection: socket.socket, sent: bytes, stop: threading.Event) -> None:
    """A byte at a time, until the server closes the connection."""
    for byte in sent:
        if stop.wait(LIMIT_S / 10):
            return
        try:
            connection.sendall(bytes([byte]))
        except OSError:
            return


def test_a_client_that_sends_nothing_loses_its_connection() -> None:
    with connected(slow_application) as connection:
        assert rest_of(connection) == b""


@pytest.mark.parametrize("sent", [b"G", HEAD, HEAD + b"X: " + b"y" * 500])
def test_half_a_head_is_given_up_with_408(sent: bytes) -> None:
    with connected(slow_application) as connection:
        connection.sendall(sent)
        assert rest_of(connection).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def test_a_head_that_arrives_a_byte_at_a_time_is_given_up() -> None:
    with connected(slow_application) as connection:
        stop = threading.Event()
        sender = threading.Thread(target=trickle, args=(connection, HEAD * 50, stop))
        sender.start()
        try:
            assert rest_of(connection).startswith(b"HTTP/1.1 408 ")
        finally:
            stop.set()
            sender.join()


def test_half_a_head_after_a_request_is_given_up_and_the_slow_response_is_whole() -> None:
    with connected(slow_application) as connection:
        connection.sendall(HEAD + b"\r\n")
        received = b""
        while not received.endswith(b"0\r\n\r\n"):
            received += connection.recv(4096)
        assert received.count(b"1\r\nx\r\n") == 4
        connection.sendall(HEAD)
        assert rest_of(connection).startswith(b"HTTP/1.1 408 ")


def test_half_a_body_is_given_up_with_an_error_of_the_api() -> None:
    with connected(gateway) as connection:
        port = connection.getpeername()[1]
        head = f"POST /v2/videos HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100\r\n\r\n"
        connection.sendall(head.encode() + b"half")
        received = rest_of(connection)
    head_of_response, _, body = received.partition(b"\r\n\r\n")
    assert head_of_response.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["error"] == {
        "type": "validation_error",
        "message": "The body arrives with less than 8192 bytes a second. Send the request again.",
    }


def reading_application(_port: int) -> Application:
    """As the streaming port serves it: its framework answers an exception while the body is read by itself."""

    async def answer(request: Request) -> Response:
        try:
            return Response(await request.body())
        except BodyTooSlow:
            return Response("another answer", 400)

    return LimitedBodies(Starlette(routes=[Route("/read", answer, methods=["POST"])]))


def test_half_a_body_is_given_up_with_408_at_every_port() -> None:
    with connected(reading_application) as connection:
        connection.sendall(b"POST /read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf")
        received = rest_of(connection)
    assert received.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"connection: close" in received
    assert received.endswith(request_body.TOO_SLOW.encode())


def test_the_rest_of_a_body_after_its_response_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte would end uvicorn's own limit of an idle connection."""
    monkeypatch.setattr(waiting_connections, "REST_S_MAX", LIMIT_S)
    with connected(slow_application) as connection:
        connection.sendall(b"POST /none HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\nx")
        stop = threading.Event()
        sender = threading.Thread(target=trickle, args=(connection, b"y" * 500, stop))
        sender.start()
        try:
            assert rest_of(connection).startswith(b"HTTP/1.1 404 ")
        except ConnectionResetError:
            pass
        finally:
            stop.set()
            sender.join()


async def arriving(pieces: int, size_bytes: int, pause_s: float) -> bytes:
    """What is read of a body that arrives in pieces."""
    sent = 0

    async def receive() -> dict[str, object]:
        nonlocal sent
        await asyncio.sleep(pause_s)
        sent += 1
        return {"type": "http.request", "body": b"x" * size_bytes, "more_body": sent < pieces}

    return await RequestBodies().read(Request({"type": "http", "method": "POST"}, receive), 10**6)


def test_a_body_above_the_rate_may_take_longer_than_the_limit_of_its_beginning() -> None:
    assert len(asyncio.run(arriving(3, 64 * 1024, LIMIT_S * 0.8))) == 3 * 64 * 1024


def test_a_body_below_the_rate_is_given_up() -> None:
    with pytest.raises(BodyTooSlow):
        asyncio.run(arriving(1000, 1, LIMIT_S / 10))


def test_large_bodies_that_arrive_at_once_share_a_limit_and_small_ones_have_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway_body, "SMALL_BYTES_MAX", 10)
    monkeypatch.setattr(gateway_body, "ARRIVING_BYTES_MAX", 100)
    bodies, pause = RequestBodies(), asyncio.Event()

    def request(size: int, *, is_whole: bool) -> Request:
        messages = iter([{"type": "http.request", "body": b"x" * size, "more_body": not is_whole}])

        async def receive() -> dict[str, object]:
            for message in messages:
                return message
            await pause.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        return Request({"type": "http", "method": "POST"}, receive)

    async def read() -> None:
        arriving = asyncio.create_task(bodies.read(request(60, is_whole=False), 10**6))
        await asyncio.sleep(0.01)
        with pytest.raises(TooManyBodies):
            await bodies.read(request(60, is_whole=True), 10**6)
        assert len(await bodies.read(request(10, is_whole=True), 10**6)) == 10
        pause.set()
        assert len(await arriving) == 60
        assert len(await bodies.read(request(100, is_whole=True), 10**6)) == 100

    asyncio.run(read())


def test_a_process_that_was_stopped_gives_up_no_client_that_has_sent_its_body_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(request_body, "GRACE_S", 10.0)
    monkeypatch.setattr(request_body, "STEP_S", 0.01)

    async def read() -> dict[str, object]:
        messages: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        loop.call_later(0.005, lambda: loop.call_soon(messages.put_nowait, {"type": "http.request", "body": b"x"}))
        clock = loop.time
        loop.call_soon(lambda: monkeypatch.setattr(loop, "time", lambda: clock() + 1000))
        return dict(await ArrivingBody(messages.get).receive())

    assert asyncio.run(read())["body"] == b"x"


def test_a_pause_after_many_bytes_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "PAUSE_S_MAX", LIMIT_S)

    async def read() -> None:
        async def receive() -> dict[str, object]:
            if sent.is_set():
                await asyncio.sleep(1000)
            sent.set()
            return {"type": "http.request", "body": b"x" * 10**9, "more_body": True}

        sent = asyncio.Event()
        body = ArrivingBody(receive)
        await body.receive()
        with pytest.raises(BodyTooSlow):
            await body.receive()

    asyncio.run(read())


def heads(count: int, waiting: WaitingConnections, closed: list[int]) -> list[AwaitedHead]:
    return [AwaitedHead(waiting, lambda number=number: closed.append(number)) for number in range(count)]  # type: ignore[misc]


def test_beyond_half_of_the_maximum_the_connection_that_has_waited_longest_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting_connections, "WAITING_MAX", 6)

    async def connect() -> list[int]:
        closed: list[int] = []
        for head in heads(5, WaitingConnections(), closed):
            head.begin()
        return closed

    assert asyncio.run(connect()) == [0, 1]


def test_connections_that_were_used_leave_place_for_new_ones_and_the_other_way_round(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting_connections, "WAITING_MAX", 4)

    async def connect() -> tuple[list[int], list[int]]:
        closed: list[int] = []
        opened = heads(6, WaitingConnections(), closed)
        for used in opened[:3]:
            used.begin()
            used.arrived()
            used.await_next()
        first = list(closed)
        for new in opened[3:]:
            new.begin()
        return first, closed

    assert asyncio.run(connect()) == ([0], [0, 3])


def test_a_head_that_arrives_while_the_process_is_stopped_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_connections, "HEADERS_S_MAX", 0.01)
    monkeypatch.setattr(waiting_connections, "STOPPED_S", 0.05)

    async def connect() -> list[int]:
        closed: list[int] = []
        read, unread = heads(2, WaitingConnections(), closed)
        read.begin()
        unread.begin()
        time.sleep(0.1)
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(read.arrived)
        await asyncio.sleep(0.2)
        return closed

    assert asyncio.run(connect()) == [1]


def test_a_server_with_many_idle_connections_answers_further_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_connections, "WAITING_MAX", 8)
    monkeypatch.setattr(waiting_connections, "HEADERS_S_MAX", 60.0)
    with connected(slow_application) as first:
        address = first.getpeername()
        idle = [socket.create_connection(address, timeout=GIVEN_UP_S) for _ in range(20)]
        with socket.create_connection(address, timeout=GIVEN_UP_S) as connection:
            connection.sendall(b"GET /none HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert rest_of(connection).startswith(b"HTTP/1.1 404 ")
        assert rest_of(first) == b""
        for other in idle:
            other.close()
