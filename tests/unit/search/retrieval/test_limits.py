"""How many segments, sentences and videos a search reads at most."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from cinedex.kernel.span import span
from cinedex.library.domain.feature import Feature
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter, SignalHits
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.query.search_scope import SearchFilter, SearchScope
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import Signal
from cinedex.search.domain.results.moment import RankedMoment
from cinedex.search.domain.results.search_snapshot import SearchSnapshot
from cinedex.search.ports.text_embedder import TextVectors
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments, _overlapping
from cinedex.search.usecases.querying.check_moments import CheckedMoments, CheckMoments
from cinedex.search.usecases.querying.page_moments import PageMoments, SnapshotToken
from cinedex.search.usecases.querying.scope_videos import ScopeVideos
from cinedex.search.usecases.retrieval.literal_search import LiteralSearch
from cinedex.search.usecases.retrieval.rerank_moments import RerankMoments
from cinedex.search.usecases.retrieval.retrieve_segments import Retrieved, RetrieveSegments
from cinedex.search.usecases.retrieval.scan_segments import ScanSegments
from cinedex.timeline.modality import Modality

from tests.support.memory.scenario import FakeClock
from tests.support.memory.search_snapshots import MemorySearchSnapshots
from tests.support.memory.segment_index import MemorySegmentIndex
from tests.support.ready_videos import WordVectors, library_of, video
from tests.support.segments import segment, segment_filter


class RecordedIndex(MemorySegmentIndex):
    """Records the limits with which it is called."""

    def __init__(self) -> None:
        super().__init__()
        self.limits: list[int] = []

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        self.limits.append(limit)
        return super().search(words, vector, within, limit)

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        self.limits.append(limit)
        return super().search_literal(text, within, limit)

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        self.limits.append(limit)
        return super().documents(within, limit)


@dataclass
class RecordedVectors:
    """Records the texts of each call."""

    texts: list[list[str]] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> TextVectors:
        self.texts.append(list(texts))
        return WordVectors().embed(texts)


SCOPE = SearchScope("mine")
ANALYSED = SearchScope("mine", any_of=(Feature.EMBEDDINGS,))


def test_each_signal_proposes_at_most_200_segments() -> None:
    index = RecordedIndex()
    RetrieveSegments(index, WordVectors())(Query(text="rocket"), SCOPE)
    assert index.limits == [200]


def test_a_literal_search_reads_at_most_5000_segments() -> None:
    index = RecordedIndex()
    LiteralSearch(index)("rocket", segment_filter("a"))
    assert index.limits == [5000]


def test_a_later_page_reads_at_most_5000_segments_of_a_video() -> None:
    index, snapshots = RecordedIndex(), MemorySearchSnapshots()
    ranked = RankedMoment(video_id="a", segment_index=0, span=span(0, 10), score=0.5, matched=())
    paging = PageMoments(index, snapshots, CheckMoments(ScopeVideos(library_of(video("a")))), FakeClock())
    documents, checked = [segment("a", 0, "x")], CheckedMoments(moments=[(1, ranked)], rest=[(2, ranked)])
    first = paging.first("mine", "hash", SearchSnapshot(moments=(ranked, ranked)), documents, checked)
    assert first.next_page_token is not None
    paging.later("mine", SnapshotToken.unpack(first.next_page_token, "hash"), ANALYSED, 1)
    assert index.limits == [5000]


def test_reranking_compares_six_sentences_of_each_of_the_first_twenty() -> None:
    vectors = RecordedVectors()
    text = " ".join(f"Sentence number {n}." for n in range(8))
    scored = [ScoredSegment(document=segment("a", n, text), score=0.9 - n / 100, matched=()) for n in range(22)]
    assert len(RerankMoments(vectors)(Query(text="rocket"), scored, Fusion.CALIBRATED)) == 22
    assert [len(texts) for texts in vectors.texts] == [1 + 20 * 6]


def test_a_sentence_that_is_farther_than_its_text_changes_nothing() -> None:
    scored = ScoredSegment(
        document=segment("a", 0, "A rocket starts. A cat sleeps."),
        score=0.1,
        matched=(Modality.SPEECH,),
        cosines={Modality.SPEECH: 0.99},
        cosine=0.99,
    )
    (reranked,) = RerankMoments(WordVectors())(Query(text="rocket starts"), [scored], Fusion.CALIBRATED)
    assert (reranked.cosine, reranked.cosines) == (pytest.approx(1.0), {Modality.SPEECH: pytest.approx(1.0)})
    (farther,) = RerankMoments(WordVectors())(Query(text="a dog"), [scored], Fusion.CALIBRATED)
    assert (farther.cosine, farther.cosines) == (0.99, {Modality.SPEECH: 0.99})


class CountedVideos:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> list[Any]:
        self.asked += video_ids
        return [video(video_id) for video_id in video_ids]


def scan(videos: CountedVideos, monkeypatch: pytest.MonkeyPatch, seconds_each: float, **limits: float) -> list[str]:
    """The ids of the videos that are read, at `seconds_each` for each."""
    now, read = [0.0], list[str]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def assemble(one: Any) -> list[SegmentDocument]:
        read.append(one.video_id)
        now[0] += seconds_each
        return [segment(one.video_id, 0, "rocket")]

    ids = [f"{n:03d}" for n in range(30)]
    list(ScanSegments(cast(VideoRepository, videos), cast(AssembleDocuments, assemble), **limits)(segment_filter(*ids)))
    return read


def test_the_25_newest_videos_are_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    videos = CountedVideos()
    assert scan(videos, monkeypatch, 0.0) == [f"{n:03d}" for n in range(29, 4, -1)] == videos.asked


@pytest.mark.parametrize(("seconds_each", "count"), [(1.0, 5), (2.0, 3), (3.9, 2), (4.1, 1)])
def test_a_scan_begins_no_video_after_four_seconds(
    monkeypatch: pytest.MonkeyPatch, seconds_each: float, count: int
) -> None:
    assert len(scan(CountedVideos(), monkeypatch, seconds_each)) == count


def test_an_empty_scope_or_a_query_without_terms_reads_nothing() -> None:
    index, vectors = RecordedIndex(), RecordedVectors()
    retrieve = RetrieveSegments(index, vectors)
    assert retrieve(Query(text="rocket"), SearchScope("mine", SearchFilter(video_ids=()))) == Retrieved()
    assert retrieve(Query(text="?!"), SCOPE) == Retrieved()
    assert (index.limits, vectors.texts) == ([], [])


def test_a_search_by_words_alone_embeds_nothing_and_lacks_nothing() -> None:
    vectors = RecordedVectors()
    retrieved = RetrieveSegments(RecordedIndex(), vectors)(Query(text="x1"), SCOPE, signals=(Signal.WORDS,))
    assert (retrieved.degraded, retrieved.rewrite, vectors.texts) == (False, None, [])


@pytest.mark.parametrize(
    ("part", "segments"),
    [
        ((0, 0), [0]),
        ((9.999, 10), [0]),
        ((10, 10), [1]),
        ((10, 20), [1]),
        ((9.999, 10.001), [0, 1]),
        ((5, 25), [0, 1, 2]),
        ((25, 99), [2]),
        ((99, 99), [2]),
    ],
)
def test_a_text_belongs_to_the_segments_that_it_overlaps(part: tuple[float, float], segments: list[int]) -> None:
    assert list(range(3))[_overlapping([0.0, 10.0, 20.0], span(*part))] == segments
