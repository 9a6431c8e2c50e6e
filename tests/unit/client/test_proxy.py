"""The stack on this machine is reached without a proxy, and any other deployment through it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cinedex_client import Connection
from cinedex_client.errors import Unreachable

NOWHERE = "127.0.0.1:9"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)


@pytest.fixture
def server(no_proxies: None) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the targets of the requests that have reached it."""
    targets: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            targets.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_PUT(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Failed tests show what went wrong."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}", targets
    served.shutdown()
    served.server_close()
    thread.join()


@pytest.mark.parametrize("scheme", ["http", "socks5", "no-such-scheme"])
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_stack_on_this_machine_is_reached_without_a_proxy(
    server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch, variable: str, scheme: str
) -> None:
    url, targets = server
    monkeypatch.setenv(variable, f"{scheme}://{NOWHERE}")
    with Connection(url, "key") as connection:
        assert connection.get("/v2/videos") == {}
        connection.put_presigned(f"{url}/object", lambda: b"", {})
    assert targets == ["/v2/videos", "/object"]


def test_a_remote_deployment_is_reached_through_the_proxy(
    server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, targets = server
    monkeypatch.setenv("HTTP_PROXY", url)
    with Connection("http://library.invalid", "key") as connection:
        assert connection.get("/v2/videos") == {}
        connection.put_presigned("http://bucket.invalid/object", lambda: b"", {})
    assert targets == ["http://library.invalid/v2/videos", "http://bucket.invalid/object"]


def test_a_socks_proxy_is_supported(no_proxies: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"socks5://{NOWHERE}")
    with Connection("http://library.invalid", "key") as connection, pytest.raises(Unreachable):
        connection.get("/v2/videos")
