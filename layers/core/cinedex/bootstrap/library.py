"""What a library holds, and how it is changed and taken away."""

from __future__ import annotations

from cinedex.bootstrap import doors
from cinedex.bootstrap.analysis import index_segments
from cinedex.usecases.browse_library import BrowseLibrary
from cinedex.usecases.delete_video import DeleteVideo, EraseVideo, SweepErasures
from cinedex.usecases.describe_video import DescribeVideo
from cinedex.usecases.look_at_frames import LookAtFrames
from cinedex.usecases.manage_collections import ManageCollections
from cinedex.usecases.read_timeline import ReadTimeline
from cinedex.usecases.segment_video import SegmentVideo
from cinedex.usecases.upload_video import UploadVideo


def upload_video() -> UploadVideo:
    return UploadVideo(doors.videos(), doors.collections(), doors.media_store(), doors.media_fetcher(), doors.clock)


def read_timeline() -> ReadTimeline:
    return ReadTimeline(doors.videos(), doors.timeline())


def erase_video() -> EraseVideo:
    return EraseVideo(
        videos=doors.videos(),
        runs=doors.runs(),
        runner=doors.analysis_runner(),
        store=doors.media_store(),
        results=doors.result_store(),
        timeline=doors.timeline(),
        index=doors.moment_index(),
        progress=doors.progress(),
    )


def delete_video() -> DeleteVideo:
    return DeleteVideo(doors.videos(), doors.erasures(), erase_video(), doors.clock)


def sweep_erasures() -> SweepErasures:
    return SweepErasures(doors.erasures(), erase_video(), doors.clock)


def browse_library() -> BrowseLibrary:
    return BrowseLibrary(doors.videos(), doors.media_store())


def describe_video() -> DescribeVideo:
    return DescribeVideo(doors.videos(), doors.collections(), index_segments())


def manage_collections() -> ManageCollections:
    return ManageCollections(doors.collections(), doors.videos(), doors.clock)


def segment_video() -> SegmentVideo:
    return SegmentVideo(doors.videos(), doors.media_store(), doors.prompted_detector())


def look_at_frames() -> LookAtFrames:
    return LookAtFrames(doors.media_store(), doors.frame_viewer())
