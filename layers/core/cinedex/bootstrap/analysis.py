"""Uploads and analyses."""

from __future__ import annotations

from cinedex.adapters.aws_errors import FAILURES
from cinedex.analysis.usecases.begin_analysis import BeginAnalysis
from cinedex.analysis.usecases.end_features import EndFeatures
from cinedex.analysis.usecases.fail_analysis import FailAnalysis
from cinedex.analysis.usecases.finish_analysis import FinishAnalysis
from cinedex.analysis.usecases.merge_chunks import MergeChunks
from cinedex.analysis.usecases.plan_chunks import PlanChunks
from cinedex.analysis.usecases.read_feature_status import ReadFeatureStatus
from cinedex.analysis.usecases.resume_analyses import ResumeAnalyses
from cinedex.analysis.usecases.start_analysis import StartAnalysis
from cinedex.bootstrap import providers
from cinedex.bootstrap.access import charge_video, record_usage
from cinedex.bootstrap.video_events import assemble_documents, data_erasers, publish_video
from cinedex.library.usecases.fail_upload import FailUpload
from cinedex.library.usecases.fetch_media import FetchMedia
from cinedex.library.usecases.register_media import ProbeMedia, RegisterMedia
from cinedex.search.usecases.indexing.build_documents import BuildDocuments
from cinedex.search.usecases.indexing.publish_documents import PublishDocuments
from cinedex.settings import FetchSettings, MediaSettings, QueueSettings, SpeechSettings


def probe_media() -> ProbeMedia:
    from cinedex.adapters.pyav.media_probe import PyAvMediaProbe

    limits = MediaSettings()
    return ProbeMedia(providers.media_store(), PyAvMediaProbe(), limits.seconds_max, limits.cost_per_second_max)


def register_media() -> RegisterMedia:
    return RegisterMedia(providers.videos(), providers.media_store(), probe_media())


def fetch_media() -> FetchMedia:
    from cinedex.adapters.web.download import HttpxWebDownload

    limits = FetchSettings()
    web = HttpxWebDownload(limits.bytes_max, limits.seconds_max, limits.allowed)
    return FetchMedia(providers.videos(), providers.media_store(), providers.multipart_uploads(), web)


def fail_upload() -> FailUpload:
    return FailUpload(providers.videos())


def start_analysis() -> StartAnalysis:
    return StartAnalysis(
        providers.videos(),
        providers.runs(),
        providers.analysis_runner(),
        providers.clock,
        charge_video(),
        SpeechSettings().languages,
    )


def begin_analysis() -> BeginAnalysis:
    return BeginAnalysis(providers.videos(), providers.runs(), providers.result_store(), QueueSettings().chunks_at_once)


def build_documents() -> BuildDocuments:
    return BuildDocuments(providers.videos(), providers.result_store(), assemble_documents())


def plan_chunks() -> PlanChunks:
    return PlanChunks(
        providers.videos(), providers.runs(), providers.result_store(), providers.timeline(), publish_video()
    )


def merge_chunks() -> MergeChunks:
    return MergeChunks(
        providers.videos(), providers.runs(), providers.result_store(), providers.timeline(), publish_video()
    )


def publish_documents() -> PublishDocuments:
    return PublishDocuments(providers.videos(), providers.runs(), providers.result_store(), publish_video())


def finish_analysis() -> FinishAnalysis:
    end = EndFeatures(providers.videos(), providers.timeline(), publish_video())
    return FinishAnalysis(
        providers.videos(), providers.runs(), providers.progress(), data_erasers(), record_usage(), end
    )


def fail_analysis() -> FailAnalysis:
    return FailAnalysis(providers.videos(), providers.runs(), providers.progress(), record_usage())


def resume_analyses() -> ResumeAnalyses:
    return ResumeAnalyses(
        videos=providers.videos(),
        unfinished=providers.videos(),
        runs=providers.runs(),
        runner=providers.analysis_runner(),
        store=providers.media_store(),
        parts=providers.multipart_uploads(),
        fetcher=providers.media_fetcher(),
        register=register_media(),
        fail=fail_analysis(),
        clock=providers.clock,
        charge=charge_video(),
        failures=FAILURES,
    )


def read_feature_status() -> ReadFeatureStatus:
    return ReadFeatureStatus(providers.runs(), providers.progress(), providers.clock)
