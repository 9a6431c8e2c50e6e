"""Keys are random and stored as hashes; scopes include those below them."""

from __future__ import annotations

import pytest
from cinedex.access.domain.api_keys import KEY_PATTERN, Caller, Scope, hash_secret, new_secret
from cinedex.kernel.errors import NotPermitted


def test_a_new_secret_looks_like_a_key_and_is_never_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(KEY_PATTERN.fullmatch(s) for s in secrets)


def test_what_is_stored_does_not_hold_the_secret() -> None:
    secret = new_secret()
    assert secret.removeprefix("sk_live_") not in hash_secret(secret)
    assert hash_secret(secret) == hash_secret(secret) != hash_secret(new_secret())


@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_reads_back_from_its_label(scope: Scope) -> None:
    assert Scope.parse(scope.label) is scope


@pytest.mark.parametrize("held", list(Scope))
@pytest.mark.parametrize("needed", list(Scope))
def test_a_caller_may_do_what_the_scope_and_those_below_allow(held: Scope, needed: Scope) -> None:
    caller = Caller(account_id="a", key_id="k", scope=held)
    if held >= needed:
        assert caller.require(needed) is caller
    else:
        with pytest.raises(NotPermitted, match=f"'{held.label}'.*'{needed.label}'"):
            caller.require(needed)


def test_scopes_are_ordered_as_documented() -> None:
    assert Scope.SEARCH < Scope.READ < Scope.WRITE < Scope.ADMIN
