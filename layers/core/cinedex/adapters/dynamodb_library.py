"""Videos, collections, runs and keys in the one DynamoDB table.

| item       | pk            | sk               | work, since            |
|------------|---------------|------------------|------------------------|
| video      | A#{account}   | V#{video_id}     | `upload` while waiting |
| collection | A#{account}   | C#{id}           |                        |
| key        | A#{account}   | K#{key_id}       |                        |
| key, again | K#{sha256}    | KEY              |                        |
| run        | V#{video_id}  | RUN#{run_id}     | `run` while in flight  |

A new id sorts after an older one, so newest first is the order of the sort key, reversed.
"""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb_items import Item
from cinedex.adapters.dynamodb_table import ConditionFailed, DynamoDbTable
from cinedex.domain.access import ApiKey
from cinedex.domain.collection import Collection
from cinedex.domain.errors import NotFound, StaleRevision, StateConflict
from cinedex.domain.run import AnalysisRun
from cinedex.domain.video import UploadStatus, Video

UPLOAD_WORK = "upload"
RUN_WORK = "run"


class DynamoDbVideos:
    """`VideoRepository` and `UnfinishedUploads`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def add(self, video: Video) -> Video:
        stored = video.changed(revision=1)
        try:
            self._table.put(video_item(stored), "attribute_not_exists(pk)")
        except ConditionFailed:
            raise StateConflict(f"Video {video.video_id} exists already.") from None
        return stored

    def get(self, account_id: str, video_id: str) -> Video:
        item = self._table.get(f"A#{account_id}", f"V#{video_id}")
        if item is None:
            raise NotFound("No such video.", param="video_id")
        return video_of(item)

    def save(self, video: Video) -> Video:
        stored = video.changed(revision=video.revision + 1)
        try:
            self._table.write_together([save_request(self._table, stored)])
        except ConditionFailed:
            self.get(video.account_id, video.video_id)  # raises NotFound if that is why
            raise StaleRevision("The video was changed meanwhile.") from None
        return stored

    def list(self, account_id: str) -> Sequence[Video]:
        return [video_of(i) for i in self._table.query(f"A#{account_id}", begins="V#", newest_first=True)]

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        wanted = list(dict.fromkeys(video_ids))
        items = self._table.get_many([(f"A#{account_id}", f"V#{v}") for v in wanted])
        found = {v.video_id: v for v in map(video_of, items)}
        return [found[v] for v in wanted if v in found]

    def delete(self, account_id: str, video_id: str) -> None:
        self._table.delete(f"A#{account_id}", f"V#{video_id}")

    def list_uploading(self) -> Sequence[Video]:
        return [video_of(i) for i in self._table.query_work(UPLOAD_WORK)]


class DynamoDbCollections:
    """`CollectionRepository`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def add(self, collection: Collection) -> Collection:
        self._table.put(_collection_item(collection), "attribute_not_exists(pk)")
        return collection

    def get(self, account_id: str, collection_id: str) -> Collection:
        item = self._table.get(f"A#{account_id}", f"C#{collection_id}")
        if item is None:
            raise _no_such_group()
        return Collection.model_validate_json(str(item["body"]))

    def save(self, collection: Collection) -> Collection:
        try:
            self._table.put(_collection_item(collection), "attribute_exists(pk)")
        except ConditionFailed:
            raise _no_such_group() from None
        return collection

    def list(self, account_id: str) -> Sequence[Collection]:
        items = self._table.query(f"A#{account_id}", begins="C#", newest_first=True)
        return [Collection.model_validate_json(str(i["body"])) for i in items]

    def delete(self, account_id: str, collection_id: str) -> None:
        self._table.delete(f"A#{account_id}", f"C#{collection_id}")


