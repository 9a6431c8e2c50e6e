"""`WebDownload` over a real connection: public addresses only, within limits of size and time."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from cinedex.adapters.web.download import REDIRECTS_MAX, RESUME, HttpxWebDownload
from cinedex.kernel.errors import MediaError
from cinedex.library.ports.web_download import ResumePoint

from tests.contract.web_download.conftest import Web

LOOPBACK = ("127.0.0.0/8",)
PUBLIC = "93.184.216.34"


def download(
    url: str, *, bytes_max: int = 1000, seconds_max: float = 30, allowed: tuple[str, ...] = LOOPBACK
) -> tuple[str | None, bytes]:
    with HttpxWebDownload(bytes_max, seconds_max, allowed).open(url) as response:
        return response.content_type, response.read(-1)


def refusal(url: str, **limits: Any) -> MediaError:
    with pytest.raises(MediaError) as refused:
        download(url, **limits)
    return refused.value


def test_a_file_comes_with_its_type(web: Web) -> None:
    url = web.give("/a%20b.mp4?x=1", b"bytes", "video/mp4; charset=binary")
    assert download(url) == ("video/mp4", b"bytes")
    assert web.requests == [("/a%20b.mp4?x=1", f"127.0.0.1:{web.port}")]


def test_a_file_of_unknown_length_and_type_comes_whole(web: Web) -> None:
    assert download(web.give("/clip", b"x" * 999, "", length=-1)) == (None, b"x" * 999)


# Where a URL may lead


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[fec0::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fd00::1]",
        "[fe80::1]",
        "224.0.0.1",
        "2130706433",
        "0x7f000001",
        "127.1",
    ],
)
def test_an_address_that_is_not_public_is_refused_before_any_request(web: Web, host: str) -> None:
    error = refusal(web.url("/clip.mp4", host), allowed=())
    assert error.code == "fetch_failed"
    assert "not on the public internet" in error.message
    assert web.requests == []


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses; the names that were looked up."""
    resolved: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        resolved.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr("cinedex.adapters.web.public_address.socket.getaddrinfo", getaddrinfo)
    return resolved


def test_a_name_that_resolves_to_a_private_address_is_refused(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "127.0.0.1")
    assert "not on the public internet" in refusal(web.url("/clip.mp4", "media.test"), allowed=()).message
    assert web.requests == []


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, PUBLIC, "10.0.0.1")
    assert "not on the public internet" in refusal("http://media.test/clip.mp4", allowed=()).message


def test_a_name_is_looked_up_once_and_reached_at_the_address_that_was_checked(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.give("/clip.mp4", b"bytes")
    resolved = resolves_to(monkeypatch, "127.0.0.1")
    assert download(web.url("/clip.mp4", "media.test"))[1] == b"bytes"
    assert resolved.count("media.test") == 1
    assert web.requests == [("/clip.mp4", f"media.test:{web.port}")]


def test_only_the_allowed_networks_are_excepted(web: Web) -> None:
    assert refusal(web.url("/clip.mp4"), allowed=("127.0.0.2/32", "10.0.0.0/8")).code == "fetch_failed"


def test_the_error_of_an_unknown_name_contains_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("cinedex.adapters.web.public_address.socket.getaddrinfo", getaddrinfo)
    assert "'media.test' cannot be found" in refusal("http://media.test/clip.mp4").message


@pytest.mark.parametrize(
    "url",
    [
        "ftp://media.test/clip.mp4",
        "file:///etc/passwd",
        "clip.mp4",
        "http://",
        "http://[::1/clip.mp4",
        "http://xn--/clip.mp4",
        "http://media.test:99999/clip.mp4",
        "http://" + "a" * 64 + ".test/clip.mp4",
        "http://media..test/clip.mp4",
        "http://me\x00dia.test/clip.mp4",
        "http://media.test/" + "x" * 70_000,
    ],
)
def test_a_url_that_makes_no_sense_is_the_fault_of_the_url(url: str) -> None:
    assert refusal(url).code == "fetch_failed"


# Redirects


def test_a_redirect_is_followed(web: Web) -> None:
    web.give("/there/clip.mp4", b"bytes")
    assert download(web.redirect("/here", "/there/clip.mp4"))[1] == b"bytes"


def test_a_redirect_to_a_private_address_is_refused(web: Web) -> None:
    web.give("/secret", b"secret")
    inner = web.url("/secret", "127.0.0.2")
    error = refusal(web.redirect("/here", inner), allowed=("127.0.0.1/32",))
    assert "not on the public internet" in error.message
    assert [path for path, _ in web.requests] == ["/here"]


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://media.test/", "http://[::1", "http://x:99999/", "//"]
)
def test_a_redirect_to_nowhere_is_refused(web: Web, location: str) -> None:
    assert refusal(web.redirect("/here", location)).code == "fetch_failed"


def test_a_redirect_that_goes_round_in_circles_comes_to_an_end(web: Web) -> None:
    assert f"more than {REDIRECTS_MAX} times" in refusal(web.redirect("/here", "/here")).message
    assert len(web.requests) == REDIRECTS_MAX + 1


# Limits


def test_a_declared_length_beyond_the_limit_is_refused_before_a_byte_is_read(web: Web) -> None:
    error = refusal(web.give("/clip.mp4", b"x" * 1001))
    assert (error.code, error.message) == ("too_large", "The file is larger than 1000 bytes.")


def test_a_file_that_grows_beyond_the_limit_without_saying_so_is_cut_off(web: Web) -> None:
    assert refusal(web.give("/clip.mp4", b"x" * 5_000_000, length=-1)).code == "too_large"


