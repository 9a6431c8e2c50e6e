"""The caller of a request is the one that the authorizer of API Gateway has found, with the limit of its key."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.access.domain.api_keys import Caller, Scope
from cinedex.api.auth import caller_of_event
from cinedex.kernel.errors import NotAuthenticated, StoreUnavailable

KNOWN = {"account_id": "a", "key_id": "k", "scope": "write"}


def event(context: dict[str, Any] | None) -> dict[str, Any]:
    return {"requestContext": {"authorizer": {"lambda": context}}}


def test_the_authorizer_has_found_the_account_the_key_and_the_scope() -> None:
    assert caller_of_event(event(KNOWN)) == Caller(account_id="a", key_id="k", scope=Scope.WRITE)


@pytest.mark.parametrize("limit", [5, "5"])
def test_the_own_limit_of_a_key_is_kept_also_as_the_text_that_api_gateway_makes_of_it(limit: object) -> None:
    assert caller_of_event(event(KNOWN | {"requests_max": limit})).requests_max == 5


def test_a_key_that_could_not_be_checked_is_not_refused() -> None:
    with pytest.raises(StoreUnavailable):
        caller_of_event(event({"unavailable": "true"}))


@pytest.mark.parametrize("context", [None, {}, {"key_id": "k", "scope": "admin"}])
def test_a_request_without_an_account_is_refused(context: dict[str, Any] | None) -> None:
    with pytest.raises(NotAuthenticated, match="required"):
        caller_of_event(event(context))
    with pytest.raises(NotAuthenticated, match="required"):
        caller_of_event({})


def test_the_refusal_of_the_authorizer_is_that_of_the_request() -> None:
    with pytest.raises(NotAuthenticated, match="has expired"):
        caller_of_event(event({"refused": "This API key has expired."}))
