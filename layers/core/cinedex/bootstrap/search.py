"""Finding moments, and the indexes they are found in."""

from __future__ import annotations

from cinedex.bootstrap import doors
from cinedex.bootstrap.analysis import gather_segments
from cinedex.ports.moment_index import MomentIndex
from cinedex.settings import SearchSettings
from cinedex.usecases.backfill_index import BackfillIndex, DropIndex, ReadIndexState, SwapIndex
from cinedex.usecases.find_moments import FindMoments
from cinedex.usecases.gather_quotes import GatherQuotes
from cinedex.usecases.judge_quotes import JudgeQuotes
from cinedex.usecases.page_moments import PageMoments
from cinedex.usecases.pick_evidence import PickEvidence
from cinedex.usecases.resolve_pool import ResolvePool
from cinedex.usecases.search_moments import SearchMoments
from cinedex.usecases.sharpen_ranking import SharpenRanking
from cinedex.usecases.surviving_index import SurvivingIndex
from cinedex.usecases.wake_text_model import WakeTextModel


def surviving_index() -> MomentIndex:
    """Where there is a store, a search survives it; where there is none, it says so."""
    if SearchSettings().store == "none":
        return doors.moment_index()
    return SurvivingIndex(doors.moment_index(), doors.videos(), gather_segments())


def wake_text_model() -> WakeTextModel:
    return WakeTextModel(doors.text_embedder())


def find_moments() -> FindMoments:
    return FindMoments(surviving_index(), doors.text_embedder(), SearchSettings().fusion)


def search_moments() -> SearchMoments:
    paging = PageMoments(doors.moment_index(), doors.ranked_lists(), doors.clock)
    sharpen = SharpenRanking(doors.text_embedder())
    return SearchMoments(ResolvePool(doors.videos()), doors.moment_index(), find_moments(), sharpen, paging)


def pick_evidence() -> PickEvidence:
    quotes, judge = GatherQuotes(doors.timeline()), JudgeQuotes(doors.text_embedder())
    return PickEvidence(doors.moment_index(), find_moments(), quotes, judge)


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