def test_a_file_of_exactly_the_limit_is_taken(web: Web) -> None:
    assert len(download(web.give("/clip.mp4", b"x" * 1000))[1]) == 1000


def test_a_file_shorter_than_it_was_declared_broke_off(web: Web) -> None:
    error = refusal(web.give("/clip.mp4", b"x" * 10, length=500))
    assert (error.code, "broke off" in error.message) == ("fetch_failed", True)


def test_bytes_beyond_the_declared_length_are_not_taken(web: Web) -> None:
    assert download(web.give("/clip.mp4", b"x" * 10, length=4))[1] == b"xxxx"


def test_a_server_that_drips_is_left_when_the_time_is_over(web: Web) -> None:
    error = refusal(web.drip("/clip.mp4", every_s=0.02), seconds_max=0.3)
    assert "took longer than" in error.message


def test_time_that_went_by_before_the_first_byte_counts_too(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.give("/clip.mp4", b"x" * 10)
    clock = iter((0.0, 100.0, 100.0, 100.0))
    monkeypatch.setattr("cinedex.adapters.web.download.time", _Time(clock))
    assert "took longer than" in refusal(web.url("/clip.mp4")).message


class _Time:
    def __init__(self, clock: Any) -> None:
        self.monotonic = lambda: next(clock, 100.0)


@pytest.mark.parametrize(("path", "status"), [("/missing", 404)])
def test_the_error_of_a_refused_request_contains_its_status(web: Web, path: str, status: int) -> None:
    assert str(status) in refusal(web.url(path)).message


def test_a_server_that_does_not_listen_broke_off(web: Web) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/clip.mp4").code == "fetch_failed"


def test_a_reader_that_stops_early_closes_the_connection(web: Web) -> None:
    url = web.drip("/clip.mp4", every_s=0.01)
    with HttpxWebDownload(1000, 30, LOOPBACK).open(url) as response:
        assert response.read(1) == b"x"
    assert web.left.wait(10)


# Connections that break


def test_a_download_that_breaks_off_is_resumed_at_its_last_byte(web: Web) -> None:
    body = bytes(range(200))
    assert download(web.break_off("/clip.mp4", [body], 60))[1] == body
    assert len(web.requests) == 4


def test_a_file_that_changes_while_it_is_downloaded_is_not_pieced_together(web: Web) -> None:
    error = refusal(web.break_off("/clip.mp4", [b"a" * 200, b"b" * 200], 60))
    assert (error.code, error.message) == ("fetch_failed", "The download broke off, and the file has changed since.")


def test_a_download_that_breaks_off_again_and_again_comes_to_an_end(web: Web) -> None:
    assert "broke off" in refusal(web.break_off("/clip.mp4", [b"x" * 200], 10)).message
    assert len(web.requests) == RESUME.attempts_max


# Downloads that another process has begun


def rest_of(url: str, start: int, validator: str) -> tuple[int, bytes]:
    with HttpxWebDownload(1000, 30, LOOPBACK).open(url, ResumePoint(start, validator)) as response:
        return response.start, response.read(-1)


def validator_of(url: str) -> str | None:
    with HttpxWebDownload(1000, 30, LOOPBACK).open(url) as response:
        return response.validator


@pytest.mark.parametrize("named_by", ["ETag", "Last-Modified"])
def test_the_rest_of_a_file_that_is_the_same_comes_alone(web: Web, named_by: str) -> None:
    url = web.versions("/clip.mp4", [bytes(range(200))], named_by)
    assert rest_of(url, 150, validator_of(url) or "") == (150, bytes(range(150, 200)))


@pytest.mark.parametrize("named_by", ["ETag", "Last-Modified"])
@pytest.mark.parametrize("heeds_if_range", [True, False])
def test_a_file_that_has_changed_comes_whole(web: Web, named_by: str, heeds_if_range: bool) -> None:
    url = web.versions("/clip.mp4", [b"a" * 200, b"b" * 200], named_by, heeds_if_range)
    assert rest_of(url, 150, validator_of(url) or "") == (0, b"b" * 200)


def test_a_file_that_has_become_shorter_comes_whole(web: Web) -> None:
    url = web.versions("/clip.mp4", [b"a" * 200, b"b" * 100], "ETag", heeds_if_range=False)
    assert rest_of(url, 150, validator_of(url) or "") == (0, b"b" * 100)


def test_a_server_that_knows_no_ranges_sends_the_file_whole(web: Web) -> None:
    assert rest_of(web.give("/clip.mp4", b"bytes"), 3, '"etag"') == (0, b"bytes")


def test_the_limit_counts_what_is_there_already(web: Web) -> None:
    url = web.versions("/clip.mp4", [b"x" * 1001], "ETag")
    with pytest.raises(MediaError, match="larger than 1000"):
        rest_of(url, 900, f'"{hash(b"x" * 1001)}"')


def test_a_weak_tag_and_a_date_just_now_name_no_bytes(web: Web) -> None:
    def fresh(request: Any) -> None:
        request.send_response(200)
        request.send_header("Last-Modified", request.date_time_string())
        request.send_header("Content-Length", "0")
        request.end_headers()

    def weak(request: Any) -> None:
        request.send_response(200)
        request.send_header("ETag", 'W/"1"')
        request.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        request.send_header("Content-Length", "0")
        request.end_headers()

    web.pages |= {"/fresh": fresh, "/weak": weak}
    assert [validator_of(web.url(path)) for path in ("/fresh", "/weak")] == [None, None]
