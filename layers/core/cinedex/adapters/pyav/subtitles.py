"""The subtitle streams of a file: which there are, and the cues of those that are text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.subtitles.stream import SubtitleStream

from cinedex.adapters.pyav.clock import MediaClock
from cinedex.adapters.pyav.packets import clock_of, read_with
from cinedex.adapters.pyav.streams import known_tag, start_s
from cinedex.kernel.span import span
from cinedex.library.domain.subtitle_track import TRACKS_MAX, SubtitleSource, SubtitleTrack, embedded_track_id
from cinedex.subtitles.cue import CUE_CHARS_MAX, CUES_BYTES_MAX, Cue, in_order, text_of_ass

UNKNOWN_LENGTH_S = 5.0
"""A cue without a duration is shown until the next one, and not longer."""
CUES_MAX = 20_000
_NAMES = {"srt": "subrip", "ssa": "ass"}
_PICTURES = "They are pictures, which are not read."
_NO_DECODER = "This deployment has no decoder for them."
_FIELDS_BEFORE_TEXT = 8


def describe_subtitles(container: InputContainer) -> tuple[SubtitleTrack, ...]:
    """In the order of the file; a track that cannot be read says why."""
    return tuple(_describe(number, s) for number, s in enumerate(container.streams.subtitles[:TRACKS_MAX]))


def read_cues(container: InputContainer, report: Callable[[float], None]) -> dict[int, tuple[Cue, ...]]:
    """The cues of each text track, by its number, at the times at which a player shows them.

    `report` gets the time of the file that has been reached. A packet that cannot be decoded has no cue.
    The parts of a cue and of a track that are over the limits are left out.
    """
    numbers = {s.index: n for n, s in enumerate(container.streams.subtitles[:TRACKS_MAX]) if _unread(s) is None}
    shown: dict[int, _Texts] = defaultdict(_Texts)
    clock = clock_of(container)
    zero_s = start_s(container)
    for packet, at_s in _subtitle_packets(container, clock, report):
        number = numbers.get(packet.stream_index)
        if number is not None and not shown[number].is_full:
            shown[number].extend(_decode(packet, at_s - zero_s))
    return {number: _cues(shown[number].texts) for number in numbers.values()}


_Shown = tuple[float, float | None, str]
"""Start, end if it is known, and text; an empty text ends the one before."""


@dataclass
class _Texts:
    """What a track shows, up to the limits of a track."""

    texts: list[_Shown] = field(default_factory=list)
    bytes_left: int = field(default_factory=lambda: CUES_BYTES_MAX)
    is_full: bool = False

    def extend(self, decoded: list[_Shown]) -> None:
        self.bytes_left -= sum(len(text.encode()) for _, _, text in decoded)
        self.is_full = self.bytes_left < 0 or len(self.texts) + len(decoded) > CUES_MAX
        if not self.is_full:
            self.texts.extend(decoded)


def _describe(number: int, stream: SubtitleStream) -> SubtitleTrack:
    flags, marks = stream.disposition, av.stream.Disposition
    name = stream.codec_context.name if stream.codec_context is not None else "unknown"
    return SubtitleTrack(
        track_id=embedded_track_id(number),
        source=SubtitleSource.EMBEDDED,
        format=_NAMES.get(name, name),
        language=known_tag(stream.metadata.get("language")),
        title=known_tag(stream.metadata.get("title") or stream.metadata.get("name")),
        is_default=marks.default in flags,
        is_forced=marks.forced in flags,
        is_hearing_impaired=marks.hearing_impaired in flags or _is_for_the_deaf(stream.metadata.get("title")),
        unread=_unread(stream),
    )


def _is_for_the_deaf(title: str | None) -> bool:
    """Many files say it in the title only."""
    return bool(re.search(r"\b(SDH|CC|hearing impaired)\b", title or "", re.IGNORECASE))


def _unread(stream: SubtitleStream) -> str | None:
    if stream.codec_context is None:
        return _NO_DECODER
    return _PICTURES if stream.codec_context.codec.bitmap_sub else None


def _subtitle_packets(
    container: InputContainer, clock: MediaClock, report: Callable[[float], None]
) -> Iterator[tuple[Packet[Any], float]]:
    """Each with its time. The clock is that of picture and sound, because subtitles are too sparse to show a join."""
    streams = container.streams.subtitles
    own = {s.index for s in streams}
    for packet in read_with(container, streams, clock):
        if packet.stream_index not in own:
            report(clock.shown_until_s)
        elif packet.pts is not None and packet.size and packet.time_base is not None:
            at_s = float(packet.pts * packet.time_base)
            yield packet, at_s + clock.sparse_offset_s(at_s)


def _decode(packet: Packet[Any], at_s: float) -> list[_Shown]:
    length_s = float(packet.duration * packet.time_base) if packet.duration and packet.time_base is not None else None
    try:
        subtitles = packet.decode()
    except (av.FFmpegError, ValueError):
        return []
    texts = [text_of_event(subtitle) for subtitle in subtitles] or [""]
    return [(at_s, None if length_s is None else at_s + length_s, "\n".join(t for t in texts if t)[:CUE_CHARS_MAX])]


def text_of_event(subtitle: Any) -> str:
    """The text of an ASS event, which FFmpeg makes of every format: eight fields precede it."""
    event = bytes(getattr(subtitle, "ass", b"")).decode(errors="replace")
    return text_of_ass(event.split(",", _FIELDS_BEFORE_TEXT)[-1])


def _cues(shown: list[_Shown]) -> tuple[Cue, ...]:
    ordered = sorted(shown, key=lambda s: s[0])
    starts_s = [*(at_s for at_s, _, _ in ordered[1:]), float("inf")]
    cues = [
        Cue(
            span=span(
                max(round(at_s, 3), 0.0),
                max(round(min(next_s, at_s + UNKNOWN_LENGTH_S) if end_s is None else end_s, 3), round(at_s, 3), 0.0),
            ),
            text=text,
        )
        for (at_s, end_s, text), next_s in zip(ordered, starts_s, strict=True)
    ]
    return in_order(cues)
