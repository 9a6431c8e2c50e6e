"""Ranked lists in every store that keeps them: for a while, and for one account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cinedex.adapters.dynamodb_ranked_lists import DynamoDbRankedLists
from cinedex.adapters.dynamodb_table import DynamoDbTable
from cinedex.domain.ids import new_id
from cinedex.domain.moment import Modality, Place
from cinedex.domain.ranked_list import MOMENTS_MAX, SIMILAR_MAX, RankedList, RankedMoment
from cinedex.domain.span import span
from cinedex.ports.ranked_lists import RankedLists

from tests.support.memory.ranked_lists import MemoryRankedLists
from tests.support.table import table

__all__ = ["table"]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=15)


@pytest.fixture(params=["memory", "dynamodb"])
def lists(request: pytest.FixtureRequest) -> RankedLists:
    if request.param == "memory":
        return MemoryRankedLists()
    table: DynamoDbTable = request.getfixturevalue("table")
    return DynamoDbRankedLists(table)


def ranked(count: int, similar_count: int = 0) -> RankedList:
    places = tuple(Place(video_id=new_id(), span=span(n, n + 9.87)) for n in range(similar_count))
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
    return RankedList(moments=tuple(moments), degraded=True)


def test_a_list_is_found_as_it_was_until_its_time_is_over(lists: RankedLists) -> None:
    kept = ranked(3, 2)
    lists.keep("mine", "l1", kept, LATER)
    assert lists.find("mine", "l1", NOON) == kept
    assert lists.find("mine", "l1", LATER) is None


def test_no_account_finds_anothers_list(lists: RankedLists) -> None:
    lists.keep("mine", "l1", ranked(1), LATER)
    assert lists.find("theirs", "l1", NOON) is None
    assert lists.find("mine", "l2", NOON) is None


def test_the_longest_list_fits(lists: RankedLists) -> None:
    kept = ranked(MOMENTS_MAX, SIMILAR_MAX)
    lists.keep("mine", "l1", kept, LATER)
    assert lists.find("mine", "l1", NOON) == kept
