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
from cinedex.adapters.pyav.streams import AVStream, length_s, watched_streams
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

    @property
    def is_total(self) -> bool:
        """Some decoders give nothing, and no error either."""
        return self.decoded == 0 and (self.total_s > 0 or self.error is not None)

    @property
    def share(self) -> float:
        return 1.0 if self.is_total else min(1.0, self.lost_s / self.total_s) if self.total_s > 0 else 0.0


def clock_of(container: InputContainer, pieces: Sequence[ClockPiece] = (), start: int = 0) -> MediaClock:
    return MediaClock(bool(container.format.flags & TS_DISCONT), pieces, start)


def read_packets(container: InputContainer, wanted: Stream | None, clock: MediaClock) -> Iterator[Packet[Any]]:
    """The packets of `wanted`, or of no stream, whose timestamps are moved to the time of `clock`.

    Reads the packets of the other streams that are shown, too, because the clock is common to all of them.
    """
    for packet in _demux(container, watched_streams(container, wanted)):
        decoded = packet.dts if packet.dts is not None else packet.pts
        if decoded is not None and packet.time_base is not None:
            _set_clock(packet, decoded, clock)
        if packet.stream is wanted or (wanted is not None and packet.stream_index == wanted.index):
            yield packet


def _set_clock(packet: Packet[Any], decoded: int, clock: MediaClock) -> None:
    assert packet.time_base is not None
    stream: AVStream = packet.stream
    packet_s = length_s(packet, stream)
    offset_s = clock.offset_s(packet.stream_index, float(decoded * packet.time_base), packet_s, packet.pos)
    if offset_s:
        ticks = round(offset_s / packet.time_base)
        packet.dts = None if packet.dts is None else packet.dts + ticks
        packet.pts = None if packet.pts is None else packet.pts + ticks
    if not packet.is_discard:
        shown = packet.pts if packet.pts is not None else packet.dts
        clock.shown(float((shown or 0) * packet.time_base), packet_s)


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


def decode_packet(packet: Packet[Any]) -> list[Any]:
    return packet.decode()


def decode(packet: Packet[Any], damage: Damage) -> list[Any]:
    """The frames of a packet; none when the decoder cannot use it, whatever error it gives.

    Decoders report damage as EPERM, EINVAL, PATCHWELCOME and others, not as INVALIDDATA only.
    """
    packet_s = length_s(packet, packet.stream) if packet.size else 0.0
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
