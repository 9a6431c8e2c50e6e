"""Inspects one media file with PyAV: streams, length, and whether it can be decoded at all."""

from __future__ import annotations

from collections.abc import Sequence

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from cinedex.adapters.pyav.errors import is_of_the_file
from cinedex.adapters.pyav.file_signature import FileSignature, read_head
from cinedex.adapters.pyav.streams import best_audio, best_video, declared_duration_s, open_media, recorded_at, start_s
from cinedex.kernel.errors import MediaError, Unavailable
from cinedex.library.domain.probe import Probe

MISSING_END_S = 3.0  # streams of one file may end that far apart
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
    return MediaError("unsupported_media", "The file is not a video or sound file of a supported kind.")


def _look(container: InputContainer, head: FileSignature, pixels_max: int) -> Probe:
    video, audio = best_video(container), best_audio(container)
    if video is None and audio is None:
        raise MediaError("no_streams", "The file holds neither pictures nor sound.")
    _require_whole([s for s in (video, audio) if s is not None], head.size_bytes)
    if video is not None:
        _require_decodable_size(video, pixels_max)
    frame = _first_picture(container, video) if video is not None else None
    if video is None and audio is not None:
        _require_sound(container, audio)
    width, height = _shown_size(frame) if frame is not None else (None, None)
    _require_end(container)
    return Probe(
        duration_s=declared_duration_s(container) or _measured_duration_s(container),
        format=container.format.name.split(",")[0],
        size_bytes=head.size_bytes,
        width=width,
        height=height,
        avg_fps=round(float(video.average_rate), 3) if video is not None and video.average_rate else None,
        video_codec=video.codec_context.name if video is not None else None,
        audio_codec=audio.codec_context.name if audio is not None else None,
        recorded_at=recorded_at(container),
    )


def _require_whole(streams: Sequence[Stream], size_bytes: int | None) -> None:
    """An index written before the data tells where the data should end."""
    ends = [s.index_entries[-1].pos + s.index_entries[-1].size for s in streams if len(s.index_entries) > 0]
    if size_bytes is not None and max(ends, default=0) > size_bytes:
        raise MediaError("corrupt_media", "The file was cut off: its end is missing.")


def _require_end(container: InputContainer) -> None:
    """Matroska tells its length first and has its index last: only a look at the end shows that it is there."""
    declared_s = declared_duration_s(container)
    if "matroska" not in container.format.name or not declared_s:
        return
    container.seek(int((start_s(container) + declared_s) * av.time_base))
    if declared_s - _last_packet_s(container) > max(MISSING_END_S, declared_s / 10):
        raise MediaError("corrupt_media", "The file was cut off: its end is missing.")


def _require_decodable_size(video: VideoStream, pixels_max: int) -> None:
    width, height = video.codec_context.width, video.codec_context.height
    if width * height > pixels_max:
        raise MediaError("unsupported_media", f"Pictures of {width} x {height} pixels are too large.")


def _first_picture(container: InputContainer, video: VideoStream) -> VideoFrame:
    for count, packet in enumerate(container.demux(video)):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            frames = []
        if frames:
            return frames[0]
        if count >= PACKETS_MAX:
            break
    raise MediaError("corrupt_media", "Not a single picture in the file can be decoded.")


def _require_sound(container: InputContainer, audio: AudioStream) -> None:
    for count, packet in enumerate(container.demux(audio)):
        try:
            if packet.decode():
                return
        except av.error.InvalidDataError:
            pass
        if count >= PACKETS_MAX:
            break
    raise MediaError("corrupt_media", "No sound in the file can be decoded.")


def _shown_size(frame: VideoFrame) -> tuple[int, int]:
    sideways = frame.rotation % 180 != 0
    return (frame.height, frame.width) if sideways else (frame.width, frame.height)


def _measured_duration_s(container: InputContainer) -> float:
    """For recordings whose container does not know its length."""
    container.seek(0)
    return _last_packet_s(container)


def _last_packet_s(container: InputContainer) -> float:
    """The end of the last packet from here on, in seconds from the file's first moment."""
    last_s = 0.0
    for packet in container.demux():
        if packet.pts is not None and packet.time_base is not None:
            last_s = max(last_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return max(last_s - start_s(container), 0.0)
