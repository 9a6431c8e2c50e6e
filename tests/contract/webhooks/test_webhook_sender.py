"""`WebhookSender` sends only to addresses that it has checked, and never waits or reads for long."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from cinedex.adapters.web.webhook_sender import BODY_BYTES_MAX, HttpxWebhookSender
from cinedex.kernel.errors import ImpossibleValue
from cinedex.webhooks.ports import SignedRequest

from tests.support.webhook_receiver import WebhookReceiver, webhook_receiver

LOOPBACK = ("127.0.0.0/8",)
BODY = '{"message":"Größe – 日本"}'.encode()


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
def sender() -> HttpxWebhookSender:
    return HttpxWebhookSender(LOOPBACK)


def request_to(url: str) -> SignedRequest:
    return SignedRequest(url, BODY, {"X-Event-Type": "test", "Content-Type": "application/json"})


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    looked_up: list[str] = []

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("cinedex.adapters.web.public_address.socket.getaddrinfo", getaddrinfo)
    return looked_up


def test_the_bytes_and_the_headers_arrive_as_they_were_signed(
    sender: HttpxWebhookSender, receiver: WebhookReceiver
) -> None:
    response = sender.send(request_to(receiver.url))
    (received,) = receiver.requests
    assert (response.status_code, response.body, response.problem) == (200, "received", None)
    assert (received.body, received.path, received.headers["x-event-type"]) == (BODY, "/hooks?a=1", "test")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(
    sender: HttpxWebhookSender, receiver: WebhookReceiver, status: int
) -> None:
    receiver.statuses, receiver.location = [status], receiver.url
    response = sender.send(request_to(receiver.url))
    assert response.problem == f"The receiver answered with HTTP status {status}."
    assert len(receiver.requests) == 1


def test_only_the_beginning_of_an_answer_is_read(sender: HttpxWebhookSender, receiver: WebhookReceiver) -> None:
    receiver.answer = b"x" * 5_000_000
    assert sender.send(request_to(receiver.url)).body == "x" * BODY_BYTES_MAX


def test_an_answer_that_is_no_text_is_stored_as_text(sender: HttpxWebhookSender, receiver: WebhookReceiver) -> None:
    receiver.answer = b"\x00\xff\xfeok"
    assert sender.send(request_to(receiver.url)).body == "��ok"


def test_a_receiver_that_does_not_answer_in_time_has_failed(
    sender: HttpxWebhookSender, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinedex.adapters.web.webhook_sender.TIMEOUT", 0.2)
    receiver.hold.clear()
    assert sender.send(request_to(receiver.url)).problem == "The receiver could not be reached: ReadTimeout."


@pytest.mark.parametrize("part", [b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-A: b\r\n", b"x"])
def test_a_receiver_that_sends_a_little_now_and_then_has_failed(
    sender: HttpxWebhookSender, monkeypatch: pytest.MonkeyPatch, part: bytes
) -> None:
    monkeypatch.setattr("cinedex.adapters.web.webhook_sender.SECONDS_MAX", 0.3)
    ended = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            if part == b"x":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
            while not ended.wait(0.05):
                connection.sendall(part)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        receiver = threading.Thread(target=drip, args=(listening,))
        receiver.start()
        response = sender.send(request_to(f"http://127.0.0.1:{listening.getsockname()[1]}/"))
        ended.set()
        receiver.join()
    assert response.problem == "The receiver did not answer within 0.3 s."


def test_a_receiver_that_is_not_there_has_failed(sender: HttpxWebhookSender) -> None:
    response = sender.send(request_to("http://127.0.0.1:9/"))
    assert response.problem == "The receiver could not be reached: ConnectError."


REFUSED = [
    "http://example.com/",
    "ftp://example.com/",
    "https://user:password@example.com/",
    "https://",
    "example.com",
    "https://[::1",
    "https://xn--/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://10.0.0.8/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::ffff:127.0.0.1]/",
    "https://2130706433/",
    "https://0x7f.1/",
    f"https://example.com/{'a' * 2048}",
]


@pytest.mark.parametrize("url", REFUSED)
def test_a_url_that_is_never_sent_to_is_refused_when_it_is_registered_or_when_it_is_used(url: str) -> None:
    sender = HttpxWebhookSender()
    response = sender.send(request_to(url))
    assert response.status_code is None
    assert response.problem
    if "2130706433" not in url and "0x7f" not in url:  # names, which are looked up with each request
        with pytest.raises(ImpossibleValue):
            sender.check(url)


def test_http_is_refused_except_for_loopback_that_a_setting_allows(
    sender: HttpxWebhookSender, receiver: WebhookReceiver
) -> None:
    sender.check(receiver.url)
    with pytest.raises(ImpossibleValue, match="https"):
        HttpxWebhookSender().check(receiver.url)
    with pytest.raises(ImpossibleValue, match="https"):
        HttpxWebhookSender(("10.0.0.0/8",)).check("http://10.0.0.8/")
    with pytest.raises(ImpossibleValue, match="https"):
        sender.check("http://93.184.215.14/")


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch, "93.184.215.14", "10.0.0.7")
    assert "public internet" in (HttpxWebhookSender().send(request_to("https://hooks.test/")).problem or "")


def test_a_name_is_looked_up_once_and_the_connection_goes_to_the_checked_address(
    sender: HttpxWebhookSender, receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    looked_up = resolve(monkeypatch, "127.0.0.1")
    assert sender.send(request_to(f"http://hooks.test:{port}/")).is_success
    assert looked_up.count("hooks.test") == 1
    assert receiver.requests[0].headers["host"] == f"hooks.test:{port}"


def test_a_name_without_an_address_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve(monkeypatch)
    assert "cannot be found" in (HttpxWebhookSender().send(request_to("https://hooks.test/")).problem or "")


def test_neither_the_body_nor_the_signature_is_in_the_representation_of_a_request() -> None:
    assert "message" not in repr(request_to("https://hooks.test/"))
