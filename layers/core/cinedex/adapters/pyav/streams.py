"""Opening media with PyAV, safely, and choosing which of its streams to use."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from cinedex.library.domain.probe import AudioTrack

AVStream = AudioStream | VideoStream

FORMATS = (
    "aac,ac3,aiff,amr,apng,asf,avi,caf,dv,flac,flv,gif,h264,hevc,ivf,m4v,matroska,mov,mp3,mpeg,mpegts,mpegvideo,"
    "mxf,nut,ogg,w64,wav,webm"
)
PROTOCOLS = "file,http,https,tcp,tls,crypto"
MICROSECONDS = 1_000_000
GUESSED_LENGTH_MAX_S = 1.0
"""A picture whose length the container does not tell is not shown for longer, unless another one or sound follows."""
SHAPE_MAX = 4
"""A sample aspect ratio beyond 4:1 or 1:4 is an error of the file."""
FALLBACK_FPS = 25.0
AUDIO_TRACKS_MAX = 64
TAG_CHARS_MAX = 200
"""All tracks of a video, with their tags, are stored in one item of at most 400 KB, those of subtitles twice."""
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
    """The sound that a player would choose: of the programme of the picture, the default track, otherwise the first."""
    tracks = audio_tracks(container)
    marked = [s for s in tracks if av.stream.Disposition.default in s.disposition]
    if not marked and container.format.name == "mpegts":
        related = container.streams.best("audio", related=best_video(container))
        marked = [s for s in tracks if related is not None and s.index == related.index]
    return next(iter(marked or tracks), None)


def audio_tracks(container: InputContainer) -> list[AudioStream]:
    """The audio tracks that belong to the picture, in the order of the file.

    A transport stream may carry several programmes, each with a picture and sound of its own.
    """
    tracks = [s for s in container.streams.audio if s.codec_context is not None]
    video = best_video(container)
    if video is None or len(container.streams.video) < 2:
        return tracks
    own = [s for s in tracks if _shares_programme(container, s, video)]
    return own or tracks


def _shares_programme(container: InputContainer, audio: AudioStream, video: VideoStream) -> bool:
    """FFmpeg looks for a related stream in the same programme first."""
    related = container.streams.best("video", related=audio)
    return related is None or related.index == video.index


def watched_streams(container: InputContainer, wanted: AVStream | None = None) -> list[AVStream]:
    """The picture and the sound that are shown, and `wanted`."""
    streams = (best_video(container), best_audio(container), wanted)
    return list({s.index: s for s in streams if s is not None}.values())


def start_s(container: InputContainer) -> float:
    """The timestamp that a player shows as zero.

    Programmes of a transport stream may have clocks of their own, so that only the chosen one counts there.
    """
    if container.format.name == "mpegts":
        streams = watched_streams(container)
        starts = [s.start_time * s.time_base for s in streams if s.start_time is not None and s.time_base is not None]
        if starts:
            return float(min(starts))
    return (container.start_time or 0) / MICROSECONDS


def describe_tracks(container: InputContainer) -> tuple[AudioTrack, ...]:
    """The audio tracks that belong to the picture."""
    return tuple(_describe(number, s) for number, s in enumerate(audio_tracks(container)[:AUDIO_TRACKS_MAX]))


def _describe(number: int, stream: AudioStream) -> AudioTrack:
    return AudioTrack(
        index=number,
        codec=stream.codec_context.name,
        channels=stream.codec_context.layout.nb_channels or None,
        language=known_tag(stream.metadata.get("language")),
        title=known_tag(stream.metadata.get("title")),
        is_default=av.stream.Disposition.default in stream.disposition,
    )


def known_tag(tag: str | None) -> str | None:
    return None if tag in (None, "", "und") else tag[:TAG_CHARS_MAX]


class PacketLengths:
    """For how long the packets of a stream are shown or played; kept per stream, because fractions are slow."""

    def __init__(self, stream: AVStream) -> None:
        self.tick_s = float(stream.time_base or 0)
        guessed = stream.type == "video" and "matroska" in stream.container.format.name
        self._longest_s = GUESSED_LENGTH_MAX_S if guessed else float("inf")
        self._unknown_s = _usual_length_s(stream)

    def __call__(self, packet: Packet[Any]) -> float:
        duration = packet.duration
        return min(duration * self.tick_s, self._longest_s) if duration else self._unknown_s


def _usual_length_s(stream: AVStream) -> float:
    if isinstance(stream, VideoStream):
        return min(1 / float(stream.average_rate or FALLBACK_FPS), GUESSED_LENGTH_MAX_S)
    context = stream.codec_context
    return context.frame_size / context.sample_rate if context is not None and context.sample_rate else 0.0


def pixel_shape(stream: VideoStream) -> Fraction:
    """Width of a pixel divided by its height (sample aspect ratio)."""
    shape = stream.sample_aspect_ratio
    return shape if shape and Fraction(1, SHAPE_MAX) <= shape <= SHAPE_MAX else Fraction(1)


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
