"""Videos and collections that a version without lists has stored: reads stay right while they are entered."""

from __future__ import annotations

import json

import pytest
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.collections import COLLECTION
from cinedex.adapters.dynamodb.library import backfill as dynamodb_backfill
from cinedex.adapters.dynamodb.library.backfill import DynamoDbListBackfill
from cinedex.adapters.dynamodb.library.stores import stored_collections, stored_videos
from cinedex.adapters.dynamodb.reindexing import DynamoDbAllVideos
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO, StoredVideos
from cinedex.kernel.errors import CollectionNameTaken, StaleRevision, Unavailable
from cinedex.library.domain.list_query import CollectionQuery, Sort, VideoQuery
from cinedex.library.domain.video import UploadStatus, Video
from cinedex.library.usecases.fill_lists import FillLists

from tests.contract.repositories.test_collections_and_keys import collection
from tests.contract.repositories.test_videos import video
from tests.support.aws import new_table
from tests.support.memory.app_fixture import MINE, YOURS

OF_ONE = VideoQuery(collection_id="one")


class EarlierLibrary:
    """A table with items as versions without lists stored them."""

    def __init__(self) -> None:
        self.table = DynamoDbTable(new_table())
        self.videos, self.collections = stored_videos(self.table, StoredVideos), stored_collections(self.table)
        self._videos, self._collections = (DynamoDbRepository(self.table, entity) for entity in (VIDEO, COLLECTION))
        accounts = (MINE, MINE, MINE, YOURS)
        names = ("a", "b", "c", "d")
        pairs = zip(accounts, names, strict=True)
        made = [video(account, name=name, collection_id="one", revision=1) for account, name in pairs]
        self.stored = [self._videos.create(one) for one in made]

    def store_collection(self, name: str, **fields: str) -> None:
        self._collections.create(collection(name=name).model_copy(update=fields))

    def fill(self, seconds_max: float = 60.0) -> bool:
        return FillLists(DynamoDbListBackfill(self.table), self.videos, self.collections)(seconds_max).is_done

    def listed(self, query: VideoQuery) -> list[str | None]:
        return [v.name for v in self.videos.page(MINE, query, 10).items]


@pytest.fixture
def earlier(aws: None) -> EarlierLibrary:
    return EarlierLibrary()


def test_lists_are_right_before_the_backfill(earlier: EarlierLibrary) -> None:
    earlier.store_collection("One", collection_id="one")
    earlier.videos.add(video(name="new", collection_id="one"))
    assert earlier.listed(OF_ONE) == ["new", "c", "b", "a"]
    assert earlier.listed(VideoQuery(status=UploadStatus.UPLOADED)) == []
    assert earlier.videos.count(MINE, OF_ONE) is None
    with pytest.raises(Unavailable, match="being prepared"):
        earlier.listed(VideoQuery(sort=Sort.BY_NAME))


def test_a_filled_list_has_every_video_once_and_is_counted(earlier: EarlierLibrary) -> None:
    earlier.store_collection("One", collection_id="one")
    earlier.videos.add(video(name="new", collection_id="one"))
    assert earlier.fill()
    assert earlier.fill()
    assert earlier.listed(OF_ONE) == ["new", "c", "b", "a"]
    assert earlier.listed(VideoQuery(sort=Sort.BY_NAME)) == ["a", "b", "c", "new"]
    assert [earlier.videos.count(MINE, query) for query in (VideoQuery(), OF_ONE)] == [4, 4]
    assert earlier.videos.count(YOURS, OF_ONE) == 1


def test_a_video_that_is_changed_before_the_backfill_is_counted_once(earlier: EarlierLibrary) -> None:
    earlier.store_collection("Two", collection_id="two")
    earlier.videos.save(earlier.stored[0].changed(collection_id="two"))
    earlier.videos.delete(MINE, earlier.stored[1].video_id)
    assert earlier.fill()
    assert earlier.listed(OF_ONE) == ["c"]
    assert earlier.listed(VideoQuery(collection_id="two")) == ["a"]
    assert [earlier.videos.count(MINE, query) for query in (VideoQuery(), OF_ONE)] == [2, 1]


