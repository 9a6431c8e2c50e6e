"""What a search still answers when its store does not: words of the newest videos, and that it is not all."""

from __future__ import annotations

import pytest
from cinedex.adapters.unavailable_search import UnavailableMomentIndex
from cinedex.domain.errors import Unavailable
from cinedex.domain.moment import Modality, MomentFilter
from cinedex.domain.span import span
from cinedex.usecases import surviving_index
from cinedex.usecases.find_moments import FindMoments
from cinedex.usecases.page_moments import PageMoments
from cinedex.usecases.resolve_pool import ResolvePool
from cinedex.usecases.search_moments import SearchMoments
from cinedex.usecases.search_request import SearchRequest, SearchResults, Strategy
from cinedex.usecases.sharpen_ranking import SharpenRanking
from cinedex.usecases.surviving_index import SurvivingIndex

from tests.support.memory.house import MINE, House
from tests.support.moments import seen
from tests.support.ready_videos import WordVectors


def surviving(house: House, **limits: float) -> SurvivingIndex:
    return SurvivingIndex(UnavailableMomentIndex(), house.videos, house.gather, **limits)


def search(house: House, query: str, strategy: Strategy = Strategy.SEMANTIC) -> SearchResults:
    index, vectors = surviving(house), WordVectors()
    paging = PageMoments(index, house.lists, house.clock)
    find, sharpen = FindMoments(index, vectors), SharpenRanking(vectors)
    use_case = SearchMoments(ResolvePool(house.videos), index, find, sharpen, paging)
    return use_case(SearchRequest(account_id=MINE, query=query, strategy=strategy))


def found(house: House, within: MomentFilter, **limits: float) -> list[str]:
    hits = surviving(house, **limits).search("rocket", None, within, 10)
    assert hits.degraded
    return [hit.document.video_id for hit in hits.words]


def test_a_search_is_answered_from_what_was_found_and_says_that_it_is_degraded(house: House) -> None:
    video = house.analysed()
    results = search(house, "rocket")
    assert results.degraded
    assert [m.video_id for m in results.moments] == [video.video_id]
    assert results.moments[0].texts[Modality.SPEECH] == "The rocket is ready."
    assert search(house, "submarine").moments == ()


def test_the_filter_holds_as_ever(house: House) -> None:
    one, other = house.analysed(), house.analysed()
    assert found(house, seen(one.video_id)) == [one.video_id]
    assert found(house, seen(one.video_id, account_id="theirs")) == []
    assert found(house, seen(other.video_id, within=span(30, 60))) == []
    assert found(house, seen(other.video_id, modalities=(Modality.OBJECTS,))) == []


def test_only_the_newest_videos_are_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surviving_index, "VIDEOS_MAX", 2)
    ids = [house.analysed().video_id for _ in range(4)]
    assert sorted(found(house, seen(*ids))) == sorted(ids)[-2:]


def test_nobody_is_let_wait_for_all_of_a_large_library(house: House) -> None:
    ids = [house.analysed().video_id for _ in range(3)]
    assert found(house, seen(*ids), seconds_max=-1.0) == []


def test_what_cannot_be_answered_in_part_says_that_the_store_is_down(house: House) -> None:
    house.analysed()
    with pytest.raises(Unavailable):
        search(house, "rocket", Strategy.TEXT)
