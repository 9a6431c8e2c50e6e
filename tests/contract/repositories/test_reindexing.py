"""`ReindexingRepository` and `AllVideos`."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from cinedex.adapters.dynamodb.library.stores import stored_videos
from cinedex.adapters.dynamodb.reindexing import REINDEXING, DynamoDbAllVideos, StoredReindexing
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import StoredVideos
from cinedex.kernel.errors import StaleRevision
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.reindexing import Reindexing, ReindexingStatus
from cinedex.search.ports.reindexing import AllVideos, ReindexingRepository

from tests.support.aws import new_table
from tests.support.memory.library import MemoryAllVideos, MemoryReindexing, MemoryVideos
from tests.support.memory.scenario import NOON
from tests.support.ready_videos import video


@dataclass(frozen=True)
class Stores:
    videos: VideoRepository
    reindexing: ReindexingRepository
    all_videos: AllVideos


@pytest.fixture
def stores(implementation: str) -> Stores:
    if implementation == "aws":
        table = DynamoDbTable(new_table())
        reindexing = StoredReindexing(DynamoDbRepository(table, REINDEXING))
        return Stores(stored_videos(table, StoredVideos), reindexing, DynamoDbAllVideos(table))
    videos = MemoryVideos()
    return Stores(videos, MemoryReindexing(), MemoryAllVideos(videos))


def test_the_state_of_reindexing_is_read_as_it_was_stored(stores: Stores) -> None:
    reindexing = stores.reindexing
    assert reindexing.find() is None
    begun = reindexing.save(Reindexing(started_at=NOON))
    moved = begun.changed(cursor="c", videos_done=3, waiting=(("a", "v"),), status=ReindexingStatus.FILLED)
    stored = reindexing.save(moved)
    assert reindexing.find() == stored
    assert stored.changed(revision=0) == moved.changed(revision=0)
    reindexing.remove()
    assert reindexing.find() is None


def test_the_state_of_reindexing_is_stored_only_over_the_revision_that_was_read(stores: Stores) -> None:
    reindexing = stores.reindexing
    begun = reindexing.save(Reindexing(started_at=NOON))
    reindexing.save(begun)
    for stale in (begun, Reindexing(started_at=NOON)):
        with pytest.raises(StaleRevision):
            reindexing.save(stale)


def test_pages_together_are_the_videos_of_all_accounts(stores: Stores) -> None:
    stored = {stores.videos.add(video(f"v{n}", account_id=f"account {n % 3}")).video_id for n in range(9)}
    listed: list[Video] = []
    cursor: str | None = None
    while True:
        page, cursor = stores.all_videos.page(cursor, 2)
        listed.extend(page)
        if cursor is None:
            break
    assert sorted(v.video_id for v in listed) == sorted(stored)
