"""Loopback is recognised, and excepted from every proxy."""

from __future__ import annotations

import pytest
from cinedex_client.loopback import is_loopback

from local.loopback import no_proxy


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_loopback_has_many_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "::2"])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "127.0.0.1,localhost,::1"),
        ({"NO_PROXY": ".corp.example, 10.1.1.1"}, ".corp.example,10.1.1.1,127.0.0.1,localhost,::1"),
        ({"NO_PROXY": "one", "no_proxy": "two"}, "two,127.0.0.1,localhost,::1"),
        ({"no_proxy": "localhost"}, "localhost,127.0.0.1,::1"),
        ({"no_proxy": "*"}, "*"),
    ],
)
def test_loopback_is_added_to_the_exceptions_that_are_there(given: dict[str, str], expected: str) -> None:
    assert no_proxy(given) == {"NO_PROXY": expected, "no_proxy": expected}
