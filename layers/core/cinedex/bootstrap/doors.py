"""The way out to every store, queue and model; each opens at first use."""

from __future__ import annotations

from functools import cache

import boto3

from cinedex.adapters.dynamodb_admission import DynamoDbRequestCounter, DynamoDbRequestMemory
from cinedex.adapters.dynamodb_backfills import DynamoDbBackfills
from cinedex.adapters.dynamodb_chats import DynamoDbChats
from cinedex.adapters.dynamodb_erasures import DynamoDbErasures
from cinedex.adapters.dynamodb_library import DynamoDbApiKeys, DynamoDbCollections, DynamoDbRuns, DynamoDbVideos
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
from cinedex.adapters.lambda_text_embedder import LambdaTextEmbedder, impatient_client
from cinedex.adapters.s3_partial_uploads import S3PartialUploads
from cinedex.adapters.s3_store import S3MediaStore, S3ResultStore
from cinedex.adapters.stepfunctions_answers import StepFunctionsAnswers
from cinedex.adapters.stepfunctions_runner import StepFunctionsRunner
from cinedex.adapters.system_clock import SystemClock
from cinedex.bootstrap import language_models, search_stores
from cinedex.ports.index_versions import IndexVersionStore
from cinedex.ports.language_model import LanguageModel
from cinedex.ports.moment_index import MomentIndex
from cinedex.settings import (
    AnalysisSettings,
    FetchSettings,
    LanguageModelSettings,
    LibrarySettings,
    MediaSettings,
    ResultSettings,
    RewriteSettings,
    SearchSettings,
    SegmentSettings,
    ViewSettings,
)

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
    return search_stores.moment_index(SearchSettings())


@cache
def index_versions() -> IndexVersionStore:
    return search_stores.index_versions(SearchSettings())


@cache
def backfills() -> DynamoDbBackfills:
    return DynamoDbBackfills(table())


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
def task_answers() -> StepFunctionsAnswers:
    return StepFunctionsAnswers()


@cache
def text_embedder() -> LambdaTextEmbedder:
    return LambdaTextEmbedder(SearchSettings().embed_function, impatient_client())


@cache
def prompted_detector() -> LambdaPromptedDetector:
    return LambdaPromptedDetector(SegmentSettings().function_name, boto3.client("lambda"))


@cache
def frame_viewer() -> LambdaFrameViewer:
    return LambdaFrameViewer(ViewSettings().function_name, patient_client())


@cache
def language_model() -> LanguageModel | None:
    """None where answers quote and nobody writes them."""
    settings = LanguageModelSettings()
    return language_models.language_model(settings, settings.timeout_s)


@cache
def hasty_language_model() -> LanguageModel | None:
    """The same, for somebody who waits for a search: asked once, and not for long."""
    return language_models.language_model(LanguageModelSettings(), RewriteSettings().timeout_s, attempts_max=1)
