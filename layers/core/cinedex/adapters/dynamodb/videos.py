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

from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.errors import StaleRevision, StateConflict, VideoNotFound
from cinedex.library.domain.video import UploadStatus, Video

UPLOAD_WORK = "upload"


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
            raise VideoNotFound
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
