"""Subtitles: attaching, reading and removing them."""

from __future__ import annotations

from cinedex.bootstrap import providers
from cinedex.bootstrap.video_events import publish_video
from cinedex.subtitles.attach_subtitles import AttachSubtitles, RemoveSubtitles
from cinedex.subtitles.export_transcript import ExportTranscript
from cinedex.subtitles.read_subtitles import ReadSubtitles
from cinedex.timeline.read_timeline import ReadTimeline


def attach_subtitles() -> AttachSubtitles:
    return AttachSubtitles(providers.videos(), providers.result_store(), publish_video())


def remove_subtitles() -> RemoveSubtitles:
    return RemoveSubtitles(providers.videos(), providers.result_store(), publish_video())


def read_subtitles() -> ReadSubtitles:
    return ReadSubtitles(providers.videos(), providers.result_store())


def export_transcript() -> ExportTranscript:
    return ExportTranscript(ReadTimeline(providers.videos(), providers.timeline()))
