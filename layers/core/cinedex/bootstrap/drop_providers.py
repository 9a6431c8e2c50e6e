"""The adapters of the drop folder and of policies; each connects at first use."""

from __future__ import annotations

from cinedex.adapters.dynamodb.imports.backfills import DROP_BACKFILL, StoredDropBackfills
from cinedex.adapters.dynamodb.imports.drops import DROP_ENTRY, DROP_OBJECT, StoredDrops
from cinedex.adapters.dynamodb.library.policies import POLICY, StoredCollectionPolicies
from cinedex.adapters.dynamodb.lists.counts import DynamoDbCounts
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.s3.drop_folder import S3DropFolder
from cinedex.adapters.sqs.drop_queue import SqsDropQueue
from cinedex.bootstrap.once import once
from cinedex.bootstrap.providers import table
from cinedex.settings import DropSettings, MediaSettings


@once
def collection_policies() -> StoredCollectionPolicies:
    return StoredCollectionPolicies(DynamoDbRepository(table(), POLICY))


@once
def drops() -> StoredDrops:
    objects, entries = DynamoDbRepository(table(), DROP_OBJECT), DynamoDbRepository(table(), DROP_ENTRY)
    return StoredDrops(objects, entries, DynamoDbCounts(table()), table().sleep)


@once
def drop_backfills() -> StoredDropBackfills:
    return StoredDropBackfills(DynamoDbRepository(table(), DROP_BACKFILL))


@once
def drop_folder() -> S3DropFolder:
    return S3DropFolder(MediaSettings().bucket)


@once
def drop_queue() -> SqsDropQueue:
    return SqsDropQueue(DropSettings().queue_url)
