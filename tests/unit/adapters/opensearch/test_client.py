"""How requests leave for OpenSearch: signed where it must be, and not waiting for ever."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("opensearchpy")
from cinedex.adapters.opensearch import OpenSearchSegmentIndex, client, connect
from cinedex.adapters.opensearch import index as index_module
from cinedex.kernel.errors import Unavailable

from tests.support.segments import segment_filter

NOTHING_FOUND = b'{"responses": [{"hits": {"hits": []}, "_shards": {"failed": 0}}]}'


class Listener(BaseHTTPRequestHandler):
    """Remembers what it is sent, and finds nothing."""

    def do_POST(self) -> None:
        self.server.heard.append(dict(self.headers))  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(NOTHING_FOUND)))
        self.end_headers()
        self.wfile.write(NOTHING_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        """Not on the terminal."""


@pytest.fixture
def listener() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    server.heard = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


@pytest.mark.parametrize("service", ["es", "aoss"])
def test_requests_are_signed_for_the_service_that_they_go_to(listener: ThreadingHTTPServer, service: str) -> None:
    url = f"http://127.0.0.1:{listener.server_port}"
    index = OpenSearchSegmentIndex(connect(url, sign_for=service))  # type: ignore[arg-type]
    assert index.search("cat", None, segment_filter("a"), 5).words == ()
    [headers] = listener.heard  # type: ignore[attr-defined]
    lowered = {name.lower(): value for name, value in headers.items()}
    assert lowered["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert f"/eu-central-1/{service}/aws4_request" in lowered["authorization"]
    assert lowered["x-amz-security-token"] == "token"
    assert len(lowered["x-amz-content-sha256"]) == 64


def test_a_plain_server_gets_no_signature(listener: ThreadingHTTPServer) -> None:
    OpenSearchSegmentIndex(connect(f"http://127.0.0.1:{listener.server_port}")).search(
        "cat", None, segment_filter("a"), 5
    )
    assert "authorization" not in {name.lower() for name in listener.heard[0]}  # type: ignore[attr-defined]


def test_one_question_is_one_request(listener: ThreadingHTTPServer) -> None:
    index = OpenSearchSegmentIndex(connect(f"http://127.0.0.1:{listener.server_port}"))
    index.search("cat", None, segment_filter("a", "b"), 5)
    assert len(listener.heard) == 1  # type: ignore[attr-defined]


def test_a_server_that_never_answers_times_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index_module, "READING", {"request_timeout": 0.3})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        index = OpenSearchSegmentIndex(connect(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        started = time.monotonic()
        with pytest.raises(Unavailable):
            index.search("cat", None, segment_filter("a"), 5)
        assert time.monotonic() - started < 2


def test_a_connection_that_is_not_accepted_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The backlog of a listener that accepts no connection is full: further connections get no response."""
    monkeypatch.setattr(client, "CONNECT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        started = time.monotonic()
        with pytest.raises(Unavailable):
            OpenSearchSegmentIndex(connect(f"http://127.0.0.1:{address[1]}")).search(
                "cat", None, segment_filter("a"), 5
            )
        assert time.monotonic() - started < 3
        for one in waiting:
            one.close()


def test_error_messages_do_not_name_the_host_of_the_store() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable) as refused:
        OpenSearchSegmentIndex(connect(f"http://127.0.0.1:{port}")).search("cat", None, segment_filter("a"), 5)
    assert refused.value.message == "The search store is not available."
    assert str(port) in str(refused.value.__cause__)


def test_errors_of_the_store_are_for_the_log_only(
    listener: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = b'{"responses": [{"error": {"reason": "all shards failed"}}]}'
    monkeypatch.setattr(sys.modules[__name__], "NOTHING_FOUND", failed)
    with pytest.raises(Unavailable) as refused:
        OpenSearchSegmentIndex(connect(f"http://127.0.0.1:{listener.server_port}")).search(
            "cat", None, segment_filter("a"), 5
        )
    assert refused.value.message == "The search store is not available."
    assert "all shards failed" in str(refused.value.__cause__)
