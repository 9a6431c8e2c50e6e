"""A secret is shown once; what is stored of it opens nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cinedex.access.domain.api_keys import ApiKey, Scope
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, NotFound

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
    assert list(memory_app.manage_api_keys.page(MINE).items) == [key]


def test_keys_are_listed_newest_first_and_only_to_their_account(memory_app: InMemoryApp) -> None:
    older, newer = (memory_app.manage_api_keys.create(MINE, name, Scope.READ)[0] for name in ("older", "newer"))
    memory_app.manage_api_keys.create(YOURS, "foreign", Scope.READ)
    assert list(memory_app.manage_api_keys.page(MINE).items) == [newer, older]


def test_revoking_keeps_the_key_in_the_list_with_its_time(memory_app: InMemoryApp) -> None:
    key, _ = memory_app.manage_api_keys.create(MINE, "laptop", Scope.READ)
    revoked = memory_app.manage_api_keys.revoke(MINE, key.key_id)
    assert revoked.revoked_at == memory_app.clock.now()
    assert list(memory_app.manage_api_keys.page(MINE).items) == [revoked]


def test_revoking_changes_nothing_else_of_a_key(memory_app: InMemoryApp) -> None:
    expires_at = memory_app.clock.now() + timedelta(days=1)
    key, _ = memory_app.manage_api_keys.create(MINE, "guest", Scope.READ, requests_max=5, expires_at=expires_at)
    revoked = memory_app.manage_api_keys.revoke(MINE, key.key_id)
    assert revoked.model_copy(update={"revoked_at": None}) == key


def test_revoking_twice_keeps_the_first_time(memory_app: InMemoryApp) -> None:
    key, _ = memory_app.manage_api_keys.create(MINE, "laptop", Scope.READ)
    first = memory_app.manage_api_keys.revoke(MINE, key.key_id)
    memory_app.clock.advance(hours=1)
    assert memory_app.manage_api_keys.revoke(MINE, key.key_id) == first


def test_another_account_s_key_is_not_found(memory_app: InMemoryApp) -> None:
    key, _ = memory_app.manage_api_keys.create(YOURS, "foreign", Scope.READ)
    with pytest.raises(NotFound):
        memory_app.manage_api_keys.revoke(MINE, key.key_id)


@pytest.mark.parametrize("seconds", [0, -1, -86_400])
def test_a_key_cannot_be_created_expired(memory_app: InMemoryApp, seconds: int) -> None:
    expires_at = memory_app.clock.now() + timedelta(seconds=seconds)
    with pytest.raises(ImpossibleValue, match="future"):
        memory_app.manage_api_keys.create(MINE, "guest", Scope.READ, expires_at=expires_at)
    assert list(memory_app.manage_api_keys.page(MINE).items) == []


def test_a_key_that_is_used_up_in_a_second_is_created(memory_app: InMemoryApp) -> None:
    expires_at = memory_app.clock.now() + timedelta(seconds=1)
    key, _ = memory_app.manage_api_keys.create(MINE, "guest", Scope.READ, expires_at=expires_at)
    assert key.expires_at == expires_at


def test_the_key_of_the_given_id_is_revoked_and_no_other(memory_app: InMemoryApp) -> None:
    keys = [memory_app.manage_api_keys.create(MINE, name, Scope.READ)[0] for name in ("a", "b", "c")]
    asked = "".join(list(keys[1].key_id))  # an equal text, as a request brings it
    assert memory_app.manage_api_keys.revoke(MINE, asked).key_id == keys[1].key_id
    revoked = [key.key_id for key in memory_app.manage_api_keys.page(MINE).items if key.revoked_at is not None]
    assert revoked == [keys[1].key_id]


def test_a_stored_key_of_an_earlier_version_never_expires() -> None:
    stored = """{"key_id": "k", "account_id": "a", "name": "n", "secret_sha256": "s", "hint": "h", "scope": 2,
        "created_at": "2026-11-21T00:00:00Z"}"""
    key = ApiKey.model_validate_json(stored)
    assert not key.is_expired(datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "account_id", ["", " ", "a#b", "#", "a/b", "a\tb", "a\x1fb", "a\nb", "a\x7f", "a\u200bb", "\ud800", "x" * 129]
)
def test_an_account_that_could_share_a_partition_with_another_gets_no_key(
    memory_app: InMemoryApp, account_id: str
) -> None:
    with pytest.raises(InvalidInput, match="without '#' and '/'") as refusal:
        memory_app.manage_api_keys.create(account_id, "laptop", Scope.READ)
    assert refusal.value.field == "account_id"
    assert list(memory_app.manage_api_keys.page(account_id).items) == []


@pytest.mark.parametrize("account_id", ["local", "team@example.org", "Übung 1", "arn:aws:iam::1:user", "x" * 128])
def test_any_other_printable_text_is_an_account(memory_app: InMemoryApp, account_id: str) -> None:
    assert memory_app.manage_api_keys.create(account_id, "laptop", Scope.READ)[0].account_id == account_id
