"""The one place where ports meet adapters; every door opens at first use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from cinedex.adapters.dynamodb_admission import DynamoDbRequestCounter, DynamoDbRequestMemory
from cinedex.adapters.dynamodb_backfills import DynamoDbBackfills
from cinedex.adapters.dynamodb_chats import DynamoDbChats
from cinedex.adapters.dynamodb_erasures import DynamoDbErasures
from cinedex.adapters.dynamodb_library import (
    DynamoDbApiKeys,
    DynamoDbCollections,
    DynamoDbRuns,
    DynamoDbVideos,
)
from cinedex.adapters.dynamodb_progress import DynamoDbProgress
from cinedex.adapters.dynamodb_ranked_lists import DynamoDbRankedLists
from cinedex.adapters.dynamodb_table import DynamoDbTable
from cinedex.adapters.dynamodb_timeline import DynamoDbTimeline
from cinedex.adapters.dynamodb_turn_budget import DynamoDbTurnBudget
from cinedex.adapters.dynamodb_turn_log import DynamoDbTurnLog
from cinedex.adapters.dynamodb_usage import DynamoDbUsage
from cinedex.adapters.lambda_fetcher import LambdaMediaFetcher
from cinedex.adapters.lambda_frame_viewer import LambdaFrameViewer, patient_client
from cinedex.adapters.lambda_prompted_detector import LambdaPromptedDetector
from cinedex.adapters.lambda_text_embedder import LambdaTextEmbedder
from cinedex.adapters.s3_partial_uploads import S3PartialUploads
from cinedex.adapters.s3_store import S3MediaStore, S3ResultStore
from cinedex.adapters.stepfunctions_answers import StepFunctionsAnswers
from cinedex.adapters.stepfunctions_runner import StepFunctionsRunner
from cinedex.adapters.system_clock import SystemClock
from cinedex.adapters.turn_bell import TurnBell
from cinedex.adapters.turn_threads import TurnThreads
from cinedex.adapters.videovector_turn_teller import VideoVectorTurnTeller
from cinedex.domain.allowance import RateLimit
from cinedex.domain.budget import BudgetLimits
from cinedex.domain.errors import Unavailable
from cinedex.ports.agent import Agent
from cinedex.ports.index_versions import IndexVersionStore
from cinedex.ports.language_model import LanguageModel
from cinedex.ports.moment_index import MomentIndex
from cinedex.settings import (
    AdmissionSettings,
    AgentSettings,
    AnalysisSettings,
    ChatSettings,
    FetchSettings,
    LanguageModelSettings,
    LibrarySettings,
    MediaSettings,
    ResultSettings,
    SearchSettings,
    SegmentSettings,
    SpeechSettings,
    ViewSettings,
)
from cinedex.usecases.admit_request import AdmitRequest
from cinedex.usecases.agent.answer_with_model import AnswerWithModel
from cinedex.usecases.agent.answer_with_quotes import AnswerWithQuotes
from cinedex.usecases.agent.belt import tool_belt
from cinedex.usecases.agent.bounds import AgentBounds
from cinedex.usecases.agent.run_tools import RunTools
from cinedex.usecases.answer_question import AnswerQuestion
from cinedex.usecases.authenticate import Authenticate
from cinedex.usecases.backfill_index import BackfillIndex, DropIndex, ReadIndexState, SwapIndex
from cinedex.usecases.begin_analysis import BeginAnalysis
from cinedex.usecases.browse_library import BrowseLibrary
from cinedex.usecases.cancel_turn import CancelTurn
from cinedex.usecases.carry_out_turn import CarryOutTurn
from cinedex.usecases.delete_video import DeleteVideo, EraseVideo, SweepErasures
from cinedex.usecases.describe_video import DescribeVideo
from cinedex.usecases.fail_analysis import FailAnalysis
from cinedex.usecases.fetch_media import FetchMedia
from cinedex.usecases.find_moments import FindMoments
from cinedex.usecases.follow_features import FollowFeatures
from cinedex.usecases.follow_turn import FollowTurn
from cinedex.usecases.gather_quotes import GatherQuotes
from cinedex.usecases.gather_segments import GatherSegments, WriteDocuments
from cinedex.usecases.index_segments import FinishAnalysis, FinishEmbeddings, IndexSegments
from cinedex.usecases.judge_quotes import JudgeQuotes
from cinedex.usecases.look_at_frames import LookAtFrames
from cinedex.usecases.manage_chats import ManageChats
from cinedex.usecases.manage_collections import ManageCollections
from cinedex.usecases.manage_keys import ManageKeys
from cinedex.usecases.merge_chunks import MergeChunks
from cinedex.usecases.meter_usage import MeterUsage
from cinedex.usecases.page_moments import PageMoments
from cinedex.usecases.pick_evidence import PickEvidence
from cinedex.usecases.plan_chunks import PlanChunks
from cinedex.usecases.read_timeline import ReadTimeline
from cinedex.usecases.register_media import RegisterMedia
from cinedex.usecases.repeat_request import RepeatRequest
from cinedex.usecases.resolve_pool import ResolvePool
from cinedex.usecases.resume_analyses import ResumeAnalyses
from cinedex.usecases.search_moments import SearchMoments
from cinedex.usecases.segment_video import SegmentVideo
from cinedex.usecases.sharpen_ranking import SharpenRanking
from cinedex.usecases.start_analysis import StartAnalysis
from cinedex.usecases.start_turn import StartTurn
from cinedex.usecases.surviving_index import SurvivingIndex
from cinedex.usecases.take_over_turns import TakeOverTurns
from cinedex.usecases.upload_video import UploadVideo
from cinedex.usecases.wake_text_model import WakeTextModel

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from cinedex.adapters.opensearch_moment_index import IndexLayout

clock = SystemClock()


@cache
def table() -> DynamoDbTable:
    return DynamoDbTable(LibrarySettings().table_name)


@cache
def videos() -> DynamoDbVideos:
    return DynamoDbVideos(table())


@cache
def collections() -> DynamoDbCollections:
    return DynamoDbCollections(table())


@cache
def runs() -> DynamoDbRuns:
    return DynamoDbRuns(table())


@cache
def api_keys() -> DynamoDbApiKeys:
    return DynamoDbApiKeys(table())


@cache
def timeline() -> DynamoDbTimeline:
    return DynamoDbTimeline(table())


@cache
def progress() -> DynamoDbProgress:
    return DynamoDbProgress(table())


@cache
def request_counter() -> DynamoDbRequestCounter:
    return DynamoDbRequestCounter(table())


@cache
def request_memory() -> DynamoDbRequestMemory:
    return DynamoDbRequestMemory(table())


@cache
def ranked_lists() -> DynamoDbRankedLists:
    return DynamoDbRankedLists(table())


@cache
def usage_ledger() -> DynamoDbUsage:
    return DynamoDbUsage(table())


@cache
def erasures() -> DynamoDbErasures:
    return DynamoDbErasures(table())


@cache
def media_store() -> S3MediaStore:
    return S3MediaStore(MediaSettings().bucket)


@cache
def partial_uploads() -> S3PartialUploads:
    return S3PartialUploads(MediaSettings().bucket)


@cache
def result_store() -> S3ResultStore:
    return S3ResultStore(ResultSettings().bucket)


@cache
def analysis_runner() -> StepFunctionsRunner:
    return StepFunctionsRunner(AnalysisSettings().state_machine_arn)


@cache
def media_fetcher() -> LambdaMediaFetcher:
    return LambdaMediaFetcher(FetchSettings().function_name)


@cache
def moment_index() -> MomentIndex:
    settings = SearchSettings()
    if settings.store == "sqlite":
        from cinedex.adapters.sqlite_moment_index import SqliteMomentIndex

        return SqliteMomentIndex(Path(settings.sqlite_path), settings.sqlite_kept_mib * 1024 * 1024)
    if settings.store == "opensearch":
        from cinedex.adapters.opensearch_moment_index import OpenSearchMomentIndex

        return OpenSearchMomentIndex(_opensearch(settings), _layout(settings))
    from cinedex.adapters.unavailable_search import UnavailableMomentIndex

    return UnavailableMomentIndex()


def _opensearch(settings: SearchSettings) -> OpenSearch:
    from cinedex.adapters.opensearch_moment_index import connect

    sign_for = None if settings.opensearch_signing == "none" else settings.opensearch_signing
    return connect(settings.opensearch_url, sign_for=sign_for)


def _layout(settings: SearchSettings) -> IndexLayout:
    from cinedex.adapters.opensearch_moment_index import IndexLayout

    return IndexLayout(
        engine=settings.opensearch_engine,
        dimension=settings.opensearch_dimension,
        shards=settings.opensearch_shards,
        replicas=settings.opensearch_replicas,
    )


@cache
def index_versions() -> IndexVersionStore:
    settings = SearchSettings()
    if settings.store == "sqlite":
        from cinedex.adapters.sqlite_moment_index import SqliteIndexVersions

        return SqliteIndexVersions(Path(settings.sqlite_path))
    if settings.store == "opensearch":
        from cinedex.adapters.opensearch_moment_index import OpenSearchIndexVersions

        return OpenSearchIndexVersions(_opensearch(settings), _layout(settings))
    raise Unavailable("This deployment has no search store.")


@cache
def backfills() -> DynamoDbBackfills:
    return DynamoDbBackfills(table())


def backfill_index(segments_per_s: float | None = None) -> BackfillIndex:
    return BackfillIndex(
        versions=index_versions(),
        backfills=backfills(),
        every_video=backfills(),
        videos=videos(),
        runs=runs(),
        results=result_store(),
        gather=gather_segments(),
        clock=clock,
        segments_per_s=segments_per_s or SearchSettings().backfill_segments_per_s,
    )


def read_index_state() -> ReadIndexState:
    return ReadIndexState(index_versions(), backfills())


def swap_index() -> SwapIndex:
    return SwapIndex(index_versions(), backfills())


def drop_index() -> DropIndex:
    return DropIndex(index_versions(), backfills())


def authenticate() -> Authenticate:
    return Authenticate(api_keys())


@cache
def rate_limit() -> RateLimit:
    settings = AdmissionSettings()
    return RateLimit(requests_max=settings.requests_max, window_s=settings.window_s)


def admit_request() -> AdmitRequest:
    return AdmitRequest(request_counter(), rate_limit(), clock)


def repeat_request() -> RepeatRequest:
    return RepeatRequest(request_memory(), clock)


def meter_usage() -> MeterUsage:
    return MeterUsage(usage_ledger(), clock)


def manage_keys() -> ManageKeys:
    return ManageKeys(api_keys(), clock)


def upload_video() -> UploadVideo:
    return UploadVideo(videos(), collections(), media_store(), media_fetcher(), clock)


def register_media() -> RegisterMedia:
    from cinedex.adapters.pyav_media_probe import PyAvMediaProbe

    return RegisterMedia(videos(), media_store(), PyAvMediaProbe(), MediaSettings().seconds_max)


def fetch_media() -> FetchMedia:
    from cinedex.adapters.httpx_web_download import HttpxWebDownload

    limits = FetchSettings()
    web = HttpxWebDownload(limits.bytes_max, limits.seconds_max, limits.allowed)
    return FetchMedia(videos(), media_store(), partial_uploads(), web)


def start_analysis() -> StartAnalysis:
    return StartAnalysis(videos(), runs(), analysis_runner(), clock, SpeechSettings().languages)


def begin_analysis() -> BeginAnalysis:
    return BeginAnalysis(videos(), runs(), result_store())


def gather_segments() -> GatherSegments:
    return GatherSegments(result_store(), timeline())


def write_documents() -> WriteDocuments:
    return WriteDocuments(videos(), result_store(), gather_segments())


def index_segments() -> IndexSegments:
    return IndexSegments(result_store(), gather_segments(), moment_index())


def plan_chunks() -> PlanChunks:
    return PlanChunks(videos(), runs(), result_store(), timeline(), index_segments())


def merge_chunks() -> MergeChunks:
    return MergeChunks(videos(), runs(), result_store(), timeline(), index_segments())


def finish_embeddings() -> FinishEmbeddings:
    return FinishEmbeddings(videos(), runs(), result_store(), index_segments())


def finish_analysis() -> FinishAnalysis:
    return FinishAnalysis(videos(), runs(), progress(), moment_index(), meter_usage())


def fail_analysis() -> FailAnalysis:
    return FailAnalysis(videos(), runs(), progress(), meter_usage())


def resume_analyses() -> ResumeAnalyses:
    return ResumeAnalyses(
        videos=videos(),
        uploads=videos(),
        runs=runs(),
        runner=analysis_runner(),
        store=media_store(),
        fetcher=media_fetcher(),
        register=register_media(),
        fail=fail_analysis(),
        clock=clock,
    )


@cache
def chats() -> DynamoDbChats:
    return DynamoDbChats(table())


@cache
def turn_log() -> DynamoDbTurnLog:
    return DynamoDbTurnLog(table())


@cache
def turn_budget() -> DynamoDbTurnBudget:
    return DynamoDbTurnBudget(table())


@cache
def chat_settings() -> ChatSettings:
    return ChatSettings()


@cache
def turn_bell() -> TurnBell:
    return TurnBell()


@cache
def turn_threads() -> TurnThreads:
    return TurnThreads(carry_out_turn)


def start_turn() -> StartTurn:
    settings = chat_settings()
    return StartTurn(
        chats=chats(),
        collections=collections(),
        budget=turn_budget(),
        teller=VideoVectorTurnTeller(),
        limits=BudgetLimits(
            turns_max=settings.turns_max, tokens_max=settings.tokens_max, tokens_reserved=settings.tokens_reserved
        ),
        clock=clock,
        lease=settings.lease,
    )


def carry_out_turn() -> CarryOutTurn:
    return CarryOutTurn(
        chats=chats(),
        log=turn_log(),
        agent=agent,
        teller=VideoVectorTurnTeller(),
        budget=turn_budget(),
        clock=clock,
        ring=turn_bell().ring,
        lease=chat_settings().lease,
    )


def cancel_turn() -> CancelTurn:
    return CancelTurn(chats(), turn_log(), VideoVectorTurnTeller(), turn_budget(), clock, turn_bell().ring)


def take_over_turns() -> TakeOverTurns:
    return TakeOverTurns(chats(), clock, chat_settings().lease)


def follow_turn() -> FollowTurn:
    return FollowTurn(chats(), turn_log(), take_over_turns())


def manage_chats() -> ManageChats:
    return ManageChats(chats(), turn_log(), cancel_turn(), clock)


def read_timeline() -> ReadTimeline:
    return ReadTimeline(videos(), timeline())


def erase_video() -> EraseVideo:
    return EraseVideo(
        videos=videos(),
        runs=runs(),
        runner=analysis_runner(),
        store=media_store(),
        results=result_store(),
        timeline=timeline(),
        index=moment_index(),
        progress=progress(),
    )


def delete_video() -> DeleteVideo:
    return DeleteVideo(videos(), erasures(), erase_video(), clock)


def sweep_erasures() -> SweepErasures:
    return SweepErasures(erasures(), erase_video(), clock)


def browse_library() -> BrowseLibrary:
    return BrowseLibrary(videos(), media_store())


def describe_video() -> DescribeVideo:
    return DescribeVideo(videos(), collections(), index_segments())


def manage_collections() -> ManageCollections:
    return ManageCollections(collections(), videos(), clock)


def follow_features() -> FollowFeatures:
    return FollowFeatures(runs(), progress())


@cache
def task_answers() -> StepFunctionsAnswers:
    return StepFunctionsAnswers()


@cache
def text_embedder() -> LambdaTextEmbedder:
    return LambdaTextEmbedder(SearchSettings().embed_function, boto3.client("lambda"))


@cache
def prompted_detector() -> LambdaPromptedDetector:
    return LambdaPromptedDetector(SegmentSettings().function_name, boto3.client("lambda"))


@cache
def frame_viewer() -> LambdaFrameViewer:
    return LambdaFrameViewer(ViewSettings().function_name, patient_client())


def look_at_frames() -> LookAtFrames:
    return LookAtFrames(media_store(), frame_viewer())


def segment_video() -> SegmentVideo:
    return SegmentVideo(videos(), media_store(), prompted_detector())


def surviving_index() -> MomentIndex:
    """Where there is a store, a search survives it; where there is none, it says so."""
    if SearchSettings().store == "none":
        return moment_index()
    return SurvivingIndex(moment_index(), videos(), gather_segments())


def wake_text_model() -> WakeTextModel:
    return WakeTextModel(text_embedder())


def find_moments() -> FindMoments:
    return FindMoments(surviving_index(), text_embedder())


def search_moments() -> SearchMoments:
    paging = PageMoments(moment_index(), ranked_lists(), clock)
    sharpen = SharpenRanking(text_embedder())
    return SearchMoments(ResolvePool(videos()), moment_index(), find_moments(), sharpen, paging)


def pick_evidence() -> PickEvidence:
    return PickEvidence(moment_index(), find_moments(), GatherQuotes(timeline()), JudgeQuotes(text_embedder()))


@cache
def language_model() -> LanguageModel | None:
    """None where answers quote and nobody writes them."""
    settings = LanguageModelSettings()
    if settings.kind == "bedrock":
        from cinedex.adapters.bedrock_language_model import BedrockLanguageModel, bedrock_client

        return BedrockLanguageModel(bedrock_client(settings.timeout_s), settings.model_id)
    if settings.kind == "openai":
        from cinedex.adapters.openai_language_model import OpenAiLanguageModel

        key = settings.openai_api_key.get_secret_value()
        return OpenAiLanguageModel(settings.openai_base_url, settings.model_id, key, timeout_s=settings.timeout_s)
    return None


def agent() -> Agent:
    model, resolve_pool = language_model(), ResolvePool(videos())
    if model is None:
        return AnswerWithQuotes(pick_evidence(), resolve_pool, look_at_frames(), clock)
    tools = RunTools(tool_belt(find_moments(), timeline(), look_at_frames()), clock)
    return AnswerWithModel(model, tools, resolve_pool, clock, AgentBounds(**AgentSettings().model_dump()))


def answer_question() -> AnswerQuestion:
    return AnswerQuestion(videos(), agent())
