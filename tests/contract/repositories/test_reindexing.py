"""The state of a backfill, and every video of the table, whoever keeps them."""

from __future__ import annotations

import pytest
from cinedex.adapters.dynamodb.reindexing import DynamoDbReindexings
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import DynamoDbVideos
from cinedex.kernel.errors import StaleRevision
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.reindexing import Reindexing, ReindexingStatus

from tests.support.aws import new_table
from tests.support.memory.library import MemoryVideos
from tests.support.memory.reindexing import MemoryBackfills
from tests.support.memory.scenario import NOON
from tests.support.ready_videos import video

Both = tuple[MemoryVideos | DynamoDbVideos, MemoryBackfills | DynamoDbReindexings]


@pytest.fixture
def library(implementation: str) -> Both:
    if implementation == "aws":
        table = DynamoDbTable(new_table())
        return DynamoDbVideos(table), DynamoDbReindexings(table)
    videos = MemoryVideos()
    return videos, MemoryBackfills(videos)


def test_a_backfill_is_kept_with_all_it_knows(library: Both) -> None:
    _, backfills = library
    assert backfills.find() is None
    begun = backfills.save(Reindexing(started_at=NOON))
    moved = begun.changed(cursor="c", videos_done=3, waiting=(("a", "v"),), status=ReindexingStatus.FILLED)
    stored = backfills.save(moved)
    assert backfills.find() == stored
    assert stored.changed(revision=0) == moved.changed(revision=0)
    backfills.remove()
    assert backfills.find() is None


def test_a_backfill_is_not_stored_over_a_revision_that_was_not_read(library: Both) -> None:
    _, backfills = library
    begun = backfills.save(Reindexing(started_at=NOON))
    backfills.save(begun)
    for stale in (begun, Reindexing(started_at=NOON)):
        with pytest.raises(StaleRevision):
            backfills.save(stale)


def test_pages_together_are_the_videos_of_all_accounts(library: Both) -> None:
    videos, backfills = library
    stored = {videos.add(video(f"v{n}", account_id=f"account {n % 3}")).video_id for n in range(9)}
    found: list[Video] = []
    cursor: str | None = None
    while True:
        page, cursor = backfills.page(cursor, 2)
        found.extend(page)
        if cursor is None:
            break
    assert sorted(v.video_id for v in found) == sorted(stored)
