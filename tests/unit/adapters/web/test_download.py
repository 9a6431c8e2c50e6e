"""A URL is fetched from the public internet or not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cinedex.adapters.web.download import HttpxWebDownload
from cinedex.kernel.errors import MediaError

PRIVATE = [
    "http://127.0.0.1/a.mp4",
    "http://localhost/a.mp4",
    "http://[::1]/a.mp4",
    "http://0.0.0.0/a.mp4",
    "http://10.1.2.3/a.mp4",
    "http://172.16.0.1/a.mp4",
    "http://192.168.1.1/a.mp4",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/a.mp4",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[::ffff:127.0.0.1]/a.mp4",
    "http://[::ffff:169.254.169.254]/a.mp4",
    "http://[64:ff9b::7f00:1]/a.mp4",
    "http://[64:ff9b::a9fe:a9fe]/latest/meta-data/",
    "http://[2002:7f00:1::]/a.mp4",
    "http://[2001:0:7f00:1::]/a.mp4",
    "http://2130706433/a.mp4",
    "http://0x7f000001/a.mp4",
    "http://127.1/a.mp4",
    "http://224.0.0.1/a.mp4",
    "http://user:password@127.0.0.1/a.mp4",
]


class Site(BaseHTTPRequestHandler):
    """`/to/<url>` redirects, `/bytes/<n>` sends n bytes, `/endless` never ends, `/round` redirects to itself."""

    def do_GET(self) -> None:
        _, what, parameter = [*self.path.split("/", 2), ""][:3]
        if what in ("to", "round"):
            self.send_response(302)
            self.send_header("Location", parameter or "/round")
            self.end_headers()
        elif what == "bytes":
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Content-Length", parameter)
            self.end_headers()
            self.wfile.write(b"x" * int(parameter))
        else:
            self.send_response(404)
            self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetch(url: str, *, bytes_max: int = 1000, allowed: tuple[str, ...] = ()) -> bytes:
    with HttpxWebDownload(bytes_max, 10.0, allowed).open(url) as download:
        return download.read(-1)


@pytest.mark.parametrize("url", PRIVATE)
def test_an_address_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(MediaError, match=r"not on the public internet|cannot be found"):
        fetch(url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.test/a", "gopher://a.test", "//a.test/a"])
def test_only_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(MediaError, match="Only http and https"):
        fetch(url)


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.7")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(MediaError, match="not on the public internet"):
        fetch("http://two-faced.test/a.mp4")


def test_what_is_allowed_is_fetched(site: str) -> None:
    assert fetch(f"{site}/bytes/500", allowed=("127.0.0.1/32",)) == b"x" * 500


@pytest.mark.parametrize("target", ["http://127.0.0.2/a", "http://10.0.0.1/a", "file:///etc/passwd"])
def test_a_redirect_is_checked_again(site: str, target: str) -> None:
    with pytest.raises(MediaError, match=r"not on the public internet|Only http"):
        fetch(f"{site}/to/{target}", allowed=("127.0.0.1/32",))


def test_redirects_come_to_an_end(site: str) -> None:
    with pytest.raises(MediaError, match="redirects more than"):
        fetch(f"{site}/round", allowed=("127.0.0.1/32",))


def test_a_file_over_the_limit_is_refused_before_it_is_read(site: str) -> None:
    with pytest.raises(MediaError) as refused:
        fetch(f"{site}/bytes/1001", allowed=("127.0.0.1/32",))
    assert refused.value.code == "too_large"


def test_a_server_that_refuses_is_quoted(site: str) -> None:
    with pytest.raises(MediaError, match="HTTP status 404"):
        fetch(f"{site}/nothing", allowed=("127.0.0.1/32",))