class DynamoDbRuns:
    """`RunRepository`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def open(self, video: Video, run: AnalysisRun) -> Video:
        stored = video.changed(revision=video.revision + 1)
        puts = [save_request(self._table, stored), self._table.put_request(_run_item(run))]
        try:
            self._table.write_together(puts)
        except ConditionFailed:
            raise StaleRevision("The video was changed meanwhile.") from None
        return stored

    def get(self, video_id: str, run_id: str) -> AnalysisRun:
        item = self._table.get(f"V#{video_id}", f"RUN#{run_id}")
        if item is None:
            raise NotFound("No such run.", param="run_id")
        return AnalysisRun.model_validate_json(str(item["body"]))

    def advance(self, run: AnalysisRun) -> bool:
        try:
            self._table.put(_run_item(run), "attempt = :before", {":before": run.attempt - 1})
        except ConditionFailed:
            return False
        return True

    def close(self, video_id: str, run_id: str) -> None:
        self._table.delete(f"V#{video_id}", f"RUN#{run_id}")

    def list_open(self) -> Sequence[AnalysisRun]:
        return [AnalysisRun.model_validate_json(str(i["body"])) for i in self._table.query_work(RUN_WORK)]

    def list_of(self, video_id: str) -> Sequence[AnalysisRun]:
        items = self._table.query(f"V#{video_id}", begins="RUN#")
        return [AnalysisRun.model_validate_json(str(i["body"])) for i in items]

    def forget(self, video_id: str) -> None:
        pk = f"V#{video_id}"
        self._table.delete_all([(pk, str(i["sk"])) for i in self._table.query(pk, keys_only=True)])


class DynamoDbApiKeys:
    """`ApiKeyRepository`; each key is stored twice, to be found by its secret and by its account."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def add(self, key: ApiKey) -> ApiKey:
        return self.save(key)

    def find(self, secret_sha256: str) -> ApiKey | None:
        item = self._table.get(f"K#{secret_sha256}", "KEY")
        return ApiKey.model_validate_json(str(item["body"])) if item else None

    def list(self, account_id: str) -> Sequence[ApiKey]:
        items = self._table.query(f"A#{account_id}", begins="K#", newest_first=True)
        return [ApiKey.model_validate_json(str(i["body"])) for i in items]

    def save(self, key: ApiKey) -> ApiKey:
        body = key.model_dump_json()
        by_secret: Item = {"pk": f"K#{key.secret_sha256}", "sk": "KEY", "body": body}
        by_account: Item = {"pk": f"A#{key.account_id}", "sk": f"K#{key.key_id}", "body": body}
        self._table.write_together([self._table.put_request(i) for i in (by_secret, by_account)])
        return key


def save_request(table: DynamoDbTable, video: Video) -> dict[str, object]:
    """The write of a video over the revision before it."""
    return table.put_request(video_item(video), "revision = :before", {":before": video.revision - 1})


def video_item(video: Video) -> Item:
    item: Item = {
        "pk": f"A#{video.account_id}",
        "sk": f"V#{video.video_id}",
        "revision": video.revision,
        "body": video.model_dump_json(exclude={"revision"}),
    }
    if video.status is UploadStatus.UPLOADING:
        item |= {"work": UPLOAD_WORK, "since": video.created_at.isoformat()}
    return item


def video_of(item: Item) -> Video:
    return Video.model_validate_json(str(item["body"])).changed(revision=int(item["revision"]))


def _collection_item(collection: Collection) -> Item:
    return {
        "pk": f"A#{collection.account_id}",
        "sk": f"C#{collection.collection_id}",
        "body": collection.model_dump_json(),
    }


def _run_item(run: AnalysisRun) -> Item:
    return {
        "pk": f"V#{run.video_id}",
        "sk": f"RUN#{run.run_id}",
        "attempt": run.attempt,
        "body": run.model_dump_json(),
        "work": RUN_WORK,
        "since": run.started_at.isoformat(),
    }


def _no_such_group() -> NotFound:
    return NotFound("No such video group.", param="group_id")
