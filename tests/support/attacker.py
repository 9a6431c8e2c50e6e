"""Sends requests without credentials to ports of this machine, as a program of another user: `python -I attacker.py`.

Reads a JSON list of `{"port": …, "method": …, "path": …, "headers": {…}, "body": …}`, or `{"unix": …}` instead of the
port, and writes a list of `{"status": …, "headers": {…}, "text": …}`. It needs the standard library only, because
another user may not be able to read the environment of the tests.
"""

from __future__ import annotations

import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

TIMEOUT_S = 5


def attack(request: dict[str, object]) -> dict[str, object]:
    try:
        with _connected(request) as connection:
            connection.sendall(_message(request))
            received = _received(connection)
    except OSError as error:
        return {"status": 0, "text": f"{type(error).__name__}: {error}", "headers": ""}
    head, _, body = received.partition(b"\r\n\r\n")
    status = head.split(b" ", 2)[1:2] or [b"0"]
    return {"status": int(status[0]), "headers": head.decode("latin-1").lower(), "text": body.decode("latin-1")}


def _connected(request: dict[str, object]) -> socket.socket:
    if "unix" in request:
        connection = socket.socket(socket.AF_UNIX)
        address: object = request["unix"]
    else:
        connection = socket.socket()
        address = ("127.0.0.1", request["port"])
    connection.settimeout(TIMEOUT_S)
    connection.connect(address)
    return connection


def _message(request: dict[str, object]) -> bytes:
    body = str(request.get("body", "")).encode()
    headers = {"Host": f"127.0.0.1:{request.get('port')}", "Content-Length": len(body), "Connection": "close"}
    headers |= request.get("headers", {})  # type: ignore[arg-type]
    lines = [f"{request['method']} {request['path']} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _received(connection: socket.socket) -> bytes:
    """Until the server closes, or for as long as the limit: an answer that never comes is reported as such."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


if __name__ == "__main__":
    with ThreadPoolExecutor(8) as pool:
        json.dump(list(pool.map(attack, json.load(sys.stdin))), sys.stdout)
