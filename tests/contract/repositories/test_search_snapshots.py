"""Ranked lists in every store that keeps them: for a while, and for one account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cinedex.adapters.dynamodb.search_snapshots import DynamoDbSearchSnapshots
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.kernel.ids import new_id
from cinedex.kernel.span import VideoSpan, span
from cinedex.search.domain.results.moment import SIMILAR_MAX, RankedMoment
from cinedex.search.domain.results.search_snapshot import MOMENTS_MAX, SearchSnapshot
from cinedex.search.ports.search_snapshots import SearchSnapshots
from cinedex.timeline.modality import Modality

from tests.support.memory.search_snapshots import MemorySearchSnapshots
from tests.support.table import mocked_aws, table

__all__ = ["mocked_aws", "table"]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=15)


@pytest.fixture(params=["memory", "dynamodb"])
def lists(request: pytest.FixtureRequest) -> SearchSnapshots:
    if request.param == "memory":
        return MemorySearchSnapshots()
    table: DynamoDbTable = request.getfixturevalue("table")
    return DynamoDbSearchSnapshots(table)


def ranked(count: int, similar_count: int = 0) -> SearchSnapshot:
    places = tuple(VideoSpan(video_id=new_id(), span=span(n, n + 9.87)) for n in range(similar_count))
    moments = (
        RankedMoment(
            video_id=new_id(),
            segment_index=n,
            span=span(n, n + 12.345),
            score=0.5,
            matched=(Modality.SPEECH,),
            similar=places,
            similar_count=similar_count,
        )
        for n in range(count)
    )
    return SearchSnapshot(moments=tuple(moments), degraded=True)


def test_a_stored_list_is_unchanged_until_it_expires(lists: SearchSnapshots) -> None:
    stored = ranked(3, 2)
    lists.save("mine", "l1", stored, LATER)
    assert lists.find("mine", "l1", NOON) == stored
    assert lists.find("mine", "l1", LATER) is None


def test_no_account_finds_anothers_list(lists: SearchSnapshots) -> None:
    lists.save("mine", "l1", ranked(1), LATER)
    assert lists.find("theirs", "l1", NOON) is None
    assert lists.find("mine", "l2", NOON) is None


def test_the_longest_list_fits(lists: SearchSnapshots) -> None:
    stored = ranked(MOMENTS_MAX, SIMILAR_MAX)
    lists.save("mine", "l1", stored, LATER)
    assert lists.find("mine", "l1", NOON) == stored
