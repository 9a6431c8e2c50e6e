"""One adapter for each port; each connects at first use."""

from __future__ import annotations

from cinedex.adapters.aws_lambda.frame_analyzer import LambdaFrameAnalyzer
from cinedex.adapters.aws_lambda.frame_analyzer import lambda_client as frame_analyzer_client
from cinedex.adapters.aws_lambda.media_fetcher import LambdaMediaFetcher
from cinedex.adapters.aws_lambda.prompted_detector import LambdaPromptedDetector
from cinedex.adapters.aws_lambda.prompted_detector import lambda_client as prompted_detector_client
from cinedex.adapters.aws_lambda.text_embedder import LambdaTextEmbedder
from cinedex.adapters.aws_lambda.text_embedder import lambda_client as text_embedder_client
from cinedex.adapters.dynamodb.api_keys import API_KEY, API_KEY_BY_SECRET, DynamoDbKeyUses, StoredApiKeys
from cinedex.adapters.dynamodb.budgets import DynamoDbTokenBudget, DynamoDbTurnBudget, DynamoDbVideoBudget
from cinedex.adapters.dynamodb.chats import DynamoDbChatStore
from cinedex.adapters.dynamodb.collections import StoredCollections
from cinedex.adapters.dynamodb.idempotency import DynamoDbIdempotencyStore
from cinedex.adapters.dynamodb.library.backfill import DynamoDbListBackfill
from cinedex.adapters.dynamodb.library.jobs import JOB, StoredCollectionJobs
from cinedex.adapters.dynamodb.library.stores import stored_collections
from cinedex.adapters.dynamodb.pending_deletions import PENDING_DELETION, StoredPendingDeletions
from cinedex.adapters.dynamodb.progress import DynamoDbProgress
from cinedex.adapters.dynamodb.rate_limits import DynamoDbRateLimiter
from cinedex.adapters.dynamodb.reindexing import (
    INDEX_UPDATE,
    REINDEXING,
    DynamoDbAllVideos,
    StoredIndexUpdates,
    StoredReindexing,
)
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.search_snapshots import DynamoDbSearchSnapshots
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.timeline import DynamoDbTimeline
from cinedex.adapters.dynamodb.turn_log import DynamoDbTurnLog
from cinedex.adapters.dynamodb.usage_ledger import DynamoDbUsageLedger
from cinedex.adapters.s3.media_store import S3MediaStore
from cinedex.adapters.s3.multipart_uploads import S3MultipartUploads
from cinedex.adapters.s3.result_store import S3ResultStore
from cinedex.adapters.stepfunctions.analysis_runner import StepFunctionsAnalysisRunner
from cinedex.adapters.stepfunctions.task_callback import StepFunctionsTaskCallback
from cinedex.adapters.system_clock import SystemClock
from cinedex.bootstrap import language_models, segment_indexes, tracked_videos
from cinedex.bootstrap.once import once
from cinedex.language_models.language_model import LanguageModel
from cinedex.search.ports.index_versions import IndexVersionStore
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.indexing.update_index import TrackChanges
from cinedex.settings import (
    AgentSettings,
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


@once
def table() -> DynamoDbTable:
    return DynamoDbTable(LibrarySettings().table_name)


@once
def videos() -> tracked_videos.TrackedVideos:
    return tracked_videos.tracked_videos(table(), track_changes)


@once
def collections() -> StoredCollections:
    return stored_collections(table())


@once
def collection_jobs() -> StoredCollectionJobs:
    return StoredCollectionJobs(DynamoDbRepository(table(), JOB))


@once
def list_backfill() -> DynamoDbListBackfill:
    return DynamoDbListBackfill(table())


@once
def runs() -> tracked_videos.TrackedRuns:
    return tracked_videos.tracked_runs(table(), videos(), track_changes)


@once
def index_updates() -> StoredIndexUpdates:
    return StoredIndexUpdates(DynamoDbRepository(table(), INDEX_UPDATE))


def track_changes() -> TrackChanges:
    return tracked_videos.changes_of_videos(index_updates(), result_store(), timeline(), segment_index(), clock)


@once
def api_keys() -> StoredApiKeys:
    return StoredApiKeys(DynamoDbRepository(table(), API_KEY), DynamoDbRepository(table(), API_KEY_BY_SECRET))


@once
def key_uses() -> DynamoDbKeyUses:
    return DynamoDbKeyUses(table())


@once
def timeline() -> DynamoDbTimeline:
    return DynamoDbTimeline(table())


@once
def progress() -> DynamoDbProgress:
    return DynamoDbProgress(table())


@once
def rate_limiter() -> DynamoDbRateLimiter:
    return DynamoDbRateLimiter(table())


@once
def idempotency_store() -> DynamoDbIdempotencyStore:
    return DynamoDbIdempotencyStore(table())


@once
def search_snapshots() -> DynamoDbSearchSnapshots:
    return DynamoDbSearchSnapshots(table())


@once
def usage_ledger() -> DynamoDbUsageLedger:
    return DynamoDbUsageLedger(table())


@once
def pending_deletions() -> StoredPendingDeletions:
    return StoredPendingDeletions(DynamoDbRepository(table(), PENDING_DELETION))


@once
def media_store() -> S3MediaStore:
    return S3MediaStore(MediaSettings().bucket)


@once
def multipart_uploads() -> S3MultipartUploads:
    return S3MultipartUploads(MediaSettings().bucket)


@once
def result_store() -> S3ResultStore:
    return S3ResultStore(ResultSettings().bucket)


@once
def analysis_runner() -> StepFunctionsAnalysisRunner:
    return StepFunctionsAnalysisRunner(AnalysisSettings().state_machine_arn)


@once
def media_fetcher() -> LambdaMediaFetcher:
    return LambdaMediaFetcher(FetchSettings().function_name)


@once
def segment_index() -> SegmentIndex:
    return segment_indexes.segment_index(SearchSettings())


@once
def index_versions() -> IndexVersionStore:
    return segment_indexes.index_versions(SearchSettings())


@once
def reindexing() -> StoredReindexing:
    return StoredReindexing(DynamoDbRepository(table(), REINDEXING))


@once
def all_videos() -> DynamoDbAllVideos:
    return DynamoDbAllVideos(table())


@once
def chats() -> DynamoDbChatStore:
    return DynamoDbChatStore(table())


@once
def turn_log() -> DynamoDbTurnLog:
    return DynamoDbTurnLog(table())


@once
def turn_budget() -> DynamoDbTurnBudget:
    return DynamoDbTurnBudget(table())


@once
def token_budget() -> DynamoDbTokenBudget:
    return DynamoDbTokenBudget(table())


@once
def video_budget() -> DynamoDbVideoBudget:
    return DynamoDbVideoBudget(table())


@once
def task_callback() -> StepFunctionsTaskCallback:
    return StepFunctionsTaskCallback()


@once
def text_embedder() -> LambdaTextEmbedder:
    return LambdaTextEmbedder(SearchSettings().embed_function, text_embedder_client())


@once
def prompted_detector() -> LambdaPromptedDetector:
    return LambdaPromptedDetector(SegmentSettings().function_name, prompted_detector_client())


@once
def frame_analyzer() -> LambdaFrameAnalyzer:
    return LambdaFrameAnalyzer(ViewSettings().function_name, frame_analyzer_client())


@once
def language_model() -> LanguageModel | None:
    """None when this deployment has no language model. The model is silent for no longer than a turn lasts."""
    settings = LanguageModelSettings()
    return language_models.language_model(settings, min(settings.timeout_s, AgentSettings().seconds_max))


@once
def rewrite_language_model() -> LanguageModel | None:
    """The same model for rewriting queries: one attempt with a short timeout, because a search waits for it."""
    return language_models.language_model(LanguageModelSettings(), RewriteSettings().timeout_s, attempts_max=1)
