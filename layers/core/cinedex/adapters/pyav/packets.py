"""Reads the packets of a file, with their timestamps on the clock of the file, past what is damaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from cinedex.adapters.pyav.clock import MediaClock
from cinedex.adapters.pyav.errors import is_of_the_file
from cinedex.adapters.pyav.streams import AVStream, PacketLengths, watched_streams
from cinedex.library.domain.probe import ClockPiece

TS_DISCONT = 512  # AVFMT_TS_DISCONT: the format has timestamps that may start again
READ_ERRORS_MAX = 10


@dataclass
class Damage:
    """The seconds of a stream in the file, those that cannot be decoded, and the last error of the decoder."""

    total_s: float = 0.0
    lost_s: float = 0.0
    decoded: int = 0
    error: av.FFmpegError | ValueError | None = None
    lengths: PacketLengths | None = None

    def length_of(self, packet: Packet[Any]) -> float:
        if not packet.size:  # the end of the stream
            return 0.0
        if self.lengths is None:
            self.lengths = PacketLengths(packet.stream)
        return self.lengths(packet)

    @property
    def is_total(self) -> bool:
        """Some decoders give nothing, and no error either."""
        return self.decoded == 0 and (self.total_s > 0 or self.error is not None)

    @property
    def is_empty(self) -> bool:
        return self.decoded == 0 and self.total_s == 0 and self.error is None

    @property
    def share(self) -> float:
        return 1.0 if self.is_total else min(1.0, self.lost_s / self.total_s) if self.total_s > 0 else 0.0


def clock_of(container: InputContainer, pieces: Sequence[ClockPiece] = (), start: int = 0) -> MediaClock:
    return MediaClock(bool(container.format.flags & TS_DISCONT), pieces, start)


def read_packets(container: InputContainer, wanted: AVStream | None, clock: MediaClock) -> Iterator[Packet[Any]]:
    """The packets of `wanted`, or of no stream, whose timestamps are moved to the time of `clock`.

    Reads the packets of the other streams that are shown, too, because the clock is common to all of them.
    """
    streams = watched_streams(container, wanted)
    lengths = {s.index: PacketLengths(s) for s in streams}
    index = -1 if wanted is None else wanted.index
    for packet in _demux(container, streams):
        read = _stream_index(packet)
        if read not in lengths:
            continue
        _set_clock(packet, lengths[read], clock)
        if read == index:
            yield packet


def read_with(container: InputContainer, others: Sequence[Stream], clock: MediaClock) -> Iterator[Packet[Any]]:
    """The packets of picture and sound, moved to the time of `clock`, and those of `others` as they are."""
    streams = watched_streams(container)
    lengths = {s.index: PacketLengths(s) for s in streams}
    for packet in _demux(container, [*streams, *others]):
        if packet.stream_index in lengths:
            _set_clock(packet, lengths[packet.stream_index], clock)
        yield packet


def _stream_index(packet: Packet[Any]) -> int:
    """The empty packet at the end, with which a decoder gives its last frames, is numbered 0 for every stream."""
    return packet.stream_index if packet.size else packet.stream.index


def _set_clock(packet: Packet[Any], length_s: PacketLengths, clock: MediaClock) -> None:
    pts, dts = packet.pts, packet.dts
    decoded = pts if dts is None else dts
    if decoded is None:
        return
    packet_s = length_s(packet)
    offset_s = clock.offset_s(packet.stream_index, decoded * length_s.tick_s, packet_s, packet.pos)
    if offset_s:
        ticks = round(offset_s / length_s.tick_s)
        packet.dts = None if dts is None else dts + ticks
        packet.pts = None if pts is None else pts + ticks
    if not packet.is_discard:
        clock.shown((decoded if pts is None else pts) * length_s.tick_s + offset_s, packet_s)


def _demux(container: InputContainer, streams: Sequence[Stream]) -> Iterator[Packet[Any]]:
    """Continues behind packets that cannot be read, as long as there are others between them."""
    errors = 0
    while errors < READ_ERRORS_MAX:
        try:
            for packet in container.demux(*streams):
                yield packet
                errors = 0
        except av.FFmpegError as error:
            if not is_of_the_file(error):
                raise
            errors += 1
            continue
        return


def rewind(container: InputContainer) -> None:
    """To the first packet. A Matroska track without packets has no place to seek to; another track of the file has."""
    try:
        container.seek(0)
    except av.FFmpegError:
        if not any(_seeks_to_start(container, stream) for stream in container.streams):
            raise


def _seeks_to_start(container: InputContainer, stream: Stream) -> bool:
    try:
        container.seek(0, stream=stream)
    except av.FFmpegError:
        return False
    return True


def decode_packet(packet: Packet[Any]) -> list[Any]:
    return packet.decode()


def decode(packet: Packet[Any], damage: Damage) -> list[Any]:
    """The frames of a packet; none when the decoder cannot use it, whatever error it gives.

    Decoders report damage as EPERM, EINVAL, PATCHWELCOME and others, not as INVALIDDATA only.
    """
    packet_s = damage.length_of(packet)
    damage.total_s += packet_s
    try:
        frames = decode_packet(packet)
    except MemoryError:
        raise
    except (av.FFmpegError, ValueError) as error:
        damage.lost_s += packet_s
        damage.error = error
        return []
    damage.decoded += len(frames)
    return frames
