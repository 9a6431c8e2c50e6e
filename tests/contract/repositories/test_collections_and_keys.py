"""`CollectionRepository`, `ApiKeyRepository`, `ProgressReporter` and `ProgressReader`."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from cinedex.access.domain.api_keys import ApiKey, Scope, hash_secret, new_secret
from cinedex.kernel.errors import NotFound
from cinedex.kernel.ids import new_id
from cinedex.library.domain.collection import Collection

from tests.contract.repositories.conftest import Library
from tests.support.memory.app_fixture import MINE, YOURS
from tests.support.memory.scenario import NOON


def collection(account_id: str = MINE, name: str | None = None) -> Collection:
    """Each has a name of its own."""
    collection_id = new_id()
    return Collection(
        collection_id=collection_id,
        account_id=account_id,
        name=name or f"Holidays {collection_id}",
        metadata={"year": 2026, "tags": ["sea", "日本"], "nested": {"deep": None}},
        created_at=NOON,
        updated_at=NOON + timedelta(microseconds=1),
    )


def test_a_collection_comes_back_as_it_was_stored(library: Library) -> None:
    stored = library.collections.add(collection())
    assert library.collections.get(MINE, stored.collection_id) == stored


def test_a_collection_of_another_account_is_not_there(library: Library) -> None:
    stored = library.collections.add(collection())
    with pytest.raises(NotFound):
        library.collections.get(YOURS, stored.collection_id)


def test_a_saved_collection_replaces_the_stored_one(library: Library) -> None:
    stored = library.collections.add(collection())
    library.collections.save(stored.model_copy(update={"name": "Work"}))
    assert library.collections.get(MINE, stored.collection_id).name == "Work"


def test_a_deleted_collection_is_not_brought_back(library: Library) -> None:
    stored = library.collections.add(collection())
    library.collections.delete(MINE, stored.collection_id)
    with pytest.raises(NotFound):
        library.collections.save(stored)
    assert library.collections.list(MINE) == []


def test_collections_are_listed_newest_first_and_only_to_their_account(library: Library) -> None:
    mine = [library.collections.add(collection(name=n)) for n in ("a", "b", "c")]
    library.collections.add(collection(YOURS))
    assert library.collections.list(MINE) == mine[::-1]


def key(account_id: str = MINE) -> ApiKey:
    secret = new_secret()
    return ApiKey(
        key_id=new_id(),
        account_id=account_id,
        name="laptop",
        secret_sha256=hash_secret(secret),
        hint=secret[-4:],
        scope=Scope.WRITE,
        created_at=NOON,
    )


def test_a_key_is_found_by_the_hash_of_its_secret(library: Library) -> None:
    stored = library.keys.add(key())
    assert library.keys.find(stored.secret_sha256) == stored
    assert library.keys.find(hash_secret("another")) is None


def test_keys_are_listed_newest_first_and_only_to_their_account(library: Library) -> None:
    older, newer = library.keys.add(key()), library.keys.add(key())
    library.keys.add(key(YOURS))
    assert list(library.keys.page(MINE, 9).items) == [newer, older]


def test_a_revoked_key_is_revoked_wherever_it_is_looked_up(library: Library) -> None:
    revoked = library.keys.save(library.keys.add(key()).model_copy(update={"revoked_at": NOON}))
    assert library.keys.find(revoked.secret_sha256) == revoked
    assert list(library.keys.page(MINE, 9).items) == [revoked]


def test_a_use_of_a_key_replaces_one_that_is_old_enough(library: Library) -> None:
    hour = timedelta(hours=1)
    library.key_uses.record("k", NOON, NOON - hour)
    library.key_uses.record("k", NOON + hour / 2, NOON - hour / 2)
    assert library.key_uses.last_used(["k", "unused"]) == {"k": NOON}
    library.key_uses.record("k", NOON + hour, NOON)
    assert library.key_uses.last_used(["k"]) == {"k": NOON + hour}
    assert library.key_uses.last_used([]) == {}


def test_the_latest_report_of_each_task_and_chunk_counts(library: Library) -> None:
    for fraction in (0.1, 0.55):
        library.progress.report("v", "r", "transcribe_speech", None, fraction)
    library.progress.report("v", "r", "analyze_chunk", 3, 1.0)
    assert library.progress.read("v", "r") == {"transcribe_speech": 0.55, "analyze_chunk-3": 1.0}


def test_the_time_of_the_first_report_of_a_run_is_kept(library: Library) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    library.progress.report("v", "r", "detect_shots", None, 0.1)
    began_at = library.progress.began_at("v", "r")
    assert began_at is not None
    assert before <= began_at <= datetime.now(UTC)
    time.sleep(1.01 - time.time() % 1)  # the next second
    library.progress.report("v", "r", "detect_shots", None, 0.2)
    assert library.progress.began_at("v", "r") == began_at


@pytest.mark.parametrize(("reported", "read"), [(-1, 0.0), (2, 1.0), (0.12345, 0.123)])
def test_a_fraction_lies_between_none_and_all(library: Library, reported: float, read: float) -> None:
    library.progress.report("v", "r", "detect_shots", None, reported)
    assert library.progress.read("v", "r") == {"detect_shots": read}


def test_runs_have_progress_of_their_own_and_it_can_be_forgotten(library: Library) -> None:
    library.progress.report("v", "r1", "detect_shots", None, 0.5)
    library.progress.report("v", "r2", "detect_shots", None, 0.7)
    library.progress.forget("v", "r1")
    assert library.progress.read("v", "r1") == {}
    assert library.progress.began_at("v", "r1") is None
    assert library.progress.read("v", "r2") == {"detect_shots": 0.7}
