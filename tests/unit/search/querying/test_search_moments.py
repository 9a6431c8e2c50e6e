"""The search use case over a real index in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cinedex.adapters.unavailable_segment_index import UnavailableSegmentIndex
from cinedex.kernel.errors import InvalidInput, Unavailable
from cinedex.kernel.number_range import NumberRange
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import StoredMedia, Video
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentDocument, Vector
from cinedex.search.domain.query.english.query_parser import parse_english_query
from cinedex.search.domain.query.search_scope import SearchFilter
from cinedex.search.domain.ranking.confidence import Threshold
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import Signal
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.querying.check_moments import CheckMoments
from cinedex.search.usecases.querying.hybrid_search import HybridSearch
from cinedex.search.usecases.querying.page_moments import PageMoments
from cinedex.search.usecases.querying.rewrite_query import RewriteQuery
from cinedex.search.usecases.querying.scope_videos import ScopeVideos
from cinedex.search.usecases.querying.search_moments import SearchMoments
from cinedex.search.usecases.querying.search_request import SearchRequest, SearchResults, Strategy, TextField
from cinedex.search.usecases.retrieval.literal_search import LiteralSearch
from cinedex.search.usecases.retrieval.rerank_moments import RerankMoments
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments
from cinedex.search.usecases.stage_timer import Stage
from cinedex.timeline.modality import Modality

from tests.support.memory.scenario import FakeClock
from tests.support.memory.search_snapshots import MemorySearchSnapshots
from tests.support.memory.segment_index import MemorySegmentIndex
from tests.support.ready_videos import WordVectors, library_of, video
from tests.support.segments import segment

ROCKET = "This Falcon 9 rocket is waiting at Cape Canaveral. It will carry a climate satellite."


class Library:
    """A search over three videos of one account and one of another."""

    def __init__(self) -> None:
        self.vectors = WordVectors()
        self.index, self.lists, self.clock = MemorySegmentIndex(), MemorySearchSnapshots(), FakeClock()
        self.videos = library_of(
            video("a", name="demo.mp4", recorded_at=datetime(2026, 5, 1, 12, tzinfo=UTC), collection_id="c1"),
            video("b", name="people.mp4", duration_s=200),
            video("c", name="unfinished.mp4", ready=(Feature.TRANSCRIPT,)),
            video("x", account_id="theirs"),
        )
        self._store("a", segment("a", 0, ROCKET), segment("a", 1, "Chelsea is a cat.", objects="cat"))
        people = [segment("b", i, caption=f"A person walks past door {i}.") for i in range(15)]
        self._store("b", *people)
        self._store("c", segment("c", 0, "A rocket nobody may find yet."))
        self._store("x", segment("x", 0, ROCKET, account_id="theirs"))

    def _store(self, video_id: str, *documents: SegmentDocument) -> None:
        account_id = documents[0].account_id
        fields = IndexedVideo.of(self.videos.get(account_id, video_id))
        self.index.replace_video(account_id, video_id, [self._with_vectors(d) for d in documents], fields)

    def _store_hits(self, video_id: str, count: int) -> None:
        self.videos.add(video(video_id, duration_s=200))
        self._store(video_id, *(segment(video_id, i, caption=f"A person waits in hall {i}.") for i in range(count)))

    def _with_vectors(self, document: SegmentDocument) -> SegmentDocument:
        values = self.vectors.embed(list(document.texts.values())).vectors
        vectors = tuple(Vector(modality=m, values=v) for m, v in zip(document.texts, values, strict=True))
        return document.model_copy(update={"vectors": vectors, "model": self.vectors.model})

    def use_case(self, index: SegmentIndex | None = None, rewrite_query: RewriteQuery | None = None) -> SearchMoments:
        store = index or self.index
        retrieve_segments, rerank_moments = RetrieveSegments(store, self.vectors), RerankMoments(self.vectors)
        hybrid_search = HybridSearch(retrieve_segments, rerank_moments, rewrite_query)
        check_moments = CheckMoments(ScopeVideos(self.videos))
        paging = PageMoments(store, self.lists, check_moments, self.clock)
        return SearchMoments(parse_english_query, store, LiteralSearch(store), hybrid_search, check_moments, paging)

    def search(self, query: str, *, account_id: str = "mine", **options: Any) -> SearchResults:
        return self.use_case()(SearchRequest(account_id=account_id, query=query, **options))

    def matches(self, query: str, **options: Any) -> list[tuple[str, int]]:
        return [(m.video_id, m.segment_index) for m in self.search(query, **options).moments]


def probe_of(duration_s: float) -> Probe:
    return Probe(duration_s=duration_s, format="mp4", width=640, height=360, video_codec="h264")


@pytest.fixture
def library() -> Library:
    return Library()


def test_the_right_moment_comes_first_with_its_evidence(library: Library) -> None:
    [moment] = library.search("rocket at Cape Canaveral").moments
    assert (moment.video_id, moment.rank) == ("a", 1)
    assert moment.matched == (Modality.SPEECH,)
    assert moment.highlights == ("This Falcon 9 <em>rocket</em> is waiting at <em>Cape</em> <em>Canaveral</em>.",)
    assert moment.texts[Modality.SPEECH] == ROCKET
    assert 0.5 < moment.score <= 1


def test_noise_is_not_returned(library: Library) -> None:
    results = library.search("submarine")
    assert results.moments == ()
    assert results.next_page_token is None
    assert (results.video_count, results.total_duration_s) == (2, 260.0)


def test_threshold_none_returns_even_noise(library: Library) -> None:
    assert library.search("submarine", threshold=Threshold.NONE).moments != ()


def test_one_noun_is_enough_to_find_an_object(library: Library) -> None:
    assert library.matches("cat") == [("a", 1)]
    assert library.matches("kitten") == [("a", 1)]


def test_another_accounts_videos_are_not_in_the_pool(library: Library) -> None:
    assert library.matches("rocket", scope=SearchFilter(video_ids=("x",))) == []
    assert library.matches("rocket", account_id="theirs") == [("x", 0)]


def test_a_video_that_lacks_the_needed_feature_is_not_in_the_pool(library: Library) -> None:
    assert library.matches("nobody may find") == []
    assert library.matches("nobody may find", strategy=Strategy.TEXT) == [("c", 0)]
    assert library.matches("nobody may find", strategy=Strategy.TEXT, fields=(TextField.CAPTIONS,)) == []


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (SearchFilter(video_ids=("b",)), []),
        (SearchFilter(video_ids=("a", "a", "unknown")), [("a", 0)]),
        (SearchFilter(video_ids=()), []),
        (SearchFilter(collection_ids=("c1",)), [("a", 0)]),
        (SearchFilter(collection_ids=("c2",)), []),
        (SearchFilter(duration_s=NumberRange(lte=60)), [("a", 0)]),
        (SearchFilter(duration_s=NumberRange(gte=61)), []),
        (SearchFilter(width=NumberRange(gte=640, lte=640)), [("a", 0)]),
        (SearchFilter(height=NumberRange(gte=1080)), []),
        (SearchFilter(timestamp_from=10), []),
        (SearchFilter(timestamp_to=5), [("a", 0)]),
        (SearchFilter(datetime_from=datetime(2026, 5, 1, 12, 0, 5, tzinfo=UTC)), [("a", 0)]),
        (SearchFilter(datetime_from=datetime(2026, 5, 1, 12, 0, 15, tzinfo=UTC)), []),
        (SearchFilter(datetime_to=datetime(2026, 4, 1, tzinfo=UTC)), []),
    ],
)
def test_filters_come_before_ranking(library: Library, scope: SearchFilter, expected: list[tuple[str, int]]) -> None:
    assert library.matches("rocket", scope=scope) == expected


def test_a_time_range_that_ends_before_it_starts_is_refused(library: Library) -> None:
    with pytest.raises(InvalidInput, match="timestamp_to"):
        library.search("rocket", scope=SearchFilter(timestamp_from=9, timestamp_to=3))
    later, earlier = datetime(2026, 5, 2, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="datetime_to"):
        library.search("rocket", scope=SearchFilter(datetime_from=later, datetime_to=earlier))


def test_an_empty_query_is_refused(library: Library) -> None:
    with pytest.raises(InvalidInput) as refusal:
        library.search("  ")
    assert refusal.value.field == "query"


def test_pages_follow_each_other_without_gap_or_overlap(library: Library) -> None:
    whole = library.search("person walking", group=False, page_limit=50).moments
    assert len(whole) == 15
    paged, token = [], None
    while not paged or token:
        page = library.search("person walking", group=False, page_limit=4, page_token=token)
        paged.extend(page.moments)
        token = page.next_page_token
    assert tuple(paged) == whole
    assert [m.rank for m in paged] == list(range(1, 16))


def test_a_list_stays_as_it_was_while_segments_come_and_go(library: Library) -> None:
    whole = library.search("person walking", group=False, page_limit=50).moments
    first = library.search("person walking", group=False, page_limit=4)
    remaining = [d for d in library.index._videos["mine", "b"] if d.segment_index not in (0, 6)]
    library.index.replace_video("mine", "b", [*remaining, segment("b", 99, caption="A person walking, walking.")])
    later = library.search("person walking", group=False, page_limit=4, page_token=first.next_page_token)
    gone = [m for m in whole[4:8] if m.segment_index == 6]
    assert [(m.rank, m.segment_index) for m in later.moments] == [
        (m.rank, m.segment_index) for m in whole[4:8] if m not in gone
    ]
    assert len(gone) == 1


def test_a_video_that_is_deleted_leaves_later_pages_and_shifts_no_rank(library: Library) -> None:
    first = library.search("rocket", threshold=Threshold.NONE, group=False, page_limit=1)
    assert first.moments[0].video_id == "a"
    library.videos.delete("mine", "b")
    later = library.search(
        "rocket", threshold=Threshold.NONE, group=False, page_limit=50, page_token=first.next_page_token
    )
    assert {m.video_id for m in later.moments} == {"a"}
    assert later.next_page_token is None


@pytest.mark.parametrize(("more", "pages"), [(0, 1), (-1, 2), (1, 1)])
def test_a_list_that_just_fits_on_a_page_has_no_further_page(library: Library, more: int, pages: int) -> None:
    count = len(library.search("person walking", group=False, page_limit=50).moments)
    page, read = library.search("person walking", group=False, page_limit=count + more), 1
    while page.next_page_token is not None:
        page = library.search("person walking", group=False, page_limit=count + more, page_token=page.next_page_token)
        read += 1
    assert read == pages
    assert page.moments


def test_an_expired_page_token_is_rejected(library: Library) -> None:
    token = library.search("person walking", page_limit=1).next_page_token
    library.clock.advance(minutes=14)
    assert library.matches("person walking", page_limit=1, page_token=token)
    library.clock.advance(minutes=2)
    with pytest.raises(InvalidInput, match="expired"):
        library.matches("person walking", page_limit=1, page_token=token)


def test_neighbours_are_one_moment_on_every_page(library: Library) -> None:
    whole = library.search("person walking", page_limit=50).moments
    assert [m.span.length_s for m in whole] == [60, 60, 30]
    first = library.search("person walking", page_limit=1)
    rest = library.search("person walking", page_limit=5, page_token=first.next_page_token)
    assert (*first.moments, *rest.moments) == whole


def test_a_file_that_was_uploaded_twice_is_shown_once_unless_both_are_named(library: Library) -> None:
    sames = StoredMedia(bucket="media", key="k", etag="same", size_bytes=5)
    for video_id in ("d", "e"):
        library.videos.add(video(video_id).changed(media=sames))
        library._store(video_id, segment(video_id, 0, "A zebra crosses."))
    [moment] = library.search("zebra").moments
    assert (moment.video_id, moment.similar_count) == ("d", 1)
    assert [(p.video_id, p.span.end_s) for p in moment.similar] == [("e", 10.0)]
    assert library.matches("zebra", scope=SearchFilter(video_ids=("d", "e"))) == [("d", 0), ("e", 0)]
    assert library.matches("zebra", group=False) == [("d", 0), ("e", 0)]


def test_a_token_is_bound_to_its_query_and_filters(library: Library) -> None:
    token = library.search("person walking", group=False, page_limit=4).next_page_token
    assert library.matches("person walking", group=False, page_limit=2, page_token=token)
    for other in ({"query": "person"}, {"scope": SearchFilter(video_ids=("b",))}, {"threshold": Threshold.LOW}):
        with pytest.raises(InvalidInput, match="another query"):
            library.search(**{"query": "person walking", "page_token": token, **other})


def test_literal_text_scores_one_in_order_of_video_and_time(library: Library) -> None:
    results = library.search("OCKET", strategy=Strategy.TEXT)
    assert [(m.video_id, m.score, m.rank) for m in results.moments] == [("a", 1.0, 1), ("c", 1.0, 2)]
    assert results.moments[0].highlights[0].count("<em>ocket</em>") == 1
    assert results.moments[0].matched_by == (Signal.SPEECH,)


def test_a_report_quotes_the_moments_it_stands_on(library: Library) -> None:
    report = library.search("Cape Canaveral", include_report=True).report
    assert report == (
        "1 moment in 1 video for “Cape Canaveral”:\n"
        "1. “This Falcon 9 rocket is waiting at Cape Canaveral.” — demo.mp4, 0:00–0:10 (speech)"
    )
    assert library.search("submarine", include_report=True).report == (
        "No confident match for “submarine” in 2 videos."
    )
    assert library.search("Cape Canaveral").report is None


def test_keywords_are_searched_while_the_text_model_is_down(library: Library) -> None:
    library.vectors.down = True
    results = library.search("rocket", rerank=True)
    assert results.degraded
    assert [m.video_id for m in results.moments] == ["a"]


def test_a_search_without_an_index_is_unavailable(library: Library) -> None:
    with pytest.raises(Unavailable):
        library.use_case(UnavailableSegmentIndex())(SearchRequest(account_id="mine", query="rocket"))


def test_reranking_looks_at_sentences_and_never_makes_a_match_less_sure(library: Library) -> None:
    [plain] = library.search("climate satellite").moments
    [reranked] = library.search("climate satellite", rerank=True).moments
    assert reranked.score > plain.score


def test_time_words_restrict_the_search_and_are_reported(library: Library) -> None:
    assert library.matches("rocket in the first 5 seconds") == [("a", 0)]
    assert library.matches("rocket in the last 10 seconds") == []
    results = library.search("cat after 0:10")
    assert [m.segment_index for m in results.moments] == [1]
    assert results.parsed_query is not None
    assert (results.parsed_query.text, results.parsed_query.ranges[0].words) == ("cat", "after 0:10")


def test_time_words_and_a_time_filter_must_both_hold(library: Library) -> None:
    results = library.matches("person walking after 1:00", scope=SearchFilter(timestamp_to=80), group=False)
    assert results == [("b", 6), ("b", 7)]


def test_a_negated_word_keeps_its_moments_out(library: Library) -> None:
    assert library.matches("cat") == [("a", 1)]
    assert library.matches("cat -chelsea") == []
    assert library.matches("walking without people") == []


def test_a_query_may_be_taken_as_it_stands(library: Library) -> None:
    assert library.search("rocket -waiting").moments == ()
    results = library.search("rocket -waiting", parse_query=False)
    assert [m.video_id for m in results.moments] == ["a"]
    assert results.parsed_query is None
    assert library.matches("-rocket", strategy=Strategy.TEXT) == []


def test_a_single_signal_can_be_selected(library: Library) -> None:
    words = library.search("kitten", signals=(Signal.WORDS,)).moments
    assert [(m.video_id, m.segment_index) for m in words] == [("a", 1)]
    assert library.matches("kitten", signals=(Signal.VECTORS,)) == []


def test_the_words_of_one_modality_can_be_selected(library: Library) -> None:
    assert library.matches("cat", signals=(Signal.OBJECTS,)) == [("a", 1)]
    assert library.matches("rocket", signals=(Signal.CAPTION,)) == []
    [hit] = library.search("rocket", signals=(Signal.SPEECH,)).moments
    assert (hit.segment_index, hit.score, hit.matched) == (0, 1.0, (Modality.SPEECH,))
    assert hit.texts[Modality.SPEECH] == ROCKET


def test_a_single_signal_is_not_crowded_out_by_others(library: Library) -> None:
    """More segments show a zebra than there are candidates; one names it in speech."""
    library.videos.add(video("z", name="zoo.mp4"))
    shown = [segment("z", i, caption="A zebra and a zebra.") for i in range(250)]
    library._store("z", *shown, segment("z", 250, "This is a zebra in a long and winding sentence."))
    results = library.matches("zebra", signals=(Signal.SPEECH,), threshold=Threshold.NONE, group=False)
    assert results == [("z", 250)]


def test_a_single_signal_is_not_looked_at_more_closely(library: Library) -> None:
    for signals in [(Signal.WORDS,), (Signal.SPEECH, Signal.OBJECTS)]:
        plain = library.search("climate rocket", signals=signals).moments
        assert library.search("climate rocket", signals=signals, rerank=True).moments == plain


@pytest.mark.parametrize("fusion", Fusion)
@pytest.mark.parametrize("rerank", [False, True])
def test_every_fusion_returns_the_same_moments_with_the_same_confidence(
    library: Library, fusion: Fusion, rerank: bool
) -> None:
    options = {"group": False, "page_limit": 50, "rerank": rerank}
    expected = library.search("person walking past door 3", **options).moments
    moments = library.search("person walking past door 3", fusion=fusion, **options).moments
    assert {(m.segment_index, m.score) for m in moments} == {(m.segment_index, m.score) for m in expected}
    assert (moments[0].segment_index, [m.rank for m in moments]) == (3, list(range(1, len(moments) + 1)))


@pytest.mark.parametrize("fusion", Fusion)
def test_pages_keep_the_order_of_the_fusion(library: Library, fusion: Fusion) -> None:
    options: dict[str, Any] = {"fusion": fusion, "group": False}
    whole = library.search("person walking", page_limit=50, **options).moments
    first = library.search("person walking", page_limit=4, **options)
    rest = library.search("person walking", page_limit=50, page_token=first.next_page_token, **options)
    assert (*first.moments, *rest.moments) == whole
    assert {m.matched_by for m in rest.moments} == {(Signal.CAPTION, Signal.CAPTION_VECTORS)}


def test_a_cutoff_is_a_share_of_the_surest_moment_wherever_it_stands(library: Library) -> None:
    """The title of `t` holds all the words, and what is said there one: ranks prefer the one that is said in full."""
    library.videos.add(video("t"))
    library._store(
        "t",
        segment("t", 0, "A comet.", caption="A comet.", screen_text="COMET", objects="comet"),
        segment("t", 1, "The comet was seen from the observatory in Chile."),
    )
    query = "comet observatory Chile"
    surest = library.search(query, group=False).moments
    by_rank = library.search(query, group=False, fusion=Fusion.RRF).moments
    assert surest[0].segment_index == 1
    assert {m.segment_index for m in by_rank} == {m.segment_index for m in surest}


def test_a_search_reports_the_duration_of_each_stage(library: Library) -> None:
    plain = library.search("rocket").stage_ms
    assert list(plain) == [
        *(Stage.PARSE_QUERY, Stage.SCOPE, Stage.EMBED, Stage.STORE, Stage.FUSION, Stage.GROUP, Stage.PAGE, Stage.TOTAL)
    ]
    assert Stage.RERANK in library.search("rocket", rerank=True).stage_ms
    assert list(library.search("rocket", strategy=Strategy.TEXT).stage_ms) == [
        *(Stage.PARSE_QUERY, Stage.SCOPE, Stage.STORE, Stage.GROUP, Stage.PAGE, Stage.TOTAL)
    ]
    token = library.search("person walking", page_limit=1).next_page_token
    later = library.search("person walking", page_limit=1, page_token=token).stage_ms
    assert list(later) == [Stage.PARSE_QUERY, Stage.SCOPE, Stage.PAGE, Stage.TOTAL]


def test_stages_are_timed_by_the_clock_that_is_given(library: Library) -> None:
    ticks = iter(range(100))
    timed = replace(library.use_case(), now_s=lambda: float(next(ticks)))
    stage_ms = timed(SearchRequest(account_id="mine", query="rocket")).stage_ms
    pages = stage_ms.pop(Stage.PAGE)
    assert pages == 3000, "a stage that is gone through three times adds up"
    assert stage_ms.pop(Stage.TOTAL) == 19_000, "two looks at the clock in each of nine, and the last"
    assert set(stage_ms.values()) == {1000}


def test_a_literal_search_in_no_field_is_refused(library: Library) -> None:
    with pytest.raises(InvalidInput) as refusal:
        library.search("rocket", strategy=Strategy.TEXT, fields=())
    assert refusal.value.field == "fields"
    assert library.matches("rocket", fields=()) == [("a", 0)], "the semantic strategy does not look at them"


def test_a_word_in_every_text_still_counts(library: Library) -> None:
    results = library.matches("people jogging", scope=SearchFilter(video_ids=("b",)), page_limit=50, group=False)
    assert len(results) == 15


# Numbers of a result


def test_a_moment_has_at_most_three_highlights(library: Library) -> None:
    library._store("a", segment("a", 0, " ".join(f"Rocket number {n} starts." for n in range(5))))
    (moment, *_) = library.search("rocket").moments
    assert [h.startswith("<em>Rocket</em> number") for h in moment.highlights] == [True] * 3


def test_the_duration_of_the_searched_videos_is_rounded_to_the_thousandth(library: Library) -> None:
    library.videos.save(library.videos.get("mine", "a").changed(probe=probe_of(12.34567)))
    library.index.set_fields(IndexedVideo.of(library.videos.get("mine", "a")))
    results = library.search("rocket", scope=SearchFilter(video_ids=("a",)))
    assert (results.total_duration_s, results.video_count) == (12.346, 1)


def test_only_a_semantic_search_has_a_report_and_only_on_request(library: Library) -> None:
    reports = {
        (strategy, wanted): library.search("rocket", strategy=strategy, include_report=wanted).report is not None
        for strategy in Strategy
        for wanted in (False, True)
    }
    assert [key for key, has_report in reports.items() if has_report] == [(Strategy.SEMANTIC, True)]


def test_files_without_an_etag_are_not_the_same_file(library: Library) -> None:
    for video_id, etag, size in [("a", "", 5), ("d", "", 5)]:
        media = StoredMedia(bucket="media", key=video_id, etag=etag, size_bytes=size)
        one = video(video_id).changed(media=media)
        if video_id == "d":
            library.videos.add(one)
        else:
            library.videos.save(library.videos.get("mine", "a").changed(media=media))
        library._store(video_id, segment(video_id, 0, "A rocket."))
    assert {found for found, _ in library.matches("rocket")} == {"a", "d"}


def test_a_time_expression_leaves_out_videos_that_are_over_before(library: Library) -> None:
    assert {found for found, _ in library.matches("person after 1:30", threshold=Threshold.NONE)} <= {"b"}
    results = library.search("person after 1:30", threshold=Threshold.NONE)
    assert min(moment.span.end_s for moment in results.moments) > 90


def test_a_video_that_has_left_the_scope_is_not_shown_and_its_place_is_filled(library: Library) -> None:
    """The index still has it; the page is full nevertheless."""
    library.videos.delete("mine", "b")
    library._store_hits("late", 3)
    moments = library.search("person", page_limit=3, group=False).moments
    assert [(m.video_id, m.rank) for m in moments] == [("late", 1), ("late", 2), ("late", 3)]


def test_a_moved_video_is_not_shown_in_its_former_collection(library: Library) -> None:
    assert library.matches("rocket", scope=SearchFilter(collection_ids=("c1",))) == [("a", 0)]
    library.videos.save(library.videos.get("mine", "a").changed(collection_id="c2"))
    assert library.matches("rocket", scope=SearchFilter(collection_ids=("c1",))) == []


def test_a_video_that_is_analysed_again_is_not_shown(library: Library) -> None:
    video_of = library.videos.get("mine", "a")
    library.videos.save(video_of.with_feature(Feature.EMBEDDINGS, FeatureState(status=FeatureStatus.PROCESSING)))
    assert library.matches("rocket") == []


def test_a_duplicate_in_a_deleted_video_is_not_listed(library: Library) -> None:
    media = StoredMedia(bucket="media", key="k", etag="same", size_bytes=9)
    for video_id in ("d1", "d2"):
        library.videos.add(video(video_id).changed(media=media))
        library._store(video_id, segment(video_id, 0, "A submarine dives."))
    [moment] = library.search("submarine").moments
    assert moment.similar_count == 1
    library.videos.delete("mine", moment.similar[0].video_id)
    [moment] = library.search("submarine").moments
    assert (moment.similar, moment.similar_count) == ((), 0)


def test_a_search_reads_the_videos_of_its_page_only(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        library.videos.add(video(f"n{number:02}"))
        library._store(f"n{number:02}", segment(f"n{number:02}", 0, f"A balloon rises over lake {number}."))
    read: list[str] = []
    get_many = library.videos.get_many

    def counted(account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        read.extend(video_ids)
        return get_many(account_id, video_ids)

    def refused(*_: object) -> None:
        raise AssertionError("a search must not list the account")

    monkeypatch.setattr(library.videos, "get_many", counted)
    monkeypatch.setattr(library.videos, "list", refused)
    results = library.search("balloon", page_limit=5, group=False)
    assert (len(results.moments), len(read)) == (5, 5)
    assert results.video_count == 32
