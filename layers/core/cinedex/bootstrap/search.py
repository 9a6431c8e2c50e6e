"""Search, reindexing, and the selection of evidence for answers."""

from __future__ import annotations

from threading import BoundedSemaphore

from cinedex.answers.usecases.agent.scoped_library import LibraryReader
from cinedex.answers.usecases.extract_quotes import ExtractQuotes
from cinedex.answers.usecases.extractive.score_quotes import ScoreQuotes
from cinedex.answers.usecases.extractive.select_evidence import SelectEvidence
from cinedex.bootstrap import providers
from cinedex.bootstrap.once import once
from cinedex.bootstrap.video_events import assemble_documents, index_video
from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.query.english.query_parser import parse_english_query
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.indexing.reindex_library import DropIndex, ReadIndexState, ReindexLibrary, SwapIndex
from cinedex.search.usecases.indexing.update_index import RefreshFields, RunIndexUpdates
from cinedex.search.usecases.indexing.warm_up_embedder import WarmUpEmbedder
from cinedex.search.usecases.querying.check_moments import CheckMoments
from cinedex.search.usecases.querying.hybrid_search import HybridSearch
from cinedex.search.usecases.querying.page_moments import PageMoments
from cinedex.search.usecases.querying.rewrite_query import CONCURRENT_MAX, RewriteQuery
from cinedex.search.usecases.querying.scope_videos import ScopeVideos
from cinedex.search.usecases.querying.search_moments import SearchMoments
from cinedex.search.usecases.retrieval.fallback_index import FallbackIndex
from cinedex.search.usecases.retrieval.literal_search import LiteralSearch
from cinedex.search.usecases.retrieval.rerank_moments import RerankMoments
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments
from cinedex.search.usecases.retrieval.scan_segments import ScanSegments
from cinedex.settings import ChatSettings, RewriteSettings, SearchSettings


def scan_segments() -> ScanSegments | None:
    """None for a deployment without a search store: its searches are refused, not degraded."""
    if SearchSettings().store == "none":
        return None
    return ScanSegments(providers.videos(), assemble_documents())


def fallback_index() -> SegmentIndex:
    stored = scan_segments()
    return providers.segment_index() if stored is None else FallbackIndex(providers.segment_index(), stored)


def warm_up_embedder() -> WarmUpEmbedder:
    return WarmUpEmbedder(providers.text_embedder())


def retrieve_segments() -> RetrieveSegments:
    return RetrieveSegments(fallback_index(), providers.text_embedder(), SearchSettings().fusion)


@once
def rewrite_slots() -> BoundedSemaphore:
    return BoundedSemaphore(CONCURRENT_MAX)


def rewrite_query() -> RewriteQuery | None:
    """None when the deployment does not rewrite queries."""
    settings = RewriteSettings()
    if settings.mode == "off":
        return None
    model = providers.rewrite_language_model()
    if model is None:
        raise Unavailable("SEARCH_REWRITE needs a language model, but LANGUAGE_MODEL is not set.")
    return RewriteQuery(
        model=model,
        budget=providers.token_budget(),
        clock=providers.clock,
        tokens_max=ChatSettings().tokens_max,
        seconds_max=settings.timeout_s,
        is_default=settings.mode == "always",
        slots=rewrite_slots(),
    )


def search_moments() -> SearchMoments:
    return SearchMoments(
        parse_query=parse_english_query,
        index=fallback_index(),
        literal_search=LiteralSearch(providers.segment_index(), scan_segments()),
        hybrid_search=HybridSearch(retrieve_segments(), RerankMoments(providers.text_embedder()), rewrite_query()),
        check_moments=check_moments(),
        page_moments=PageMoments(fallback_index(), providers.search_snapshots(), check_moments(), providers.clock),
    )


def check_moments() -> CheckMoments:
    return CheckMoments(ScopeVideos(providers.videos()))


def library_reader() -> LibraryReader:
    return LibraryReader(fallback_index(), ScopeVideos(providers.videos()))


def run_index_updates() -> RunIndexUpdates:
    return RunIndexUpdates(providers.index_updates(), providers.videos(), RefreshFields(index_video()), providers.clock)


def select_evidence() -> SelectEvidence:
    extract_quotes = ExtractQuotes(providers.timeline(), providers.result_store())
    score_quotes = ScoreQuotes(providers.text_embedder())
    return SelectEvidence(fallback_index(), retrieve_segments(), extract_quotes, score_quotes)


def reindex_library(segments_per_s: float | None = None) -> ReindexLibrary:
    return ReindexLibrary(
        versions=providers.index_versions(),
        reindexings=providers.reindexing(),
        all_videos=providers.all_videos(),
        videos=providers.videos(),
        runs=providers.runs(),
        results=providers.result_store(),
        assemble_documents=assemble_documents(),
        clock=providers.clock,
        segments_per_s=segments_per_s or SearchSettings().reindex_segments_per_s,
    )


def read_index_state() -> ReadIndexState:
    return ReadIndexState(providers.index_versions(), providers.reindexing())


def swap_index() -> SwapIndex:
    return SwapIndex(providers.index_versions(), providers.reindexing())


def drop_index() -> DropIndex:
    return DropIndex(providers.index_versions(), providers.reindexing())
