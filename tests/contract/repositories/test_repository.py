"""`Repository`, for every entity that is stored through it and for the entity of the worked example in the docs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cinedex.access.domain.api_keys import ApiKey, Scope
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.api_keys import API_KEY, API_KEY_BY_SECRET
from cinedex.adapters.dynamodb.chats import SESSION
from cinedex.adapters.dynamodb.collections import COLLECTION
from cinedex.adapters.dynamodb.library.jobs import JOB
from cinedex.adapters.dynamodb.pending_deletions import PENDING_DELETION
from cinedex.adapters.dynamodb.reindexing import REINDEXING
from cinedex.adapters.dynamodb.repository import DynamoDbRepository, Entity, Repository
from cinedex.adapters.dynamodb.runs import RUN
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.chat.domain.session import ChatSession
from cinedex.kernel.errors import NotFound, StaleRevision, StateConflict
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.collection_job import CollectionJob, JobKind
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.pending_deletion import PendingDeletion
from cinedex.search.domain.index.reindexing import Reindexing
from pydantic import BaseModel

from tests.contract.repositories.test_videos import video
from tests.support.aws import new_table
from tests.support.memory.repository import MemoryRepository
from tests.support.memory.scenario import NOON
from tests.support.template import REPOSITORY

PAGE = (REPOSITORY / "docs/09-develop.md").read_text(encoding="utf-8")


def example_of_the_docs() -> dict[str, Any]:
    """The names that the worked example defines."""
    section = PAGE[PAGE.index("### A new entity") :]
    snippet = re.search(r"```python\n(.*?)```", section, re.S)
    assert snippet is not None
    names: dict[str, Any] = {"__name__": "worked_example"}
    exec(compile(snippet[1], "docs/09-develop.md", "exec"), names)
    return names


EXAMPLE = example_of_the_docs()


def numbered(n: int) -> str:
    return f"id-{n:03d}"


def api_key(n: int) -> ApiKey:
    secret = {"secret_sha256": f"sha-{n}", "hint": "abcd", "scope": Scope.READ}
    return ApiKey.model_validate({"key_id": numbered(n), "account_id": "a", "name": "x", "created_at": NOON, **secret})


def run(n: int) -> AnalysisRun:
    started_at = NOON + timedelta(minutes=n)
    generations = {Feature.TRANSCRIPT: 1}
    return AnalysisRun(run_id=numbered(n), account_id="a", video_id="v", generations=generations, started_at=started_at)


def collection(n: int) -> Collection:
    return Collection(collection_id=numbered(n), account_id="a", name="x", created_at=NOON, updated_at=NOON)


def collection_job(n: int) -> CollectionJob:
    times = {"created_at": NOON + timedelta(minutes=n), "updated_at": NOON}
    return CollectionJob(job_id=numbered(n), account_id="a", kind=JobKind.DELETE_COLLECTION, collection_id="c", **times)


def session(n: int) -> ChatSession:
    return ChatSession(session_id=numbered(n), account_id="a", created_at=NOON, updated_at=NOON)


def pending_deletion(n: int) -> PendingDeletion:
    asked_at = NOON + timedelta(minutes=n)
    return PendingDeletion(account_id="a", video_id=numbered(n), media_key="k", asked_at=asked_at)


@dataclass(frozen=True)
class Case:
    """`make` returns entities of one partition in the order of their ids, or of several with `is_listed=False`."""

    entity: Entity[Any]
    make: Callable[[int], BaseModel]
    changed: dict[str, Any]
    is_listed: bool = True


CASES = {
    "video": Case(
        VIDEO,
        lambda n: video("a", video_id=numbered(n), revision=1, created_at=NOON + timedelta(minutes=n)),
        {"title": "changed"},
    ),
    "collection_job": Case(JOB, collection_job, {"videos_moved": 7}),
    "collection": Case(COLLECTION, collection, {"name": "changed"}),
    "api_key": Case(API_KEY, api_key, {"name": "changed"}),
    "api_key_by_secret": Case(API_KEY_BY_SECRET, api_key, {"name": "changed"}, is_listed=False),
    "run": Case(RUN, run, {"options": {"changed": {}}}),
    "session": Case(SESSION, session, {"title": "changed"}),
    "pending_deletion": Case(PENDING_DELETION, pending_deletion, {"media_key": "changed"}, is_listed=False),
    "reindexing": Case(
        REINDEXING, lambda n: Reindexing(started_at=NOON, revision=1), {"cursor": "changed"}, is_listed=False
    ),
    "example_of_the_docs": Case(
        EXAMPLE["NOTE"], lambda n: EXAMPLE["Note"](account_id="a", note_id=numbered(n), text="x"), {"text": "changed"}
    ),
}
LISTED = [name for name, case in CASES.items() if case.is_listed]
REVISED = [name for name, case in CASES.items() if case.entity.revision]
UNFINISHED = [name for name, case in CASES.items() if case.entity.since]


@pytest.fixture
def new_repository(implementation: str) -> Callable[[Case], Repository[Any]]:
    if implementation == "memory":
        return lambda case: MemoryRepository(case.entity)
    table = DynamoDbTable(new_table())
    return lambda case: DynamoDbRepository(table, case.entity)


NewRepository = Callable[[Case], Repository[Any]]


@pytest.mark.parametrize("name", CASES)
def test_an_entity_is_read_as_it_was_created_and_gone_once_it_is_deleted(
    new_repository: NewRepository, name: str
) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    created = repository.create(case.make(1))
    key = case.entity.key(created)
    assert repository.get(key) == repository.find(key) == created
    repository.delete(key)
    repository.delete(key)
    assert repository.find(key) is None
    with pytest.raises(NotFound):
        repository.get(key)


@pytest.mark.parametrize("name", CASES)
def test_a_key_can_be_created_once(new_repository: NewRepository, name: str) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    created = repository.create(case.make(1))
    with pytest.raises(StateConflict):
        repository.create(created.model_copy(update=case.changed))
    assert repository.get(case.entity.key(created)) == created


@pytest.mark.parametrize("name", CASES)
def test_a_replacement_is_read_and_counts_up_the_revision(new_repository: NewRepository, name: str) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    created = repository.create(case.make(1))
    replaced = repository.replace(created.model_copy(update=case.changed))
    assert replaced == case.entity.next_revision(created).model_copy(update=case.changed)
    assert repository.get(case.entity.key(created)) == replaced


@pytest.mark.parametrize("name", REVISED)
def test_a_replacement_of_a_revision_that_is_not_the_stored_one_is_refused(
    new_repository: NewRepository, name: str
) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    created = repository.create(case.make(1))
    replaced = repository.replace(created)
    with pytest.raises(StaleRevision):
        repository.replace(created.model_copy(update=case.changed))
    assert repository.get(case.entity.key(created)) == replaced


@pytest.mark.parametrize("name", CASES)
def test_an_entity_that_is_gone_is_not_replaced(new_repository: NewRepository, name: str) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    with pytest.raises(NotFound):
        repository.replace(case.make(1))
    assert repository.find(case.entity.key(case.make(1))) is None


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_together_are_the_entities_of_a_partition_in_order(
    new_repository: NewRepository, name: str, newest_first: bool
) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    created = [repository.create(case.make(n)) for n in range(5)]
    partition = case.entity.key(created[0]).pk
    read, cursors = list[Any](), list[str | None]()
    cursor: str | None = None
    while True:
        page = repository.page(partition, 2, cursor, newest_first=newest_first)
        read.extend(page.items)
        cursors.append(cursor := page.next_cursor)
        if cursor is None:
            break
    assert read == (created[::-1] if newest_first else created)
    assert len(cursors) == 3
    assert repository.list(partition, newest_first=newest_first) == read


@pytest.mark.parametrize("name", LISTED)
def test_a_page_that_is_exactly_full_is_the_last(new_repository: NewRepository, name: str) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    created = [repository.create(case.make(n)) for n in range(2)]
    page = repository.page(case.entity.key(created[0]).pk, 2)
    assert (len(page.items), page.next_cursor) == (2, None)


@pytest.mark.parametrize("name", LISTED)
def test_another_partition_and_other_entities_of_the_same_one_are_not_listed(
    new_repository: NewRepository, name: str
) -> None:
    case = CASES[name]
    for other in CASES.values():
        if other is not case:
            new_repository(other).create(other.make(1))
    assert new_repository(case).list("A#other") == []
    assert new_repository(case).list(case.entity.key(case.make(1)).pk) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CASES)
def test_many_are_read_in_the_order_of_their_keys_without_those_that_do_not_exist(
    new_repository: NewRepository, name: str
) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    created = {case.entity.key(e): e for e in (case.make(n) for n in (1, 2))}
    for entity in created.values():
        repository.create(entity)
    requested = [*reversed(created), keys.Key("A#none", "none"), *created]
    assert repository.get_many(requested) == list(reversed(created.values()))


@pytest.mark.parametrize("name", UNFINISHED)
def test_unfinished_work_is_listed_oldest_first(new_repository: NewRepository, name: str) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    created = [repository.create(case.make(n)) for n in (3, 1, 2)]
    assert repository.list_unfinished() == [created[1], created[2], created[0]]
    repository.delete(case.entity.key(created[1]))
    assert repository.list_unfinished() == [created[2], created[0]]


@pytest.mark.parametrize("name", CASES)
def test_writes_of_two_repositories_are_made_together_or_not_at_all(new_repository: NewRepository, name: str) -> None:
    case, repository = CASES[name], new_repository(CASES[name])
    other_case = CASES["collection" if name != "collection" else "session"]
    other = new_repository(other_case)
    stored = repository.create(case.make(1))
    assert not other.write_together(other.creation(other_case.make(1)), repository.creation(stored))
    assert other.find(other_case.entity.key(other_case.make(1))) is None
    changed = stored.model_copy(update=case.changed)
    assert other.write_together(other.creation(other_case.make(1)), repository.overwrite(changed))
    assert other.get(other_case.entity.key(other_case.make(1))) == other_case.make(1)
    assert repository.get(case.entity.key(stored)) == changed


def test_the_repository_of_the_docs_stores_and_pages_notes(new_repository: NewRepository) -> None:
    notes = EXAMPLE["StoredNotes"](new_repository(CASES["example_of_the_docs"]))
    added = [notes.add(EXAMPLE["Note"](account_id="a", note_id=numbered(n), text="x")) for n in range(3)]
    saved = notes.save(added[1].model_copy(update={"text": "y"}))
    assert (notes.get("a", numbered(1)), saved.revision) == (saved, 2)
    page = notes.page("a", 2, None)
    assert page.items == (added[2], saved)
    assert notes.page("a", 2, page.next_cursor).items == (added[0],)


def test_a_video_that_version_0_1_stored_without_its_revision_in_the_json_is_read(aws: None) -> None:
    table = DynamoDbTable(new_table())
    stored = video("a", revision=7)
    body = stored.model_dump_json(exclude={"revision"})
    key = keys.video("a", stored.video_id)
    table.put({"pk": key.pk, "sk": key.sk, "revision": 7, "body": body})
    repository = DynamoDbRepository(table, VIDEO)
    assert repository.get(key) == stored
    assert repository.replace(stored).revision == 8
