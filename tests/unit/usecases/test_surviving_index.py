"""What a search still answers when its store does not: words of the newest videos, and that it is not all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from cinedex.adapters.memory_moment_index import MemoryMomentIndex
from cinedex.adapters.unavailable_search import UnavailableMomentIndex
from cinedex.domain.confidence import Threshold
from cinedex.domain.errors import Unavailable
from cinedex.domain.moment import Modality, MomentFilter, SegmentDocument
from cinedex.domain.span import span
from cinedex.ports.moment_index import MomentIndex
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


class CountedIndex(MemoryMomentIndex):
    """Counts the questions for documents."""

    listed = 0

    def documents(self, within: MomentFilter, limit: int) -> Sequence[SegmentDocument]:
        self.listed += 1
        return super().documents(within, limit)


def search(house: House, query: str, store: MomentIndex = UnavailableMomentIndex(), **asked: Any) -> SearchResults:
    index, vectors = SurvivingIndex(store, stored(house)), WordVectors()
    literal = FindLiteral(store, stored(house))
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


@pytest.mark.parametrize("strategy", list(Strategy))
def test_an_index_that_was_lost_is_no_confident_nothing(house: House, strategy: Strategy) -> None:
    video = house.analysed()
    results = search(house, "rocket", MemoryMomentIndex(), strategy=strategy)
    assert results.degraded
    assert [m.video_id for m in results.moments] == [video.video_id]
    nothing = search(house, "submarine", MemoryMomentIndex(), strategy=strategy)
    assert (nothing.moments, nothing.degraded) == ((), True)


@pytest.mark.parametrize("strategy", list(Strategy))
def test_nothing_found_in_an_index_that_is_there_is_nothing(house: House, strategy: Strategy) -> None:
    house.analysed()
    nothing = search(house, "submarine", house.moments, strategy=strategy, threshold=Threshold.HIGH)
    assert (nothing.moments, nothing.degraded) == ((), False)


@pytest.mark.parametrize("strategy", list(Strategy))
def test_videos_without_any_text_are_not_taken_for_a_lost_index(house: House, strategy: Strategy) -> None:
    house.uploaded()
    nothing = search(house, "rocket", MemoryMomentIndex(), strategy=strategy)
    assert (nothing.moments, nothing.degraded) == ((), False)


def test_a_part_of_a_video_in_which_nothing_is_found_is_no_lost_index(house: House) -> None:
    video = house.analysed()
    empty = seen(video.video_id, within=span(3000, 3600), modalities=(Modality.SPEECH,))
    index = SurvivingIndex(house.moments, stored(house))
    assert not index.search("rocket", None, empty, 10).degraded
    assert FindLiteral(house.moments, stored(house))("rocket", empty) == ((), False)
    assert list(index.documents(empty, 10)) == []


def test_who_finds_something_is_not_asked_whether_the_index_is_lost(house: House) -> None:
    video, index = house.analysed(), CountedIndex()
    index.replace_video(MINE, video.video_id, house.gather(video))
    survivor = SurvivingIndex(index, stored(house))
    assert survivor.search("rocket", None, seen(video.video_id), 10).words
    assert FindLiteral(index, stored(house))("rocket", seen(video.video_id))[0]
    assert index.listed == 0
    assert not survivor.search("submarine", None, seen(video.video_id), 10).words
    assert index.listed == 1


def test_later_pages_of_a_lost_index_are_read_from_what_is_stored(house: House) -> None:
    for _ in range(2):
        house.analysed()
    asked: dict[str, Any] = {"group": False, "page_limit": 1, "threshold": Threshold.NONE}
    first = search(house, "rocket", MemoryMomentIndex(), **asked)
    second = search(house, "rocket", MemoryMomentIndex(), page_token=first.next_page_token, **asked)
    assert [m.rank for m in (*first.moments, *second.moments)] == [1, 2]
    assert second.degraded
