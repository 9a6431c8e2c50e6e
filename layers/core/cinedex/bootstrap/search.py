"""Finding moments, and the indexes they are found in."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from cinedex.bootstrap import doors
from cinedex.bootstrap.analysis import gather_segments
from cinedex.domain.errors import Unavailable
from cinedex.ports.moment_index import MomentIndex
from cinedex.settings import ChatSettings, RewriteSettings, SearchSettings
from cinedex.usecases.backfill_index import BackfillIndex, DropIndex, ReadIndexState, SwapIndex
from cinedex.usecases.find_literal import FindLiteral
from cinedex.usecases.find_moments import FindMoments
from cinedex.usecases.gather_quotes import GatherQuotes
from cinedex.usecases.judge_quotes import JudgeQuotes
from cinedex.usecases.page_moments import PageMoments
from cinedex.usecases.pick_evidence import PickEvidence
from cinedex.usecases.read_stored_segments import ReadStoredSegments
from cinedex.usecases.resolve_pool import ResolvePool
from cinedex.usecases.rewrite_query import AT_ONCE_MAX, RewriteQuery
from cinedex.usecases.search_by_meaning import SearchByMeaning
from cinedex.usecases.search_moments import SearchMoments
from cinedex.usecases.sharpen_ranking import SharpenRanking
from cinedex.usecases.surviving_index import SurvivingIndex
from cinedex.usecases.wake_text_model import WakeTextModel


def stored_segments() -> ReadStoredSegments | None:
    """Where there is a store, a search survives it; where there is none, it says so."""
    if SearchSettings().store == "none":
        return None
    return ReadStoredSegments(doors.videos(), gather_segments())


def surviving_index() -> MomentIndex:
    stored = stored_segments()
    return doors.moment_index() if stored is None else SurvivingIndex(doors.moment_index(), stored)


def wake_text_model() -> WakeTextModel:
    return WakeTextModel(doors.text_embedder())


def find_moments() -> FindMoments:
    return FindMoments(surviving_index(), doors.text_embedder(), SearchSettings().fusion)


@cache
def rewriting_places() -> BoundedSemaphore:
    return BoundedSemaphore(AT_ONCE_MAX)


def rewrite_query() -> RewriteQuery | None:
    """None where queries are taken as they are."""
    settings = RewriteSettings()
    if settings.mode == "off":
        return None
    model = doors.hasty_language_model()
    if model is None:
        raise Unavailable("SEARCH_REWRITE needs a language model, and LANGUAGE_MODEL names none.")
    return RewriteQuery(
        model=model,
        budget=doors.turn_budget(),
        clock=doors.clock,
        tokens_max=ChatSettings().tokens_max,
        seconds_max=settings.timeout_s,
        unasked=settings.mode == "always",
        places=rewriting_places(),
    )


def search_moments() -> SearchMoments:
    return SearchMoments(
        resolve_pool=ResolvePool(doors.videos()),
        find_literal=FindLiteral(doors.moment_index(), stored_segments()),
        search_by_meaning=SearchByMeaning(find_moments(), SharpenRanking(doors.text_embedder()), rewrite_query()),
        page_moments=PageMoments(surviving_index(), doors.ranked_lists(), doors.clock),
    )


def pick_evidence() -> PickEvidence:
    quotes, judge = GatherQuotes(doors.timeline()), JudgeQuotes(doors.text_embedder())
    return PickEvidence(surviving_index(), find_moments(), quotes, judge)


def backfill_index(segments_per_s: float | None = None) -> BackfillIndex:
    return BackfillIndex(
        versions=doors.index_versions(),
        backfills=doors.backfills(),
        every_video=doors.backfills(),
        videos=doors.videos(),
        runs=doors.runs(),
        results=doors.result_store(),
        gather=gather_segments(),
        clock=doors.clock,
        segments_per_s=segments_per_s or SearchSettings().backfill_segments_per_s,
    )


def read_index_state() -> ReadIndexState:
    return ReadIndexState(doors.index_versions(), doors.backfills())


def swap_index() -> SwapIndex:
    return SwapIndex(doors.index_versions(), doors.backfills())


def drop_index() -> DropIndex:
    return DropIndex(doors.index_versions(), doors.backfills())
