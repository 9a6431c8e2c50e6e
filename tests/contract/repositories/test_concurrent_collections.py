"""Requests that change one collection at the same time leave its name, its count and its metadata right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cinedex.kernel.errors import CollectionNotFound, StaleRevision
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.list_query import CollectionQuery, Sort
from cinedex.library.usecases.manage_collections import ManageCollections

from tests.contract.repositories.conftest import Library
from tests.contract.repositories.test_collections_and_keys import collection
from tests.support.memory.app_fixture import MINE
from tests.support.standing_clock import StandingClock

Overtake = Callable[[Callable[[], object]], None]


class Groups:
    """The use case over the library of the test, with a collection that has the name "a"."""

    def __init__(self, library: Library) -> None:
        self.stored = library.collections
        self.manage = ManageCollections(library.collections, library.videos, StandingClock(), lambda _: None)
        self.one = library.collections.add(collection(name="a"))

    def change(self, name: str | None = None, metadata: dict[str, int] | None = None) -> Collection:
        return self.manage.update(MINE, self.one.collection_id, name, metadata)

    def rename(self) -> Collection:
        return self.change("b")

    def names(self) -> list[str]:
        return [c.name for c in self.stored.page(MINE, CollectionQuery(sort=Sort.BY_NAME), 9).items]

    def require_free(self, *names: str) -> None:
        for name in names:
            self.stored.delete(MINE, self.stored.add(collection(name=name)).collection_id)


@pytest.fixture
def groups(library: Library) -> Groups:
    return Groups(library)


def test_of_two_renames_the_last_one_counts_and_the_other_names_are_free(
    groups: Groups, before_next_write: Overtake
) -> None:
    before_next_write(groups.rename)
    assert groups.change("c").name == "c"
    assert (groups.names(), groups.stored.count(MINE)) == (["c"], 1)
    groups.require_free("a", "b")


def test_a_collection_that_is_renamed_while_it_is_deleted_leaves_no_name(
    groups: Groups, before_next_write: Overtake
) -> None:
    before_next_write(groups.rename)
    groups.stored.delete(MINE, groups.one.collection_id)
    assert (groups.names(), groups.stored.count(MINE)) == ([], 0)
    groups.require_free("a", "b")


def test_a_change_of_metadata_keeps_a_name_that_is_given_meanwhile(groups: Groups, before_next_write: Overtake) -> None:
    before_next_write(groups.rename)
    changed = groups.change(metadata={"year": 2027})
    assert (changed.name, changed.metadata) == ("b", {"year": 2027})
    assert groups.stored.get(MINE, changed.collection_id) == changed
    groups.require_free("a")


def test_two_renames_to_the_same_name_both_succeed(groups: Groups, before_next_write: Overtake) -> None:
    before_next_write(groups.rename)
    assert groups.change("b").name == "b"
    assert (groups.names(), groups.stored.count(MINE)) == (["b"], 1)


def test_a_rename_of_a_collection_that_is_deleted_meanwhile_finds_nothing(
    groups: Groups, before_next_write: Overtake
) -> None:
    before_next_write(lambda: groups.stored.delete(MINE, groups.one.collection_id))
    with pytest.raises(CollectionNotFound):
        groups.rename()
    assert (groups.names(), groups.stored.count(MINE)) == ([], 0)


def test_a_collection_is_not_saved_over_a_revision_that_was_not_read(groups: Groups) -> None:
    groups.rename()
    with pytest.raises(StaleRevision):
        groups.stored.save(groups.one.model_copy(update={"metadata": {}}))


def test_a_collection_that_changes_in_every_attempt_is_a_conflict(
    groups: Groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups.stored, "get", lambda *_: groups.one.model_copy(update={"revision": 7}))
    monkeypatch.setattr(groups.stored, "save", lambda _: (_ for _ in ()).throw(StaleRevision("Changed.")))
    with pytest.raises(StaleRevision, match="every attempt"):
        groups.rename()
