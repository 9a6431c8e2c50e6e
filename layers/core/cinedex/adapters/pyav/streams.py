"""Opening media with PyAV, safely, and choosing which of its streams to use."""

from __future__ import annotations

from datetime import UTC, datetime

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

FORMATS = (
    "aac,ac3,aiff,amr,asf,avi,caf,dv,flac,flv,gif,h264,hevc,ivf,m4v,matroska,mov,mp3,mpeg,mpegts,mpegvideo,"
    "mxf,nut,ogg,w64,wav,webm"
)
PROTOCOLS = "file,http,https,tcp,tls,crypto"
MICROSECONDS = 1_000_000
RECORDED_TAGS = ("com.apple.quicktime.creationdate", "creation_time")
"""The first one knows its time zone."""
CLOCKS_SET_SINCE = 1980
"""Cameras whose clock was never set begin in 1904 or 1970."""


def open_media(source: str, timeout_s: float | None = None) -> InputContainer:
    """Open a path or an HTTP URL; raises `av.FFmpegError`.

    Only containers that hold media are allowed: playlist formats (HLS, concat, DASH) could make FFmpeg open
    files and addresses that the uploader chose.
    """
    options = {"format_whitelist": FORMATS}
    if source.startswith(("http://", "https://")):
        options["protocol_whitelist"] = PROTOCOLS
    return av.open(source, options=options, timeout=timeout_s, metadata_errors="replace")


def best_video(container: InputContainer) -> VideoStream | None:
    """The stream with the most pixels that is not a cover picture."""
    streams = [s for s in container.streams.video if not _is_cover(s) and s.codec_context is not None]
    return max(streams, key=lambda s: s.codec_context.width * s.codec_context.height, default=None)


def best_audio(container: InputContainer) -> AudioStream | None:
    """The stream a player would choose: the default one, otherwise the first."""
    streams = [s for s in container.streams.audio if s.codec_context is not None]
    marked = [s for s in streams if av.stream.Disposition.default in s.disposition]
    return next(iter(marked or streams), None)


def start_s(container: InputContainer) -> float:
    """The timestamp that a player shows as zero."""
    return (container.start_time or 0) / MICROSECONDS


def declared_duration_s(container: InputContainer) -> float | None:
    """What the container says; None when it does not know, as in a recorded stream."""
    duration = container.duration
    return duration / MICROSECONDS if duration is not None and duration > 0 else None


def recorded_at(container: InputContainer) -> datetime | None:
    """When the file says that it was recorded; None when it does not, or cannot know."""
    for tag in RECORDED_TAGS:
        try:
            recorded = datetime.fromisoformat(container.metadata.get(tag, ""))
        except ValueError:
            continue
        if recorded.year >= CLOCKS_SET_SINCE:
            return recorded if recorded.tzinfo else recorded.replace(tzinfo=UTC)
    return None


def _is_cover(stream: VideoStream) -> bool:
    return av.stream.Disposition.attached_pic in stream.disposition
