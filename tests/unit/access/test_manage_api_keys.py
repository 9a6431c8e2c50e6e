"""A secret is shown once; what is stored of it opens nothing."""

from __future__ import annotations

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.kernel.errors import NotFound

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp


def test_a_key_is_stored_without_its_secret(memory_app: InMemoryApp) -> None:
    key, secret = memory_app.manage_api_keys.create(MINE, "laptop", Scope.READ)
    assert secret not in key.model_dump_json()
    assert (key.hint, key.name, key.scope, key.created_at) == (
        secret[-4:],
        "laptop",
        Scope.READ,
        memory_app.clock.now(),
    )
    assert memory_app.manage_api_keys.list(MINE) == [key]


def test_keys_are_listed_newest_first_and_only_to_their_account(memory_app: InMemoryApp) -> None:
    older, newer = (memory_app.manage_api_keys.create(MINE, name, Scope.READ)[0] for name in ("older", "newer"))
    memory_app.manage_api_keys.create(YOURS, "foreign", Scope.READ)
    assert memory_app.manage_api_keys.list(MINE) == [newer, older]


def test_revoking_keeps_the_key_in_the_list_with_its_time(memory_app: InMemoryApp) -> None:
    key, _ = memory_app.manage_api_keys.create(MINE, "laptop", Scope.READ)
    revoked = memory_app.manage_api_keys.revoke(MINE, key.key_id)
    assert revoked.revoked_at == memory_app.clock.now()
    assert memory_app.manage_api_keys.list(MINE) == [revoked]


def test_revoking_twice_keeps_the_first_time(memory_app: InMemoryApp) -> None:
    key, _ = memory_app.manage_api_keys.create(MINE, "laptop", Scope.READ)
    first = memory_app.manage_api_keys.revoke(MINE, key.key_id)
    memory_app.clock.advance(hours=1)
    assert memory_app.manage_api_keys.revoke(MINE, key.key_id) == first


def test_another_account_s_key_is_not_found(memory_app: InMemoryApp) -> None:
    key, _ = memory_app.manage_api_keys.create(YOURS, "foreign", Scope.READ)
    with pytest.raises(NotFound):
        memory_app.manage_api_keys.revoke(MINE, key.key_id)
