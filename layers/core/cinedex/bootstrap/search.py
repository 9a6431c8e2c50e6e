"""Finding moments, and the indexes they are found in."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from cinedex.answers.usecases.extractive.extract_quotes import ExtractQuotes
from cinedex.answers.usecases.extractive.score_quotes import ScoreQuotes
from cinedex.answers.usecases.extractive.select_evidence import SelectEvidence
from cinedex.bootstrap import providers
from cinedex.bootstrap.video_events import assemble_documents
from cinedex.kernel.errors import Unavailable
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.indexing.reindex_library import DropIndex, ReadIndexState, ReindexLibrary, SwapIndex
from cinedex.search.usecases.indexing.warm_up_embedder import WarmUpEmbedder
from cinedex.search.usecases.querying.page_moments import PageMoments
from cinedex.search.usecases.querying.resolve_scope import ResolveScope
from cinedex.search.usecases.querying.rewrite_query import AT_ONCE_MAX, RewriteQuery
from cinedex.search.usecases.querying.search_moments import SearchMoments
from cinedex.search.usecases.retrieval.fallback_index import FallbackIndex
from cinedex.search.usecases.retrieval.hybrid_search import HybridSearch
from cinedex.search.usecases.retrieval.literal_search import LiteralSearch
from cinedex.search.usecases.retrieval.rerank_moments import RerankMoments
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments
from cinedex.search.usecases.retrieval.scan_segments import ScanSegments
from cinedex.settings import ChatSettings, RewriteSettings, SearchSettings


def stored_segments() -> ScanSegments | None:
    """Where there is a store, a search survives it; where there is none, it says so."""
    if SearchSettings().store == "none":
        return None
    return ScanSegments(providers.videos(), assemble_documents())


def fallback_index() -> SegmentIndex:
    stored = stored_segments()
    return providers.segment_index() if stored is None else FallbackIndex(providers.segment_index(), stored)


def warm_up_embedder() -> WarmUpEmbedder:
    return WarmUpEmbedder(providers.text_embedder())


def retrieve_segments() -> RetrieveSegments:
    return RetrieveSegments(fallback_index(), providers.text_embedder(), SearchSettings().fusion)


@cache
def rewrite_slots() -> BoundedSemaphore:
    return BoundedSemaphore(AT_ONCE_MAX)


def rewrite_query() -> RewriteQuery | None:
    """None where queries are taken as they are."""
    settings = RewriteSettings()
    if settings.mode == "off":
        return None
    model = providers.rewrite_language_model()
    if model is None:
        raise Unavailable("SEARCH_REWRITE needs a language model, and LANGUAGE_MODEL names none.")
    return RewriteQuery(
        model=model,
        budget=providers.token_budget(),
        clock=providers.clock,
        tokens_max=ChatSettings().tokens_max,
        seconds_max=settings.timeout_s,
        unasked=settings.mode == "always",
        places=rewrite_slots(),
    )


def search_moments() -> SearchMoments:
    return SearchMoments(
        resolve_scope=ResolveScope(providers.videos()),
        literal_search=LiteralSearch(providers.segment_index(), stored_segments()),
        hybrid_search=HybridSearch(retrieve_segments(), RerankMoments(providers.text_embedder()), rewrite_query()),
        page_moments=PageMoments(fallback_index(), providers.search_snapshots(), providers.clock),
    )


def select_evidence() -> SelectEvidence:
    quotes, judge = ExtractQuotes(providers.timeline()), ScoreQuotes(providers.text_embedder())
    return SelectEvidence(fallback_index(), retrieve_segments(), quotes, judge)


def reindex_library(segments_per_s: float | None = None) -> ReindexLibrary:
    return ReindexLibrary(
        versions=providers.index_versions(),
        backfills=providers.backfills(),
        every_video=providers.backfills(),
        videos=providers.videos(),
        runs=providers.runs(),
        results=providers.result_store(),
        gather=assemble_documents(),
        clock=providers.clock,
        segments_per_s=segments_per_s or SearchSettings().backfill_segments_per_s,
    )


def read_index_state() -> ReadIndexState:
    return ReadIndexState(providers.index_versions(), providers.backfills())


def swap_index() -> SwapIndex:
    return SwapIndex(providers.index_versions(), providers.backfills())


def drop_index() -> DropIndex:
    return DropIndex(providers.index_versions(), providers.backfills())
