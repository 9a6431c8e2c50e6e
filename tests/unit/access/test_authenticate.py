"""Authentication accepts a key in either of two headers, and has one error for every invalid key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.access.domain.api_keys import Caller, Scope
from cinedex.access.usecases.authenticate import Authenticate
from cinedex.kernel.errors import NotAuthenticated

from tests.support.memory.app_fixture import MINE, InMemoryApp


@pytest.fixture
def authenticate(memory_app: InMemoryApp) -> Authenticate:
    return Authenticate(memory_app.keys, memory_app.clock)


@pytest.fixture
def secret(memory_app: InMemoryApp) -> str:
    return memory_app.manage_api_keys.create(MINE, "laptop", Scope.WRITE)[1]


@pytest.mark.parametrize(
    ("header", "prefix"),
    [
        ("X-Api-Key", ""),
        ("x-api-key", "  "),
        ("X-API-KEY", ""),
        ("Authorization", "Bearer "),
        ("authorization", "bearer "),
        ("Authorization", "BEARER   "),
    ],
)
def test_a_key_is_known_in_either_header(authenticate: Authenticate, secret: str, header: str, prefix: str) -> None:
    caller = authenticate({header: prefix + secret})
    assert (caller.account_id, caller.scope) == (MINE, Scope.WRITE)


def test_the_key_header_wins_over_the_bearer_token(
    memory_app: InMemoryApp, authenticate: Authenticate, secret: str
) -> None:
    other = memory_app.manage_api_keys.create("other", "phone", Scope.READ)[1]
    assert authenticate({"x-api-key": secret, "authorization": f"Bearer {other}"}).account_id == MINE


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-api-key": "  "}, {"authorization": "Bearer "}, {"authorization": "Basic dXNlcg=="}, {"cookie": "key=1"}],
)
def test_the_error_of_a_request_without_a_key_says_how_to_send_one(
    authenticate: Authenticate, headers: dict[str, str]
) -> None:
    with pytest.raises(NotAuthenticated, match="X-Api-Key"):
        authenticate(headers)


@pytest.mark.parametrize("forged", ["sk_live_" + "0" * 48, "sk_live_short", "x", "sk_live_" + "g" * 48, "é" * 40])
def test_an_unknown_key_is_not_valid(authenticate: Authenticate, secret: str, forged: str) -> None:
    with pytest.raises(NotAuthenticated, match="not valid"):
        authenticate({"x-api-key": forged})


def test_a_malformed_key_costs_no_look_up(
    memory_app: InMemoryApp, authenticate: Authenticate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_app.keys, "find", lambda _: pytest.fail("looked up"))
    with pytest.raises(NotAuthenticated):
        authenticate({"x-api-key": "sk_live_"})


def test_a_revoked_key_is_not_valid(memory_app: InMemoryApp, authenticate: Authenticate, secret: str) -> None:
    (key,) = memory_app.manage_api_keys.page(MINE).items
    memory_app.manage_api_keys.revoke(MINE, key.key_id)
    with pytest.raises(NotAuthenticated, match="not valid"):
        authenticate({"x-api-key": secret})


def test_a_key_is_refused_from_the_moment_at_which_it_expires(
    memory_app: InMemoryApp, authenticate: Authenticate
) -> None:
    expires_at = memory_app.clock.now() + timedelta(days=1)
    secret = memory_app.manage_api_keys.create(MINE, "guest", Scope.READ, expires_at=expires_at)[1]
    memory_app.clock.advance(hours=24, seconds=-1)
    assert authenticate({"x-api-key": secret}).account_id == MINE
    for seconds in (1, 1, 86_400):
        memory_app.clock.advance(seconds=seconds)
        with pytest.raises(NotAuthenticated, match="expired"):
            authenticate({"x-api-key": secret})


def test_a_caller_is_no_more_than_the_key_says(
    memory_app: InMemoryApp, authenticate: Authenticate, secret: str
) -> None:
    (key,) = memory_app.manage_api_keys.page(MINE).items
    assert authenticate({"x-api-key": secret}) == Caller(account_id=MINE, key_id=key.key_id, scope=Scope.WRITE)
