"""Videos and collections: reading, updating and deleting them."""

from __future__ import annotations

from cinedex.adapters.aws_errors import FAILURES
from cinedex.answers.usecases.analyze_frames import AnalyzeFrames
from cinedex.bootstrap import providers
from cinedex.bootstrap.video_events import publish_video, video_erasers
from cinedex.detection.detect_in_video import DetectInVideo
from cinedex.library.usecases.complete_upload import CompleteUpload
from cinedex.library.usecases.delete_video import DeleteVideo, ErasePendingVideo, SweepDeletions
from cinedex.library.usecases.fill_lists import FillLists
from cinedex.library.usecases.manage_collections import ManageCollections
from cinedex.library.usecases.move_collection import MoveCollection
from cinedex.library.usecases.read_videos import ReadVideos
from cinedex.library.usecases.sweep_orphaned_media import SweepOrphanedMedia
from cinedex.library.usecases.update_video import UpdateVideo
from cinedex.library.usecases.upload_video import UploadVideo
from cinedex.timeline.read_timeline import ReadTimeline


def upload_video() -> UploadVideo:
    return UploadVideo(
        providers.videos(), providers.collections(), providers.media_store(), providers.media_fetcher(), providers.clock
    )


def complete_upload() -> CompleteUpload:
    return CompleteUpload(providers.videos(), providers.media_store())


def read_timeline() -> ReadTimeline:
    return ReadTimeline(providers.videos(), providers.timeline())


def erase_video() -> ErasePendingVideo:
    return ErasePendingVideo(providers.videos(), providers.media_store(), video_erasers())


def delete_video() -> DeleteVideo:
    return DeleteVideo(providers.videos(), providers.pending_deletions(), erase_video(), providers.clock)


def sweep_deletions() -> SweepDeletions:
    return SweepDeletions(providers.pending_deletions(), erase_video(), providers.clock, failures=FAILURES)


def fill_lists() -> FillLists:
    return FillLists(providers.list_backfill(), providers.videos(), providers.collections(), FAILURES)


def sweep_orphaned_media() -> SweepOrphanedMedia:
    return SweepOrphanedMedia(providers.videos(), providers.all_videos(), providers.media_store())


def read_videos() -> ReadVideos:
    return ReadVideos(providers.videos(), providers.media_store())


def update_video() -> UpdateVideo:
    return UpdateVideo(providers.videos(), providers.collections(), publish_video())


def manage_collections() -> ManageCollections:
    return ManageCollections(providers.collections(), providers.videos(), providers.clock)


def move_collection() -> MoveCollection:
    jobs, collections, videos = providers.collection_jobs(), providers.collections(), providers.videos()
    return MoveCollection(jobs, collections, videos, providers.clock, failures=FAILURES)


def detect_in_video() -> DetectInVideo:
    return DetectInVideo(providers.videos(), providers.media_store(), providers.prompted_detector())


def analyze_frames() -> AnalyzeFrames:
    return AnalyzeFrames(providers.media_store(), providers.frame_analyzer())
