"""Skips the decoding of frames that a pass does not need, if no other frame refers to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from heapq import heappop, heappush
from math import inf
from typing import Any

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

READ_AHEAD = 18
"""Packets. A decoder reorders at most 16 frames, so that then all frames before the next one are known."""
GAP_MAX_S = 0.1
"""A frame before a longer gap is needed, because it stands until the next one comes."""


class SkippedFrames:
    """`is_needed` is called with the time of each frame, in order of time, and with few exceptions before its decoding.

    A frame to which others refer is decoded all the same; the decoder knows which these are. Nothing is skipped in
    interlaced video, where the second half of a frame may be a packet of its own.
    """

    def __init__(self, stream: VideoStream, start_s: float, is_needed: Callable[[float], bool]) -> None:
        self._context = stream.codec_context
        self._tick = Fraction(stream.time_base or 1)
        self._start_s = start_s
        self._is_needed = is_needed
        self._can_skip = False
        self._undecided: list[float] = []
        self._unneeded: set[float] = set()
        self._passed: list[int] = []
        self._count = 0

    def choose(self, packets: Iterator[Packet[Any]]) -> Iterator[Packet[Any]]:
        """The packets, each after an instruction to the decoder that it may skip its frame, or not."""
        ahead: deque[Packet[Any]] = deque()
        for packet in packets:
            ahead.append(packet)
            if packet.pts is not None and not packet.is_discard:
                heappush(self._undecided, self._at_s(packet.pts))
            if len(ahead) > READ_AHEAD:
                yield self._instructed(ahead.popleft())
        while ahead:
            yield self._instructed(ahead.popleft())

    def count_before(self, frame: VideoFrame) -> int:
        """How many frames were skipped before this one; call it for each decoded frame."""
        self._can_skip = not frame.interlaced_frame
        while frame.pts is not None and self._passed and self._passed[0] <= frame.pts:
            self._count += heappop(self._passed) < frame.pts
        return self._count

    def _instructed(self, packet: Packet[Any]) -> Packet[Any]:
        self._context.skip_frame = "DEFAULT"
        if packet.pts is not None and not packet.is_discard:
            at_s = self._at_s(packet.pts)
            self._decide(at_s)
            if at_s in self._unneeded and self._can_skip:
                heappush(self._passed, packet.pts)
                self._context.skip_frame = "NONREF"
            self._unneeded.discard(at_s)
        return packet

    def _decide(self, until_s: float) -> None:
        while self._undecided and self._undecided[0] <= until_s:
            at_s = heappop(self._undecided)
            following_s = self._undecided[0] if self._undecided else inf
            if not self._is_needed(at_s) and following_s - at_s <= GAP_MAX_S:
                self._unneeded.add(at_s)

    def _at_s(self, pts: int) -> float:
        """Computed as PyAV computes the time of a frame, so that the selection is the same after decoding."""
        return max(float(pts) * self._tick.numerator / self._tick.denominator - self._start_s, 0.0)
