"""Search without its store: words of the newest videos, marked as degraded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from cinedex.adapters.unavailable_segment_index import UnavailableSegmentIndex
from cinedex.kernel.errors import NotFound, Unavailable
from cinedex.kernel.span import span
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter
from cinedex.search.domain.query.english.query_parser import parse_english_query
from cinedex.search.domain.ranking.confidence import Threshold
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.search.usecases.querying.check_moments import CheckMoments
from cinedex.search.usecases.querying.hybrid_search import HybridSearch
from cinedex.search.usecases.querying.page_moments import PageMoments
from cinedex.search.usecases.querying.scope_videos import ScopeVideos
from cinedex.search.usecases.querying.search_moments import SearchMoments
from cinedex.search.usecases.querying.search_request import SearchRequest, SearchResults, Strategy, TextField
from cinedex.search.usecases.retrieval import scan_segments
from cinedex.search.usecases.retrieval.fallback_index import FallbackIndex, is_lost
from cinedex.search.usecases.retrieval.literal_search import LiteralSearch
from cinedex.search.usecases.retrieval.rerank_moments import RerankMoments
from cinedex.search.usecases.retrieval.retrieve_segments import Retrieved, RetrieveSegments
from cinedex.search.usecases.retrieval.scan_segments import ScanSegments
from cinedex.timeline.modality import Modality

from tests.support.memory.app_fixture import MINE, InMemoryApp
from tests.support.memory.segment_index import MemorySegmentIndex
from tests.support.ready_videos import WordVectors
from tests.support.segments import segment_filter


def stored(memory_app: InMemoryApp, **limits: float) -> ScanSegments:
    return ScanSegments(memory_app.videos, memory_app.gather, **limits)


def surviving(memory_app: InMemoryApp, **limits: float) -> FallbackIndex:
    return FallbackIndex(UnavailableSegmentIndex(), stored(memory_app, **limits))


class CountedIndex(MemorySegmentIndex):
    """Counts the questions for documents."""

    listed = 0

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        self.listed += 1
        return super().documents(within, limit)


def search(
    memory_app: InMemoryApp, query: str, store: SegmentIndex = UnavailableSegmentIndex(), **options: Any
) -> SearchResults:
    index, vectors = FallbackIndex(store, stored(memory_app)), WordVectors()
    literal = LiteralSearch(store, stored(memory_app))
    check_moments = CheckMoments(ScopeVideos(memory_app.videos))
    paging = PageMoments(index, memory_app.lists, check_moments, memory_app.clock)
    hybrid_search = HybridSearch(RetrieveSegments(index, vectors), RerankMoments(vectors))
    use_case = SearchMoments(parse_english_query, index, literal, hybrid_search, check_moments, paging)
    return use_case(SearchRequest(account_id=MINE, query=query, **options))


def matches(memory_app: InMemoryApp, within: SegmentFilter, **limits: float) -> list[str]:
    hits = surviving(memory_app, **limits).search("rocket", None, within, 10)
    assert hits.degraded
    return [hit.document.video_id for hit in hits.words]


def test_a_search_without_a_store_reads_stored_results_and_is_degraded(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    results = search(memory_app, "rocket")
    assert results.degraded
    assert [m.video_id for m in results.moments] == [video.video_id]
    assert results.moments[0].texts[Modality.SPEECH] == "The rocket is ready."
    assert search(memory_app, "submarine").moments == ()


def test_the_filter_holds_as_ever(memory_app: InMemoryApp) -> None:
    one, other = memory_app.analysed(), memory_app.analysed()
    assert matches(memory_app, segment_filter(one.video_id)) == [one.video_id]
    assert matches(memory_app, segment_filter(one.video_id, account_id="theirs")) == []
    assert matches(memory_app, segment_filter(other.video_id, within=span(30, 60))) == []
    assert matches(memory_app, segment_filter(other.video_id, modalities=(Modality.OBJECTS,))) == []


def test_only_the_newest_videos_are_read(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_segments, "VIDEOS_MAX", 2)
    ids = [memory_app.analysed().video_id for _ in range(4)]
    assert sorted(matches(memory_app, segment_filter(*ids))) == sorted(ids)[-2:]


def test_the_scan_of_a_large_library_stops_at_its_limits(memory_app: InMemoryApp) -> None:
    ids = [memory_app.analysed().video_id for _ in range(3)]
    assert matches(memory_app, segment_filter(*ids), seconds_max=-1.0) == []


def test_a_literal_search_without_a_store_reads_stored_results_in_order_and_is_degraded(
    memory_app: InMemoryApp,
) -> None:
    videos = sorted(memory_app.analysed().video_id for _ in range(3))
    results = search(memory_app, "OCKET is", strategy=Strategy.TEXT)
    assert results.degraded
    assert [(m.video_id, m.score, m.matched) for m in results.moments] == [
        (video_id, 1.0, (Modality.SPEECH,)) for video_id in videos
    ]
    assert results.moments[0].highlights == ("The r<em>ocket is</em> ready.",)
    assert search(memory_app, "OCKET is", strategy=Strategy.TEXT, fields=(TextField.CAPTIONS,)).moments == ()


def test_a_literal_search_answers_as_the_store_does_while_that_is_there(memory_app: InMemoryApp) -> None:
    memory_app.analysed()
    within = segment_filter(*(v.video_id for v in memory_app.videos.list(MINE)), modalities=(Modality.SPEECH,))
    healthy = LiteralSearch(memory_app.moments, stored(memory_app))("rocket", within)
    down = LiteralSearch(UnavailableSegmentIndex(), stored(memory_app))("rocket", within)
    assert [(s.sort_key, s.document.texts, s.matched) for s in healthy.scored] == [
        (s.sort_key, s.document.texts, s.matched) for s in down.scored
    ]
    assert (len(healthy.scored), healthy.degraded, down.degraded) == (1, False, True)


def test_a_literal_search_without_any_store_is_unavailable(memory_app: InMemoryApp) -> None:
    with pytest.raises(Unavailable):
        LiteralSearch(UnavailableSegmentIndex())("rocket", segment_filter("any"))


def test_later_pages_are_read_from_stored_results(memory_app: InMemoryApp) -> None:
    for _ in range(2):
        memory_app.analysed()
    options: dict[str, Any] = {"group": False, "page_limit": 1, "threshold": Threshold.NONE}
    first = search(memory_app, "rocket", **options)
    second = search(memory_app, "rocket", page_token=first.next_page_token, **options)
    assert [m.rank for m in (*first.moments, *second.moments)] == [1, 2]
    assert second.moments[0].texts[Modality.SPEECH] == "The rocket is ready."


def test_segments_are_listed_as_the_store_lists_them(memory_app: InMemoryApp) -> None:
    ids = [memory_app.analysed().video_id for _ in range(2)]
    for within in (
        segment_filter(*ids),
        segment_filter(*ids, modalities=(Modality.SPEECH,)),
        segment_filter(ids[0], within=span(30, 60)),
    ):
        listed = [d.document_id for d in surviving(memory_app).documents(within, 3)]
        assert listed == [d.document_id for d in memory_app.moments.documents(within, 3)]


@pytest.mark.parametrize("strategy", list(Strategy))
def test_a_search_over_a_lost_index_reads_stored_results_and_is_degraded(
    memory_app: InMemoryApp, strategy: Strategy
) -> None:
    video = memory_app.analysed()
    results = search(memory_app, "rocket", MemorySegmentIndex(), strategy=strategy)
    assert results.degraded
    assert [m.video_id for m in results.moments] == [video.video_id]
    nothing = search(memory_app, "submarine", MemorySegmentIndex(), strategy=strategy)
    assert (nothing.moments, nothing.degraded) == ((), True)


@pytest.mark.parametrize("strategy", list(Strategy))
def test_an_empty_result_of_an_intact_index_stays_empty(memory_app: InMemoryApp, strategy: Strategy) -> None:
    memory_app.analysed()
    nothing = search(memory_app, "submarine", memory_app.moments, strategy=strategy, threshold=Threshold.HIGH)
    assert (nothing.moments, nothing.degraded) == ((), False)


@pytest.mark.parametrize("strategy", list(Strategy))
def test_videos_without_any_text_are_not_taken_for_a_lost_index(memory_app: InMemoryApp, strategy: Strategy) -> None:
    memory_app.uploaded()
    nothing = search(memory_app, "rocket", MemorySegmentIndex(), strategy=strategy)
    assert (nothing.moments, nothing.degraded) == ((), False)


def test_an_empty_part_of_a_video_does_not_count_as_a_lost_index(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    empty = segment_filter(video.video_id, within=span(3000, 3600), modalities=(Modality.SPEECH,))
    index = FallbackIndex(memory_app.moments, stored(memory_app))
    assert not index.search("rocket", None, empty, 10).degraded
    assert LiteralSearch(memory_app.moments, stored(memory_app))("rocket", empty) == Retrieved()
    assert list(index.documents(empty, 10)) == []


def test_a_search_with_results_does_not_check_for_a_lost_index(memory_app: InMemoryApp) -> None:
    video, index = memory_app.analysed(), CountedIndex()
    index.replace_video(MINE, video.video_id, memory_app.gather(video))
    survivor = FallbackIndex(index, stored(memory_app))
    assert survivor.search("rocket", None, segment_filter(video.video_id), 10).words
    assert LiteralSearch(index, stored(memory_app))("rocket", segment_filter(video.video_id)).scored
    assert index.listed == 0
    assert not survivor.search("submarine", None, segment_filter(video.video_id), 10).words
    assert index.listed == 1


def test_later_pages_of_a_lost_index_are_read_from_stored_results(memory_app: InMemoryApp) -> None:
    for _ in range(2):
        memory_app.analysed()
    options: dict[str, Any] = {"group": False, "page_limit": 1, "threshold": Threshold.NONE}
    first = search(memory_app, "rocket", MemorySegmentIndex(), **options)
    second = search(memory_app, "rocket", MemorySegmentIndex(), page_token=first.next_page_token, **options)
    assert [m.rank for m in (*first.moments, *second.moments)] == [1, 2]
    assert second.degraded


def test_a_failed_search_store_is_logged_with_its_cause(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    memory_app.analysed()
    search(memory_app, "rocket")
    failures = [r for r in caplog.records if r.message == "the search store failed, search scans the stored results"]
    assert vars(failures[0])["error"] == "Unavailable"
    assert vars(failures[0])["reason"] == "This deployment has no search store."


def test_a_video_that_is_deleted_during_a_scan_is_left_out(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted(memory_app.analysed().video_id for _ in range(3))
    gather = memory_app.gather

    def assemble(video: Video) -> list[SegmentDocument]:
        if video.video_id == ids[1]:
            raise NotFound("No such video.")
        return gather(video)

    scan = ScanSegments(memory_app.videos, cast(AssembleDocuments, assemble))
    assert list(dict.fromkeys(d.video_id for d in scan(segment_filter(*ids)))) == [ids[2], ids[0]]


def test_stored_hits_are_ordered_by_their_words_and_limited(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    found = surviving(memory_app).search("rocket cape canaveral", None, segment_filter(video.video_id), 10).words
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert surviving(memory_app).search("rocket cape", None, segment_filter(video.video_id), 1).words == found[:1]


def test_a_lost_index_is_recognised_by_one_request_for_one_document(memory_app: InMemoryApp) -> None:
    limits: list[int] = []

    class LimitedIndex(MemorySegmentIndex):
        def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
            limits.append(limit)
            return super().documents(within, limit)

    video = memory_app.analysed()
    assert is_lost(LimitedIndex(), stored(memory_app), segment_filter(video.video_id))
    assert limits == [1]
