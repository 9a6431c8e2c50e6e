"""Closed captions in the picture data: CEA-608 in the user data of H.264, HEVC and MPEG-2 (ATSC A/53, part 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain, islice
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame

from cinedex.adapters.pyav.packets import Damage, clock_of, decode, read_packets
from cinedex.adapters.pyav.streams import MICROSECONDS, best_video, start_s
from cinedex.adapters.pyav.subtitles import CUES_MAX, text_of_event
from cinedex.kernel.span import span
from cinedex.library.domain.subtitle_track import SubtitleSource, SubtitleTrack, embedded_track_id
from cinedex.subtitles.cue import CUE_CHARS_MAX, Cue, in_order

DECODER = "cc_dec"
TICKS_PER_S = 1000
OPTIONS = {"pkt_timebase": f"1/{TICKS_PER_S}"}
"""Without it, the decoder does not know when a text began."""
SIDE_DATA = "A53_CC"
MOVED_S = 0.5
"""A text that follows later does not move those before it."""
ERASE = bytes([0xFC, 0x94, 0x2C] * 2)
"""The code that erases what is shown, twice, as it is sent."""


def caption_track(number: int) -> SubtitleTrack:
    """The track of the captions in a file with so many subtitle tracks."""
    return SubtitleTrack(
        track_id=embedded_track_id(number),
        source=SubtitleSource.EMBEDDED,
        format="eia_608",
        title="CC1",
        is_hearing_impaired=True,
    )


def has_captions(frame: Any) -> bool:
    """Broadcasters send a pair of bytes with every frame, most of them empty, so that the first one tells."""
    return _captions_of(frame) is not None


def read_captions(container: InputContainer, report: Callable[[float], None]) -> tuple[Cue, ...] | None:
    """Decodes all pictures of the file; None if the first one has no captions. `report` gets the time reached."""
    frames = _frames(container, report)
    first = next(frames, None)
    return None if first is None or first[1] is None else cues_of(islice(_shown(chain([first], frames)), CUES_MAX))


def cues_of(shown: Iterable[Cue]) -> tuple[Cue, ...]:
    """Without the lines of the text before that have only moved up, as in live captions."""
    cues, before, end_s = list[Cue](), list[str](), 0.0
    for cue in shown:
        lines = cue.text.split("\n")
        most = min(len(before), len(lines)) if cue.span.start_s - end_s < MOVED_S else 0
        moved = next(n for n in range(most, -1, -1) if n == 0 or before[-n:] == lines[:n])
        before, end_s = lines, cue.span.end_s
        cues.append(cue.model_copy(update={"text": "\n".join(lines[moved:])[:CUE_CHARS_MAX]}))
    return in_order(cues)


def _frames(container: InputContainer, report: Callable[[float], None]) -> Iterator[tuple[float, bytes | None]]:
    """The time of each frame with its captions, and the end."""
    video = best_video(container)
    if video is None:
        return
    video.thread_type = "AUTO"
    video.codec_context.options = {"skip_loop_filter": "all"}
    clock, zero_s, at_s, damage = clock_of(container), start_s(container), 0.0, Damage()
    for packet in read_packets(container, video, clock):
        report(max(clock.shown_until_s - zero_s, 0.0))
        for frame in decode(packet, damage):
            at_s = at_s if frame.time is None else frame.time - zero_s
            yield at_s, _captions_of(frame)
    yield max(clock.shown_until_s - zero_s, at_s), None


def _shown(frames: Iterable[tuple[float, bytes | None]]) -> Iterator[Cue]:
    """Each text when it is replaced or erased; what is shown at the end is erased there."""
    decoder: Any = av.CodecContext.create(DECODER, "r")
    decoder.options = OPTIONS
    at_s = 0.0
    for at_s, captions in frames:
        yield from _decoded(decoder, captions, at_s) if captions is not None else ()
    yield from _decoded(decoder, ERASE, at_s)


def _decoded(decoder: Any, captions: bytes, at_s: float) -> Iterator[Cue]:
    packet = Packet(captions)
    packet.pts = packet.dts = round(max(at_s, 0.0) * TICKS_PER_S)
    packet.time_base = Fraction(1, TICKS_PER_S)
    try:
        subtitles = decoder.decode2(packet)
    except (av.FFmpegError, ValueError):
        return
    if subtitles is not None:
        text = "\n".join(text for text in map(text_of_event, subtitles) if text)
        start_s = max(subtitles.pts, 0) / MICROSECONDS
        yield Cue(span=span(start_s, start_s + subtitles.end_display_time / 1000), text=text)


def _captions_of(frame: Any) -> bytes | None:
    data: Any = frame.side_data.get(SIDE_DATA) if isinstance(frame, VideoFrame) else None
    return None if data is None else bytes(data)
