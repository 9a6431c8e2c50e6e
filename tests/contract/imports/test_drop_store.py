"""Records of dropped files with their lists and counts, policies, backfill jobs, and the objects of buckets."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import boto3
import pytest
from cinedex.adapters.dynamodb.imports.backfills import DROP_BACKFILL, StoredDropBackfills
from cinedex.adapters.dynamodb.imports.drops import DROP_ENTRY, DROP_OBJECT, StoredDrops
from cinedex.adapters.dynamodb.library.policies import POLICY, StoredCollectionPolicies
from cinedex.adapters.dynamodb.lists.counts import DynamoDbCounts
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.s3.drop_folder import S3DropFolder
from cinedex.adapters.s3.media_store import S3MediaStore
from cinedex.adapters.sqs.drop_queue import SqsDropQueue, parse_message
from cinedex.imports.domain.drop_backfill import DropBackfill
from cinedex.imports.domain.drop_entry import DropList
from cinedex.imports.domain.drop_key import DropFile, DropRoot, locate
from cinedex.imports.domain.drop_notice import DropNotice
from cinedex.imports.domain.drop_object import DropKind, DropObject, DropState
from cinedex.imports.domain.rejection import Rejection
from cinedex.imports.ports.drop_folder import DropFolder
from cinedex.kernel.errors import JobNotFound, NotFound, StaleRevision, TooLarge
from cinedex.kernel.ids import new_id
from cinedex.library.domain.collection_policy import CollectionPolicy
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import StoredMedia
from cinedex.library.ports.media_store import MediaStore

from tests.support.aws import new_bucket, new_table
from tests.support.memory.drops import MemoryDropFolder
from tests.support.memory.library import MemoryCounts
from tests.support.memory.repository import MemoryRepository
from tests.support.memory.scenario import NOON
from tests.support.memory.stores import MemoryMediaStore

MINE = "mine"
ROOT = DropRoot(account_id=MINE, bucket="media", prefix=f"drop/{MINE}/")
BAD = Rejection(code="bad_path", reason="No group.")


@pytest.fixture
def drops(implementation: str) -> StoredDrops:
    if implementation == "memory":
        return StoredDrops(MemoryRepository(DROP_OBJECT), MemoryRepository(DROP_ENTRY), MemoryCounts())
    table = DynamoDbTable(new_table())
    objects, entries = DynamoDbRepository(table, DROP_OBJECT), DynamoDbRepository(table, DROP_ENTRY)
    return StoredDrops(objects, entries, DynamoDbCounts(table))


def file_of(path: str) -> DropFile:
    place = locate(ROOT, f"drop/{MINE}/{path}")
    assert isinstance(place, DropFile)
    return place


def record(path: str, state: DropState = DropState.ARRIVED, **fields: object) -> DropObject:
    file = file_of(path)
    return DropObject(
        account_id=MINE,
        stem_id=file.stem_id,
        key_id=file.key_id,
        kind=DropKind.SIDECAR if file.is_sidecar else DropKind.VIDEO,
        bucket=file.bucket,
        key=file.key,
        state=state,
        updated_at=NOON,
    ).changed(**fields)


def rejected(path: str) -> DropObject:
    return record(path, DropState.REJECTED, rejection=BAD, entry_id=new_id())


def test_a_record_is_found_by_its_key_and_by_its_stem(drops: StoredDrops) -> None:
    video, sidecar = drops.save(None, record("T/a.mp4")), drops.save(None, record("T/a.json", DropState.WAITING))
    drops.save(None, record("T/b.mp4"))
    assert drops.find(file_of("T/a.mp4"), DropKind.VIDEO, video.stem_id) == video
    assert drops.find(file_of("T/c.mp4"), DropKind.VIDEO, video.stem_id) is None
    assert {one.key_id for one in drops.of_stem(MINE, video.stem_id)} == {video.key_id, sidecar.key_id}
    listed = drops.find_many([file_of("T/a.mp4"), file_of("T/a.json"), file_of("T/c.mp4")])
    assert list(listed) == [video, sidecar]


def test_a_record_is_stored_over_the_revision_that_was_read(drops: StoredDrops) -> None:
    first = drops.save(None, record("T/a.mp4"))
    second = drops.save(first, first.changed(etag="2"))
    with pytest.raises(StaleRevision):
        drops.save(first, first.changed(etag="3"))
    with pytest.raises(StaleRevision):
        drops.save(None, record("T/a.mp4"))
    assert drops.find(file_of("T/a.mp4"), DropKind.VIDEO, first.stem_id) == second
    assert drops.counts(MINE).ready == 1


def test_counts_and_lists_follow_the_states_of_the_files(drops: StoredDrops) -> None:
    one, two = drops.save(None, rejected("T/a.mp4")), drops.save(None, rejected("T/b.mp4"))
    assert (drops.counts(MINE).ready, drops.counts(MINE).rejected) == (0, 2)
    again = drops.save(one, one.changed(entry_id=new_id()))
    assert [e.key for e in drops.page(MINE, DropList.REJECTED, 9).items] == [again.key, two.key]
    drops.save(again, again.changed(state=DropState.ARRIVED))
    drops.save(two, two.changed(state=DropState.REMOVED))
    counts = drops.counts(MINE)
    assert (counts.arrived, counts.ready, counts.rejected) == (1, 1, 0)
    assert list(drops.page(MINE, DropList.REJECTED, 9).items) == []
    recent = [(e.key, e.state) for e in drops.page(MINE, DropList.RECENT, 2).items]
    assert recent == [(two.key, DropState.REMOVED), (one.key, DropState.ARRIVED)]
    assert drops.counts("theirs").arrived == 0


def test_lists_are_paged(drops: StoredDrops) -> None:
    for n in range(3):
        drops.save(None, rejected(f"T/{n}.mp4"))
    first = drops.page(MINE, DropList.REJECTED, 2)
    second = drops.page(MINE, DropList.REJECTED, 2, first.next_cursor)
    assert [e.key[-5] for e in [*first.items, *second.items]] == ["2", "1", "0"]
    assert second.next_cursor is None


def test_an_entry_of_the_recent_files_and_a_waiting_sidecar_expire(aws: None) -> None:
    name = new_table()
    table = DynamoDbTable(name)
    objects, entries = DynamoDbRepository(table, DROP_OBJECT), DynamoDbRepository(table, DROP_ENTRY)
    StoredDrops(objects, entries, DynamoDbCounts(table)).save(
        None, record("T/a.json", DropState.WAITING, expires_at=NOON + timedelta(days=1))
    )
    items = boto3.client("dynamodb").scan(TableName=name)["Items"]
    expiring = {i["sk"]["S"][0]: int(i["expires_at"]["N"]) for i in items if "expires_at" in i}
    assert expiring == {"O": int(NOON.timestamp()) + 86_400, "E": int(NOON.timestamp()) + 7 * 86_400}


def test_policies_are_replaced_and_those_with_a_retention_are_listed(implementation: str) -> None:
    repository = MemoryRepository(POLICY) if implementation == "memory" else DynamoDbRepository(table_of(), POLICY)
    policies = StoredCollectionPolicies(repository)
    new = CollectionPolicy(account_id=MINE, collection_id="c", features=(Feature.TRANSCRIPT,), updated_at=NOON)
    stored = policies.save(new)
    assert (stored.revision, policies.find(MINE, "c"), policies.list_retaining()) == (1, stored, [])
    with pytest.raises(StaleRevision):
        policies.save(new)
    retaining = policies.save(stored.model_copy(update={"retention_days": 3}))
    other = policies.save(new.model_copy(update={"collection_id": "d", "retention_days": 1, "swept_at": NOON}))
    earlier = policies.save(retaining.model_copy(update={"swept_at": NOON - timedelta(days=1)}))
    assert list(policies.list_retaining()) == [earlier, other]
    policies.delete(MINE, "c")
    assert policies.find(MINE, "c") is None


def table_of() -> DynamoDbTable:
    return DynamoDbTable(new_table())


def test_backfills_are_listed_until_they_end(implementation: str) -> None:
    memory = implementation == "memory"
    repository = MemoryRepository(DROP_BACKFILL) if memory else DynamoDbRepository(table_of(), DROP_BACKFILL)
    jobs = StoredDropBackfills(repository)
    times = {"created_at": NOON, "updated_at": NOON}
    job = jobs.add(DropBackfill(job_id=new_id(), account_id=MINE, root=ROOT, listed_prefix=ROOT.prefix, **times))
    assert (jobs.list_open(), jobs.get(MINE, job.job_id)) == ([job], job)
    advanced = jobs.save(job.advanced("key", 5, 2, NOON))
    with pytest.raises(StaleRevision):
        jobs.save(job)
    ended = jobs.save(advanced.advanced(None, 1, 1, NOON))
    assert (ended.listed, ended.queued, ended.ended_at, jobs.list_open()) == (6, 3, NOON, [])
    assert list(jobs.page(MINE, 9).items) == [ended]
    with pytest.raises(JobNotFound):
        jobs.get("theirs", job.job_id)


@pytest.fixture
def media(implementation: str) -> MediaStore:
    return S3MediaStore(new_bucket()) if implementation == "aws" else MemoryMediaStore()


@pytest.fixture
def folder(media: MediaStore) -> DropFolder:
    return MemoryDropFolder(media) if isinstance(media, MemoryMediaStore) else S3DropFolder(media.bucket)


def put(media: MediaStore, key: str, body: bytes = b"abc") -> StoredMedia:
    return media.put(key, BytesIO(body), "video/mp4")


KEYS = ("drop/mine/T/a b.mp4", "drop/mine/T/a+b%2F.mp4", "drop/mine/T/é❄.mp4")


def test_objects_are_found_and_listed_in_pages(media: MediaStore, folder: DropFolder) -> None:
    stored = {key: put(media, key) for key in (*KEYS, "drop/theirs/T/x.mp4", "uploads/mine/v/x.mp4")}
    assert folder.find(media.bucket, KEYS[1]) == stored[KEYS[1]]
    assert folder.find(media.bucket, "drop/mine/T/none.mp4") is None
    first = folder.page(media.bucket, "drop/mine/", None, 2)
    second = folder.page(media.bucket, "drop/mine/", first.next_cursor, 2)
    assert [one.key for one in [*first.objects, *second.objects]] == list(KEYS)
    assert (next(iter(first.objects)), second.next_cursor) == (stored[KEYS[0]], None)
    assert list(folder.accounts()) == ["mine", "theirs"]
    with pytest.raises(NotFound):
        folder.page("no-such-bucket-of-a-user", "", None, 1)


def test_a_small_object_is_read_in_the_version_that_was_found(media: MediaStore, folder: DropFolder) -> None:
    stored = put(media, KEYS[2])
    assert folder.read(stored, 3) == b"abc"
    with pytest.raises(TooLarge):
        folder.read(stored, 2)
    put(media, KEYS[2], b"other")
    assert folder.read(stored, 9) is None
    media.delete(KEYS[2])
    assert folder.read(stored, 9) is None


def test_messages_of_the_queue_are_those_that_were_sent(aws: None) -> None:
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="drop")["QueueUrl"]
    notices = [DropNotice(bucket="media", key=f"drop/mine/T/{n} é+.mp4") for n in range(23)]
    SqsDropQueue(url).send(notices)
    received: list[DropNotice] = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        received += [notice for message in messages for notice in parse_message(message["Body"])]
    assert sorted(received, key=str) == sorted(notices, key=str)


def test_the_time_of_a_stored_file_is_known(aws: None) -> None:
    media = S3MediaStore(new_bucket())
    put(media, "drop/mine/T/a.mp4")
    modified_at = media.modified_at("drop/mine/T/a.mp4")
    assert modified_at is not None
    assert (modified_at.microsecond, media.modified_at("drop/mine/T/b.mp4")) == (0, None)
