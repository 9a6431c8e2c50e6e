"""Inspects one media file with PyAV: streams, length, and whether it can be decoded at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import av
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from cinedex.adapters.pyav.closed_captions import caption_track, has_captions
from cinedex.adapters.pyav.errors import is_of_the_file
from cinedex.adapters.pyav.file_signature import FileSignature, read_head
from cinedex.adapters.pyav.frame_index import frame_rate, longest_key_frame_gap_s
from cinedex.adapters.pyav.matroska import segment_end
from cinedex.adapters.pyav.orientation import shown_size
from cinedex.adapters.pyav.packets import Damage, clock_of, decode, read_packets, rewind
from cinedex.adapters.pyav.streams import (
    AVStream,
    best_audio,
    best_video,
    declared_duration_s,
    describe_tracks,
    open_media,
    pixel_shape,
    recorded_at,
    start_s,
)
from cinedex.adapters.pyav.subtitles import describe_subtitles
from cinedex.kernel.errors import MediaError, Unavailable
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.subtitle_track import SubtitleTrack

MEASURED_BYTES_MAX = 16 * 1024**2
BYTES_PER_S_MIN = 250  # pictures or sound of less than 2 kbit/s: the stated length is wrong, or the file is small
PACKETS_MAX = 500  # without a single frame among them, there is none to come


def inspect(source: str, timeout_s: float, pixels_max: int) -> Probe:
    """Raises `MediaError` when the file is at fault, `Unavailable` when its server is.

    `av.error.MemoryError` means that FFmpeg could not allocate memory; every other exception is an internal fault.
    """
    head = read_head(source, timeout_s)
    if head.size_bytes == 0:
        raise MediaError("corrupt_media", "The file is empty.")
    try:
        with open_media(source, timeout_s) as container:
            return _look(container, head, pixels_max)
    except (av.error.ExitError, av.error.TimeoutError):
        raise MediaError("probe_timeout", "The file could not be read in time.") from None
    except (av.error.HTTPError, av.error.HTTPClientError, ConnectionError) as error:
        raise Unavailable(f"The file cannot be fetched now: {type(error).__name__}.") from error
    except av.FFmpegError as error:
        if not is_of_the_file(error):
            raise
        raise _unreadable(head, error) from error


def _unreadable(head: FileSignature, error: av.FFmpegError) -> MediaError:
    """A file that begins like media is damaged; any other is something else under a media name."""
    if head.looks_like_media and not isinstance(error, av.error.ArgumentError):
        return MediaError("corrupt_media", "The file is damaged or was cut off, so it cannot be opened.")
    return _unsupported()


def _unsupported() -> MediaError:
    return MediaError("unsupported_media", "The file is not a video or sound file of a supported kind.")


def _look(container: InputContainer, head: FileSignature, pixels_max: int) -> Probe:
    video, audio = best_video(container), best_audio(container)
    if video is None and audio is None:
        raise MediaError("no_streams", "The file holds neither pictures nor sound.")
    _require_whole(container, [s for s in (video, audio) if s is not None], head)
    if video is not None:
        _require_decodable_size(video, pixels_max)
    damage = Damage()
    frame = _first_frame(container, video, damage) if video is not None else None
    if frame is None and damage.is_empty:
        video = None  # a track without a packet
    if frame is None and (audio is None or _first_frame(container, audio, damage) is None):
        raise _undecodable(video, damage)
    width, height = shown_size(frame, pixel_shape(video)) if video is not None and frame else (None, None)
    duration_s = _duration_s(container, head.size_bytes)
    return Probe(
        duration_s=duration_s,
        format=container.format.name.split(",")[0],
        size_bytes=head.size_bytes,
        width=width,
        height=height,
        avg_fps=frame_rate(video, duration_s) if video is not None else None,
        video_codec=video.codec_context.name if video is not None else None,
        audio_codec=audio.codec_context.name if audio is not None else None,
        recorded_at=recorded_at(container),
        audio_tracks=describe_tracks(container),
        subtitle_tracks=_subtitle_tracks(container, frame),
        key_frame_gap_s=longest_key_frame_gap_s(video, duration_s) if video is not None else None,
    )


def _subtitle_tracks(container: InputContainer, frame: Any) -> tuple[SubtitleTrack, ...]:
    tracks = describe_subtitles(container)
    return (*tracks, caption_track(len(tracks))) if has_captions(frame) else tracks


def _require_whole(container: InputContainer, streams: Sequence[Stream], head: FileSignature) -> None:
    """An index written before the data tells where the data should end, and so does the segment of a Matroska file.

    The lengths in seconds that headers state are no evidence: recorders write wrong ones into whole files.
    """
    ends = [s.index_entries[-1].pos + s.index_entries[-1].size for s in streams if len(s.index_entries) > 0]
    if "matroska" in container.format.name:
        ends.append(segment_end(head.head) or 0)
    if head.size_bytes is not None and max(ends, default=0) > head.size_bytes:
        raise MediaError("corrupt_media", "The file was cut off: its end is missing.")


def _require_decodable_size(video: VideoStream, pixels_max: int) -> None:
    width, height = video.codec_context.width, video.codec_context.height
    if width * height > pixels_max:
        raise MediaError("unsupported_media", f"Pictures of {width} x {height} pixels are too large.")


def _undecodable(video: VideoStream | None, damage: Damage) -> MediaError:
    if isinstance(damage.error, av.error.ArgumentError):
        return _unsupported()
    missing = "Not a single picture in the file" if video is not None else "No sound in the file"
    return MediaError("corrupt_media", f"{missing} can be decoded.")


def _first_frame(container: InputContainer, stream: AVStream, damage: Damage) -> Any | None:
    """None when none of the first packets can be decoded."""
    for count, packet in enumerate(container.demux(stream)):
        frames = decode(packet, damage)
        if frames:
            return frames[0]
        if count >= PACKETS_MAX:
            break
    rewind(container)
    return None


def _duration_s(container: InputContainer, size_bytes: int | None) -> float:
    """An estimate, which is measured where that is cheap or where the container states nothing plausible."""
    declared_s = declared_duration_s(container)
    if declared_s is not None and "matroska" in container.format.name:
        declared_s -= start_s(container)  # counts from 0, not from the first packet
    if declared_s is None or declared_s <= 0:
        return _measured_duration_s(container)
    is_small = size_bytes is not None and size_bytes < max(MEASURED_BYTES_MAX, declared_s * BYTES_PER_S_MIN)
    return _measured_duration_s(container) if is_small else declared_s


def _measured_duration_s(container: InputContainer) -> float:
    rewind(container)
    clock = clock_of(container)
    for _ in read_packets(container, None, clock):
        pass
    return max(clock.shown_until_s - start_s(container), 0.0)
