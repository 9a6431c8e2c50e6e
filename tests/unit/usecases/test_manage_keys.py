"""A secret is shown once; what is stored of it opens nothing."""

from __future__ import annotations

import pytest
from cinedex.domain.access import Scope
from cinedex.domain.errors import NotFound

from tests.support.memory.house import MINE, YOURS, House


def test_a_key_is_stored_without_its_secret(house: House) -> None:
    key, secret = house.manage_keys.create(MINE, "laptop", Scope.READ)
    assert secret not in key.model_dump_json()
    assert (key.hint, key.name, key.scope, key.created_at) == (secret[-4:], "laptop", Scope.READ, house.clock.now())
    assert house.manage_keys.list(MINE) == [key]


def test_keys_are_listed_newest_first_and_only_to_their_account(house: House) -> None:
    older, newer = (house.manage_keys.create(MINE, name, Scope.READ)[0] for name in ("older", "newer"))
    house.manage_keys.create(YOURS, "foreign", Scope.READ)
    assert house.manage_keys.list(MINE) == [newer, older]


def test_revoking_keeps_the_key_in_the_list_with_its_time(house: House) -> None:
    key, _ = house.manage_keys.create(MINE, "laptop", Scope.READ)
    revoked = house.manage_keys.revoke(MINE, key.key_id)
    assert revoked.revoked_at == house.clock.now()
    assert house.manage_keys.list(MINE) == [revoked]


def test_revoking_twice_keeps_the_first_time(house: House) -> None:
    key, _ = house.manage_keys.create(MINE, "laptop", Scope.READ)
    first = house.manage_keys.revoke(MINE, key.key_id)
    house.clock.pass_by(hours=1)
    assert house.manage_keys.revoke(MINE, key.key_id) == first


def test_another_account_s_key_is_not_found(house: House) -> None:
    key, _ = house.manage_keys.create(YOURS, "foreign", Scope.READ)
    with pytest.raises(NotFound):
        house.manage_keys.revoke(MINE, key.key_id)