def test_an_interrupted_backfill_continues_at_its_page(
    earlier: EarlierLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dynamodb_backfill, "ITEMS_PER_PAGE", 2)
    entered: list[Video] = []
    enter = earlier.videos.enter

    def enter_two(one: Video) -> None:
        if len(entered) == 2:
            raise OSError("The process ends.")
        entered.append(one)
        enter(one)

    monkeypatch.setattr(earlier.videos, "enter", enter_two)
    with pytest.raises(OSError, match="ends"):
        earlier.fill()
    monkeypatch.setattr(earlier.videos, "enter", enter)
    assert not earlier.fill(seconds_max=0)
    assert earlier.fill()
    assert earlier.videos.count(MINE, OF_ONE) == 3


def test_a_video_that_cannot_be_entered_holds_up_no_other_and_is_entered_by_the_next_run(
    earlier: EarlierLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dynamodb_backfill, "ITEMS_PER_PAGE", 2)
    earlier.store_collection("One", collection_id="one")
    failing, enter = earlier.stored[0], earlier.videos.enter

    def refuse_one(one: Video) -> None:
        if one.video_id == failing.video_id:
            raise Unavailable("The video is busy.")
        enter(one)

    with monkeypatch.context() as busy:
        busy.setattr(earlier.videos, "enter", refuse_one)
        assert not earlier.fill()
    assert [vars(record)["video_id"] for record in caplog.records] == [failing.video_id]
    assert earlier.listed(OF_ONE) == ["c", "b", "a"]
    assert earlier.videos.count(MINE, OF_ONE) is None
    assert earlier.fill()
    assert earlier.listed(OF_ONE) == ["c", "b", "a"]
    assert (earlier.videos.count(MINE, OF_ONE), earlier.collections.count(MINE)) == (3, 1)


def test_collections_of_an_earlier_version_may_share_a_name(earlier: EarlierLibrary) -> None:
    for name in ("Twice", "twice"):
        earlier.store_collection(name)
    with pytest.raises(CollectionNameTaken):
        earlier.collections.add(collection(name="TWICE"))
    assert earlier.fill()
    with pytest.raises(CollectionNameTaken):
        earlier.collections.add(collection(name="TWICE"))
    both = earlier.collections.page(MINE, CollectionQuery(name="tw"), 10).items
    assert sorted(c.name for c in both) == ["Twice", "twice"]
    assert earlier.collections.count(MINE) == 2
    for one in both:
        earlier.collections.delete(MINE, one.collection_id)
    earlier.collections.add(collection(name="TWICE"))
    assert earlier.collections.count(MINE) == 1


def test_a_collection_of_an_earlier_version_that_is_renamed_before_it_is_entered_has_one_name(
    earlier: EarlierLibrary,
) -> None:
    earlier.store_collection("a")
    (read,) = earlier.collections.list(MINE)
    assert read.revision == 0
    renamed = earlier.collections.save(read.model_copy(update={"name": "b"}))
    earlier.collections.enter(read)
    assert earlier.fill()
    assert earlier.collections.count(MINE) == 1
    earlier.collections.add(collection(name="a"))
    earlier.collections.delete(MINE, renamed.collection_id)
    earlier.collections.enter(renamed)
    assert earlier.collections.count(MINE) == 1


def test_a_collection_that_is_stored_without_a_revision_can_be_replaced_once(earlier: EarlierLibrary) -> None:
    earlier.store_collection("a", collection_id="one")
    key = keys.collection(MINE, "one")
    item = earlier.table.get(*key)
    assert item is not None
    body = {name: value for name, value in json.loads(str(item["body"])).items() if name != "revision"}
    earlier.table.put_all([{"pk": key.pk, "sk": key.sk, "body": json.dumps(body)}])
    read = earlier.collections.get(MINE, "one")
    earlier.collections.save(read.model_copy(update={"metadata": {}}))
    with pytest.raises(StaleRevision):
        earlier.collections.save(read)
    earlier.collections.delete(MINE, "one")
    assert earlier.collections.list(MINE) == []


def test_videos_of_all_accounts_are_read_without_a_scan_afterwards(
    earlier: EarlierLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert earlier.fill()
    monkeypatch.setattr(earlier.table, "scan", lambda *_, **__: pytest.fail("The table was scanned."))
    all_videos, names, cursor = DynamoDbAllVideos(earlier.table), [], None
    while True:
        page, cursor = all_videos.page(cursor, 2)
        names += [v.name for v in page]
        if cursor is None:
            break
    assert sorted(names) == ["a", "b", "c", "d"]
