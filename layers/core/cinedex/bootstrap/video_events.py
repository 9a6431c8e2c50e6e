"""The publishers of changed videos and the erasers of deleted ones; a new capability adds its own to the lists."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.analysis.usecases.erase_analysis import ResultEraser, RunEraser
from cinedex.bootstrap import providers
from cinedex.library.ports.video_events import VideoEraser, VideoPublisher
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.search.usecases.indexing.erase_documents import DocumentEraser
from cinedex.search.usecases.indexing.index_video import IndexVideo
from cinedex.timeline.timeline_eraser import TimelineEraser


def assemble_documents() -> AssembleDocuments:
    return AssembleDocuments(providers.result_store(), providers.timeline())


def index_video() -> IndexVideo:
    return IndexVideo(providers.result_store(), assemble_documents(), providers.segment_index())


def video_publishers() -> Sequence[VideoPublisher]:
    return (index_video(),)


def data_erasers() -> Sequence[VideoEraser]:
    """What a state function may need to take back; a state function has no permission to stop executions."""
    return (
        DocumentEraser(providers.segment_index()),
        TimelineEraser(providers.timeline()),
        ResultEraser(providers.result_store()),
    )


def video_erasers() -> Sequence[VideoEraser]:
    """Executions are stopped first, so that they write as little as possible after the other erasers."""
    return (RunEraser(providers.runs(), providers.analysis_runner(), providers.progress()), *data_erasers())


def publish_video() -> PublishVideo:
    return PublishVideo(providers.videos(), video_publishers(), data_erasers())
