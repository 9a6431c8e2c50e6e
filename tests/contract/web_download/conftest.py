"""A web server on this machine with the responses that a test defines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """`pages` maps a path to the function that writes its response; `requests` records paths and Host headers.

    `over` ends responses that have no end of their own; `left` is set when a client closes its connection.
    """

    port: int
    pages: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def give(self, path: str, body: bytes, content_type: str = "video/mp4", length: int | None = None) -> str:
        """Serve `body`, declaring `length` bytes, and return its URL."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.send_header("Content-Type", content_type)
            if length is None or length >= 0:
                request.send_header("Content-Length", str(len(body) if length is None else length))
            request.end_headers()
            request.wfile.write(body)

        self.pages[path] = answer
        return self.url(path)

    def break_off(self, path: str, versions: list[bytes], bytes_at_a_time: int) -> str:
        """Serve at most so many bytes for each connection, and continue at the start of a requested range.

        The file is the next of `versions` each time, and the last one from then on.
        """
        remaining = iter(versions)
        current = versions[-1]

        def answer(request: BaseHTTPRequestHandler) -> None:
            body = next(remaining, current)
            etag = f'"{hash(body)}"'
            same = request.headers.get("If-Range") == etag
            start = int(request.headers["Range"].removeprefix("bytes=").rstrip("-")) if same else 0
            request.send_response(206 if same else 200)
            request.send_header("ETag", etag)
            request.send_header("Content-Length", str(len(body) - start))
            if same:
                request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            request.end_headers()
            request.wfile.write(body[start : start + bytes_at_a_time])

        self.pages[path] = answer
        return self.url(path)

    def versions(self, path: str, bodies: list[bytes], named_by: str, heeds_if_range: bool = True) -> str:
        """Serve the next of `bodies` each time, and ranges of it; an ETag or a date tells them apart."""
        remaining = iter(bodies)

        def answer(request: BaseHTTPRequestHandler) -> None:
            body = next(remaining, bodies[-1])
            name = f'"{hash(body)}"' if named_by == "ETag" else formatdate(bodies.index(body) * 100, usegmt=True)
            range_header = request.headers.get("Range")
            same = range_header and (not heeds_if_range or request.headers.get("If-Range") == name)
            start = int((range_header or "").removeprefix("bytes=").rstrip("-")) if same else 0
            request.send_response(416 if start >= len(body) else 206 if same else 200)
            request.send_header(named_by, name)
            if same:
                request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            request.send_header("Content-Length", str(len(body[start:])))
            request.end_headers()
            request.wfile.write(body[start:])

        self.pages[path] = answer
        return self.url(path)

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            request.send_header("Location", location)
            request.send_header("Content-Length", "0")
            request.end_headers()

        self.pages[path] = answer
        return self.url(path)

    def drip(self, path: str, every_s: float) -> str:
        """Serve one byte after the other, for ever."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            request.end_headers()
            while not self.over.wait(every_s):
                request.wfile.write(b"x")

        self.pages[path] = answer
        return self.url(path)


@pytest.fixture
def web() -> Iterator[Web]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.requests.append((self.path, self.headers["Host"]))
            try:
                served.pages.get(self.path, _not_found)(self)
            except ConnectionError:
                served.left.set()

        def do_CONNECT(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Failed tests show what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Web(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield served
    served.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def _not_found(request: BaseHTTPRequestHandler) -> None:
    request.send_error(404)
