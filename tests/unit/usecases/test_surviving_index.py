"""What a search still answers when its store does not: words of the newest videos, and that it is not all."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.adapters.unavailable_search import UnavailableMomentIndex
from cinedex.domain.confidence import Threshold
from cinedex.domain.errors import Unavailable
from cinedex.domain.moment import Modality, MomentFilter
from cinedex.domain.span import span
from cinedex.usecases import read_stored_segments
from cinedex.usecases.find_literal import FindLiteral
from cinedex.usecases.find_moments import FindMoments
from cinedex.usecases.page_moments import PageMoments
from cinedex.usecases.read_stored_segments import ReadStoredSegments
from cinedex.usecases.resolve_pool import ResolvePool
from cinedex.usecases.search_by_meaning import SearchByMeaning
from cinedex.usecases.search_moments import SearchMoments
from cinedex.usecases.search_request import SearchRequest, SearchResults, Strategy, TextField
from cinedex.usecases.sharpen_ranking import SharpenRanking
from cinedex.usecases.surviving_index import SurvivingIndex

from tests.support.memory.house import MINE, House
from tests.support.moments import seen
from tests.support.ready_videos import WordVectors


def stored(house: House, **limits: float) -> ReadStoredSegments:
    return ReadStoredSegments(house.videos, house.gather, **limits)


def surviving(house: House, **limits: float) -> SurvivingIndex:
    return SurvivingIndex(UnavailableMomentIndex(), stored(house, **limits))


def search(house: House, query: str, **asked: Any) -> SearchResults:
    index, vectors = surviving(house), WordVectors()
    literal = FindLiteral(UnavailableMomentIndex(), stored(house))
    paging = PageMoments(index, house.lists, house.clock)
    by_meaning = SearchByMeaning(FindMoments(index, vectors), SharpenRanking(vectors))
    use_case = SearchMoments(ResolvePool(house.videos), literal, by_meaning, paging)
    return use_case(SearchRequest(account_id=MINE, query=query, **asked))


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
    monkeypatch.setattr(read_stored_segments, "VIDEOS_MAX", 2)
    ids = [house.analysed().video_id for _ in range(4)]
    assert sorted(found(house, seen(*ids))) == sorted(ids)[-2:]


def test_nobody_is_let_wait_for_all_of_a_large_library(house: House) -> None:
    ids = [house.analysed().video_id for _ in range(3)]
    assert found(house, seen(*ids), seconds_max=-1.0) == []


def test_a_literal_text_is_found_in_what_is_stored_in_order_and_said_to_be_not_all(house: House) -> None:
    videos = sorted(house.analysed().video_id for _ in range(3))
    results = search(house, "OCKET is", strategy=Strategy.TEXT)
    assert results.degraded
    assert [(m.video_id, m.score, m.matched) for m in results.moments] == [
        (video_id, 1.0, (Modality.SPEECH,)) for video_id in videos
    ]
    assert results.moments[0].highlights == ("The r<em>ocket is</em> ready.",)
    assert search(house, "OCKET is", strategy=Strategy.TEXT, fields=(TextField.CAPTIONS,)).moments == ()


def test_a_literal_search_answers_as_the_store_does_while_that_is_there(house: House) -> None:
    house.analysed()
    within = seen(*(v.video_id for v in house.videos.list(MINE)), modalities=(Modality.SPEECH,))
    healthy, healthy_degraded = FindLiteral(house.moments, stored(house))("rocket", within)
    down, down_degraded = FindLiteral(UnavailableMomentIndex(), stored(house))("rocket", within)
    assert [(s.order, s.document.texts, s.matched) for s in healthy] == [
        (s.order, s.document.texts, s.matched) for s in down
    ]
    assert (len(healthy), healthy_degraded, down_degraded) == (1, False, True)


def test_without_a_store_at_all_a_literal_search_says_so(house: House) -> None:
    with pytest.raises(Unavailable):
        FindLiteral(UnavailableMomentIndex())("rocket", seen("any"))


def test_later_pages_are_read_from_what_is_stored(house: House) -> None:
    for _ in range(2):
        house.analysed()
    asked: dict[str, Any] = {"group": False, "page_limit": 1, "threshold": Threshold.NONE}
    first = search(house, "rocket", **asked)
    second = search(house, "rocket", page_token=first.next_page_token, **asked)
    assert [m.rank for m in (*first.moments, *second.moments)] == [1, 2]
    assert second.moments[0].texts[Modality.SPEECH] == "The rocket is ready."


def test_segments_are_listed_as_the_store_lists_them(house: House) -> None:
    ids = [house.analysed().video_id for _ in range(2)]
    for within in (seen(*ids), seen(*ids, modalities=(Modality.SPEECH,)), seen(ids[0], within=span(30, 60))):
        listed = [d.document_id for d in surviving(house).documents(within, 3)]
        assert listed == [d.document_id for d in house.moments.documents(within, 3)]
