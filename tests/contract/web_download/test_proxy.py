"""`WebDownload` on a machine that reaches the web through a proxy only."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from cinedex.adapters.web.download import HttpxWebDownload
from cinedex.kernel.errors import MediaError

from tests.contract.web_download.conftest import Web

PUBLIC = "93.184.216.34"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_names_are_known(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Names and their addresses, for a test to fill; only the proxy knows any others."""
    known: dict[str, str] = {}
    look_up = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *options: Any, **others: Any) -> Any:
        if host in known or host == "127.0.0.1":
            return look_up(known.get(host, host), port, *options, **others)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("cinedex.adapters.web.public_address.socket.getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def proxy(web: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """A proxy that has a clip of `videos.test`; requests to it contain whole URLs."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    web.give("http://videos.test/clip.mp4", b"bytes")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{web.port}")
    return web


def download(url: str, allowed: tuple[str, ...] = ()) -> bytes:
    with HttpxWebDownload(1000, 30, allowed).open(url) as response:
        return response.read(-1)


def test_a_name_that_only_the_proxy_knows_is_left_to_it(proxy: Web) -> None:
    assert download("http://videos.test/clip.mp4") == b"bytes"
    assert proxy.requests == [("http://videos.test/clip.mp4", "videos.test")]


def test_the_proxy_may_be_named_for_everything_and_without_a_scheme(
    proxy: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HTTP_PROXY")
    monkeypatch.setenv("all_proxy", f"127.0.0.1:{proxy.port}")
    assert download("http://videos.test/clip.mp4") == b"bytes"


def test_the_proxy_receives_the_name_and_not_an_address(proxy: Web, no_names_are_known: dict[str, str]) -> None:
    no_names_are_known["videos.test"] = PUBLIC
    assert download("http://videos.test/clip.mp4") == b"bytes"


def test_https_asks_the_proxy_for_a_tunnel_to_the_name(proxy: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    with pytest.raises(MediaError, match="ProxyError"):  # this one opens none
        download("https://videos.test/clip.mp4")
    assert proxy.requests == [("videos.test:443", "videos.test:443")]


@pytest.mark.parametrize("host", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "inside.test"])
def test_what_is_known_not_to_be_public_is_refused_all_the_same(
    proxy: Web, no_names_are_known: dict[str, str], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    no_names_are_known.update({"10.0.0.1": "10.0.0.1", "169.254.169.254": "169.254.169.254", "inside.test": "10.1.1.1"})
    with pytest.raises(MediaError, match="not on the public internet"):
        download(f"http://{host}/clip.mp4")
    assert proxy.requests == []


def test_a_redirect_by_way_of_the_proxy_is_checked_too(proxy: Web, no_names_are_known: dict[str, str]) -> None:
    no_names_are_known["inside.test"] = "10.1.1.1"
    proxy.redirect("http://videos.test/moved", "http://inside.test/secret")
    with pytest.raises(MediaError, match="not on the public internet"):
        download("http://videos.test/moved")
    assert [path for path, _ in proxy.requests] == ["http://videos.test/moved"]


def test_a_host_that_needs_no_proxy_is_requested_directly(
    proxy: Web, no_names_are_known: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "other.test,videos.test")
    no_names_are_known["videos.test"] = "127.0.0.1"
    proxy.give("/clip.mp4", b"directly")
    assert download(f"http://videos.test:{proxy.port}/clip.mp4", allowed=("127.0.0.0/8",)) == b"directly"


def test_a_name_that_is_not_known_cannot_be_found_where_no_proxy_is(
    proxy: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HTTP_PROXY")
    with pytest.raises(MediaError, match=r"'videos\.test' cannot be found"):
        download("http://videos.test/clip.mp4")


def test_a_proxy_that_is_not_there_is_a_download_that_failed(proxy: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(MediaError, match="ConnectError") as failed:
        download("http://videos.test/clip.mp4")
    assert failed.value.code == "fetch_failed"
