"""From a file to segments that can be searched."""

from __future__ import annotations

from cinedex.bootstrap import doors
from cinedex.bootstrap.access import meter_usage
from cinedex.settings import FetchSettings, MediaSettings, SpeechSettings
from cinedex.usecases.begin_analysis import BeginAnalysis
from cinedex.usecases.fail_analysis import FailAnalysis
from cinedex.usecases.fetch_media import FetchMedia
from cinedex.usecases.follow_features import FollowFeatures
from cinedex.usecases.gather_segments import GatherSegments, WriteDocuments
from cinedex.usecases.index_segments import FinishAnalysis, FinishEmbeddings, IndexSegments
from cinedex.usecases.merge_chunks import MergeChunks
from cinedex.usecases.plan_chunks import PlanChunks
from cinedex.usecases.register_media import RegisterMedia
from cinedex.usecases.resume_analyses import ResumeAnalyses
from cinedex.usecases.start_analysis import StartAnalysis


def register_media() -> RegisterMedia:
    from cinedex.adapters.pyav_media_probe import PyAvMediaProbe

    return RegisterMedia(doors.videos(), doors.media_store(), PyAvMediaProbe(), MediaSettings().seconds_max)


def fetch_media() -> FetchMedia:
    from cinedex.adapters.httpx_web_download import HttpxWebDownload

    limits = FetchSettings()
    web = HttpxWebDownload(limits.bytes_max, limits.seconds_max, limits.allowed)
    return FetchMedia(doors.videos(), doors.media_store(), doors.partial_uploads(), web)


def start_analysis() -> StartAnalysis:
    return StartAnalysis(doors.videos(), doors.runs(), doors.analysis_runner(), doors.clock, SpeechSettings().languages)


def begin_analysis() -> BeginAnalysis:
    return BeginAnalysis(doors.videos(), doors.runs(), doors.result_store())


def gather_segments() -> GatherSegments:
    return GatherSegments(doors.result_store(), doors.timeline())


def write_documents() -> WriteDocuments:
    return WriteDocuments(doors.videos(), doors.result_store(), gather_segments())


def index_segments() -> IndexSegments:
    return IndexSegments(doors.result_store(), gather_segments(), doors.moment_index())


def plan_chunks() -> PlanChunks:
    return PlanChunks(doors.videos(), doors.runs(), doors.result_store(), doors.timeline(), index_segments())


def merge_chunks() -> MergeChunks:
    return MergeChunks(doors.videos(), doors.runs(), doors.result_store(), doors.timeline(), index_segments())


def finish_embeddings() -> FinishEmbeddings:
    return FinishEmbeddings(doors.videos(), doors.runs(), doors.result_store(), index_segments())


def finish_analysis() -> FinishAnalysis:
    return FinishAnalysis(doors.videos(), doors.runs(), doors.progress(), doors.moment_index(), meter_usage())


def fail_analysis() -> FailAnalysis:
    return FailAnalysis(doors.videos(), doors.runs(), doors.progress(), meter_usage())


def resume_analyses() -> ResumeAnalyses:
    return ResumeAnalyses(
        videos=doors.videos(),
        uploads=doors.videos(),
        runs=doors.runs(),
        runner=doors.analysis_runner(),
        store=doors.media_store(),
        fetcher=doors.media_fetcher(),
        register=register_media(),
        fail=fail_analysis(),
        clock=doors.clock,
    )


def follow_features() -> FollowFeatures:
    return FollowFeatures(doors.runs(), doors.progress())
