"""The emulator's server gives up requests that do not arrive, as the other ports of the stack do."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator

import psutil
import pytest

from local.emulator.launch import PYTHON
from local.settings import REPOSITORY

GIVEN_UP_S = 30
HEAD = b"POST /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    command = [str(PYTHON), "-m", "tests.integration.local_stack.limited_hypercorn"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY, text=True)
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


@pytest.fixture
def connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=GIVEN_UP_S) as opened:
        yield opened


def rest_of(connection: socket.socket) -> bytes:
    received = b""
    while part := connection.recv(4096):
        received += part
    return received


def test_a_client_that_sends_nothing_loses_its_connection(connection: socket.socket) -> None:
    assert rest_of(connection) == b""


@pytest.mark.parametrize("sent", [b"P", HEAD, HEAD + b"Content-Length: 100\r\n\r\nhalf"])
def test_half_a_request_is_given_up_with_408(connection: socket.socket, sent: bytes) -> None:
    connection.sendall(sent)
    assert rest_of(connection).startswith(b"HTTP/1.1 408 ")


def test_a_slow_answer_is_whole_and_half_a_head_after_it_is_given_up(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n")
    received = b""
    while not received.endswith(b"/slow"):
        received += connection.recv(4096)
    assert received.startswith(b"HTTP/1.1 200 ")
    connection.sendall(HEAD)
    assert rest_of(connection).startswith(b"HTTP/1.1 408 ")


def test_http_2_is_not_offered(connection: socket.socket) -> None:
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert rest_of(connection).startswith(b"HTTP/1.1 ")


def test_many_connections_without_a_request_leave_place_for_further_clients(port: int) -> None:
    idle = [socket.create_connection(("127.0.0.1", port), timeout=GIVEN_UP_S) for _ in range(300)]
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=GIVEN_UP_S) as connection:
            connection.sendall(b"GET /fast HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert rest_of(connection).endswith(b"/fast")
    finally:
        for other in idle:
            other.close()


def test_connections_that_were_used_and_closed_leave_place_for_further_clients(port: int) -> None:
    """The limit of this server is 50, and its idle limit 75 seconds."""
    request = b"GET /fast HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for number in range(200):
        with socket.create_connection(("127.0.0.1", port), timeout=GIVEN_UP_S) as connection:
            connection.sendall(request)
            received = b""
            while not received.endswith(b"/fast"):
                part = connection.recv(4096)
                assert part, number
                received += part
    assert _established(port) < 25


def _established(port: int) -> int:
    """Sockets of the server that are not closed yet."""
    until = time.monotonic() + GIVEN_UP_S
    while time.monotonic() < until:
        states = [c.status for c in psutil.net_connections("tcp") if c.laddr and c.laddr.port == port and c.raddr]
        left = sum(state in (psutil.CONN_CLOSE_WAIT, psutil.CONN_ESTABLISHED) for state in states)
        if left < 25:
            break
        time.sleep(0.1)
    return left
