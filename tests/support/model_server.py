"""A language model's server on the loopback that replays a recorded dialogue, one reply for each request.

A dialogue is a JSONL file. A line with `status` begins a reply; what follows is sent as it stands there: an object
as one event, a text as one raw line. `{"pause_s": 1}` is silence, and `{"cut": true}` breaks the connection off.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support.event_stream import event, exception

EVENT_STREAM = "application/vnd.amazon.eventstream"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    events: list[Any] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        return bool(self.events) and self.events[-1] == {"cut": True}

    def pieces(self, *, binary: bool) -> Iterator[bytes]:
        for entry in self.events[:-1] if self.is_cut else self.events:
            if isinstance(entry, dict) and "pause_s" in entry:
                time.sleep(entry["pause_s"])
                continue
            yield _binary(entry) if binary else _text(entry)


@dataclass
class ModelServer:
    url: str
    replies: list[Reply]
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


def read_dialogue(file: Path) -> list[Reply]:
    replies: list[Reply] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if isinstance(entry, dict) and "status" in entry:
            replies.append(Reply(entry["status"], entry.get("headers", {})))
        else:
            replies[-1].events.append(entry)
    return replies


def saying(text: str) -> Reply:
    """One whole reply in the format of an OpenAI-compatible server, with 300 input and 40 output tokens."""
    used = {"choices": [], "usage": {"prompt_tokens": 300, "completion_tokens": 40}}
    pieces = [chunk(text[start : start + 9]) for start in range(0, len(text), 9)]
    return Reply(200, {}, [*pieces, chunk(finish="stop"), used, "data: [DONE]\n\n"])


def chunk(content: str | None = None, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """One event of a reply that is streamed."""
    return {"choices": [{"index": 0, "delta": {"content": content, **delta}, "finish_reason": finish}]}


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave in the middle are part of the tests."""


@contextmanager
def replay_server(replies: Sequence[Reply]) -> Iterator[ModelServer]:
    """After the last recorded reply, the response to every request is 404."""
    waiting = list(replies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            model.requests.append(json.loads(body))
            model.headers.append({k.lower(): v for k, v in self.headers.items()})
            model.paths.append(self.path)
            self._reply(waiting.pop(0) if waiting else Reply(404, {}))

        def _reply(self, reply: Reply) -> None:
            binary = self.path.endswith("/converse-stream")
            self.send_response(reply.status)
            named = {"Content-Type": EVENT_STREAM if binary and reply.status == 200 else _kind(reply.status)}
            for name, value in {**named, "Transfer-Encoding": "chunked", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in reply.pieces(binary=binary and reply.status == 200):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            if reply.is_cut:
                self.close_connection = True
                return
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: object) -> None:
            """Requests are not logged."""

    server = _Server(("127.0.0.1", 0), Handler)
    model = ModelServer(f"http://127.0.0.1:{server.server_port}", list(replies))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()


def _kind(status: int) -> str:
    return "text/event-stream; charset=utf-8" if status == 200 else "application/json"


def _text(value: Any) -> bytes:
    return (value if isinstance(value, str) else f"data: {json.dumps(value, ensure_ascii=False)}\n\n").encode()


def _binary(value: dict[str, Any]) -> bytes:
    ((name, payload),) = value.items()
    return exception(name, payload) if name.endswith("Exception") else event(name, payload)
