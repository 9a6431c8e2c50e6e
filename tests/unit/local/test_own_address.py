"""A port of the stack accepts only its own name and pages of its own origin."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from local.deploy.api import Cors
from local.gateway.address import gateway_address
from local.own_address import OwnAddress, OwnAddressOnly, Receive, Scope, Send
from local.settings import LocalSettings

ADDRESS = OwnAddress(8080, hosts=frozenset({"a.example", "b.example:8443"}), origins=frozenset({"https://app.example"}))


def status(host: str | None = "127.0.0.1:8080", *more: tuple[str, str], address: OwnAddress = ADDRESS) -> int:
    headers = [*([("Host", host)] if host is not None else []), *more]
    refusal = address.refusal([(name.encode(), value.encode()) for name, value in headers])
    return refusal.status if refusal else 200


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "a.example", "a.example:99", "b.example:8443"],
)
def test_the_names_of_the_loopback_interface_and_of_the_settings_are_accepted(host: str) -> None:
    assert status(host) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "127.0.0.1", "127.0.0.1:8081", "localhost", "127.0.0.1:8080.evil.example", "b.example"),
        *(
            "evil.example:8080",
            "localhost:8080@evil.example",
            "user@a.example",
            "user@localhost:8080",
            "",
            "127.0.0.1:8080, a",
            "[::1",
            "[::1]:8080",
            "evil-localhost:8080",
            "x127.0.0.1:8080",
            "x.a.example",
        ),
    ],
)
def test_every_other_name_is_misdirected(host: str) -> None:
    assert status(host) == 421


def test_a_request_without_a_name_or_with_two_is_misdirected() -> None:
    assert status(None) == 421
    assert status("127.0.0.1:8080", ("host", "127.0.0.1:8080")) == 421


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8080", "http://localhost:8080", "https://app.example", "https://a.example"]
)
def test_pages_of_the_stack_of_the_settings_and_of_its_proxies_are_accepted(origin: str) -> None:
    assert status("127.0.0.1:8080", ("Origin", origin)) == 200


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "null", "http://127.0.0.1:3000", "https://app.example.evil.example", ""),
        *("file://127.0.0.1:8080", "http://app.example", "127.0.0.1:8080", "chrome-extension://a.example"),
    ],
)
def test_pages_of_every_other_origin_are_refused(origin: str) -> None:
    assert status("127.0.0.1:8080", ("Origin", origin)) == 403


def test_every_origin_of_a_request_has_to_be_allowed() -> None:
    own, foreign = ("Origin", "http://localhost:8080"), ("origin", "http://evil.example")
    assert status("127.0.0.1:8080", own, own) == 200
    assert status("127.0.0.1:8080", own, foreign) == status("127.0.0.1:8080", foreign, own) == 403


def test_an_origin_named_null_is_allowed_by_no_name_of_a_host() -> None:
    assert status("127.0.0.1:8080", ("Origin", "null"), address=OwnAddress(8080, hosts=frozenset({"null"}))) == 403


@pytest.mark.parametrize("kind", ["http", "websocket", "lifespan"])
@pytest.mark.parametrize("host", ["localhost:8080", "evil.example"])
def test_an_application_gets_the_requests_of_its_own_address_only(kind: str, host: str) -> None:
    reached, sent = list[str](), list[str]()

    async def application(scope: Scope, _receive: Receive, _send: Send) -> None:
        reached.append(scope["type"])

    async def receive() -> MutableMapping[str, Any]:
        return {}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(str(message.get("status") or message.get("code") or ""))

    scope = {"type": kind} if kind == "lifespan" else {"type": kind, "headers": [(b"host", host.encode())]}
    asyncio.run(OwnAddressOnly(application, ADDRESS)(scope, receive, send))
    if host == "localhost:8080" or kind == "lifespan":
        assert (reached, sent) == ([kind], [])
    else:
        assert (reached, sent[0]) == ([], {"http": "421", "websocket": "1008"}[kind])


def test_a_refusal_names_what_was_received_and_the_setting() -> None:
    refusal = ADDRESS.refusal([(b"host", b"evil.example")])
    assert refusal is not None
    assert "evil.example" in refusal.message
    assert "CINEDEX_ALLOWED_HOSTS" in refusal.message


def test_the_settings_and_the_named_origins_of_the_template_apply_to_the_gateway(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CINEDEX_ALLOWED_HOSTS", "Cinedex.example.com, other.example:9")
    monkeypatch.setenv("CINEDEX_ALLOWED_ORIGINS", "https://App.example")
    cors = Cors(allow_origins=("https://console.example", "*"))
    address = gateway_address(80, LocalSettings(), cors)
    assert address.hosts == {"cinedex.example.com", "other.example:9"}
    assert address.origins == {"https://app.example", "https://console.example"}


def test_every_origin_is_accepted_that_the_setting_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINEDEX_ALLOWED_ORIGINS", "*")
    address = gateway_address(8080, LocalSettings(), Cors(allow_origins=("*",)))
    assert status("127.0.0.1:8080", ("Origin", "http://evil.example"), address=address) == 200
    assert status("evil.example:8080", address=address) == 421
