"""Subtitles: attaching, reading and removing them."""

from __future__ import annotations

from cinedex.bootstrap import providers
from cinedex.bootstrap.video_events import publish_video
from cinedex.subtitles.attach_subtitles import AttachSubtitles, RemoveSubtitles
from cinedex.subtitles.read_subtitles import ReadSubtitles


def attach_subtitles() -> AttachSubtitles:
    return AttachSubtitles(providers.videos(), providers.result_store(), publish_video())


def remove_subtitles() -> RemoveSubtitles:
    return RemoveSubtitles(providers.videos(), providers.result_store(), publish_video())


def read_subtitles() -> ReadSubtitles:
    return ReadSubtitles(providers.videos(), providers.result_store())
