"""Two accounts whose entities have the same ids: each repository returns and changes those of one account only."""

from __future__ import annotations

from itertools import count

import pytest
from cinedex.access.domain.api_keys import ApiKey
from cinedex.kernel.errors import NotFound
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.video import Video
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.repositories.conftest import Library
from tests.contract.repositories.test_collections_and_keys import collection, key
from tests.contract.repositories.test_videos import video

IDS = ("id1", "id2", "id3")
_numbers = count(1)

owned = st.dictionaries(st.sampled_from(IDS), st.sampled_from(["first", "second", "both"]))
"""Which account has an entity of each id; an id that is absent belongs to neither."""


def two_accounts() -> tuple[str, str]:
    """New ones for each example; the id of one begins with that of the other."""
    number = next(_numbers)
    return f"a{number}.", f"a{number}.0"


def ids_of(owners: dict[str, str], which: str) -> set[str]:
    return {i for i, owner in owners.items() if owner in (which, "both")}


def videos(account_id: str, ids: set[str]) -> list[Video]:
    return [video(account_id, video_id=i) for i in ids]


def collections(account_id: str, ids: set[str]) -> list[Collection]:
    return [collection(account_id).model_copy(update={"collection_id": i}) for i in ids]


def api_keys(account_id: str, ids: set[str]) -> list[ApiKey]:
    secrets = {i: f"{account_id}{i}" for i in ids}
    return [key(account_id).model_copy(update={"key_id": i, "secret_sha256": secrets[i]}) for i in ids]


shared = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


@shared
@given(owners=owned)
def test_an_account_reads_and_deletes_its_own_videos_only(library: Library, owners: dict[str, str]) -> None:
    first, second = two_accounts()
    mine, theirs = ids_of(owners, "first"), ids_of(owners, "second")
    for entity in videos(first, mine) + videos(second, theirs):
        library.videos.add(entity)
    for account_id, own in ((first, mine), (second, theirs)):
        assert {(v.account_id, v.video_id) for v in library.videos.list(account_id)} == {(account_id, i) for i in own}
        many = library.videos.get_many(account_id, IDS)
        assert [(v.account_id, v.video_id) for v in many] == [(account_id, i) for i in IDS if i in own]
        for unknown in set(IDS) - own:
            with pytest.raises(NotFound):
                library.videos.get(account_id, unknown)
    for video_id in IDS:
        library.videos.delete(second, video_id)
    assert {v.video_id for v in library.videos.list(first)} == mine
    assert library.videos.list(second) == []


@shared
@given(owners=owned)
def test_an_account_reads_and_deletes_its_own_collections_only(library: Library, owners: dict[str, str]) -> None:
    first, second = two_accounts()
    mine, theirs = ids_of(owners, "first"), ids_of(owners, "second")
    for entity in collections(first, mine) + collections(second, theirs):
        library.collections.add(entity)
    for account_id, own in ((first, mine), (second, theirs)):
        listed = library.collections.list(account_id)
        assert {(c.account_id, c.collection_id) for c in listed} == {(account_id, i) for i in own}
        for unknown in set(IDS) - own:
            with pytest.raises(NotFound):
                library.collections.get(account_id, unknown)
    for collection_id in IDS:
        library.collections.delete(second, collection_id)
    assert {c.collection_id for c in library.collections.list(first)} == mine


@shared
@given(owners=owned)
def test_an_account_lists_its_own_keys_only(library: Library, owners: dict[str, str]) -> None:
    first, second = two_accounts()
    mine, theirs = ids_of(owners, "first"), ids_of(owners, "second")
    for entity in api_keys(first, mine) + api_keys(second, theirs):
        library.keys.add(entity)
    for account_id, own in ((first, mine), (second, theirs)):
        listed = {(k.account_id, k.key_id) for k in library.keys.page(account_id, 100).items}
        assert listed == {(account_id, i) for i in own}
    for entity in api_keys(second, theirs):
        found = library.keys.find(entity.secret_sha256)
        assert found is not None
        assert found.account_id == second
