"""The clock of a media file: one time for all of its streams, which never goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.library.domain.probe import ClockPiece

BACK_S = 0.3
"""A decoding time may go back by less, because some multiplexers round it."""
BACK_IN_AN_INDEXED_FILE_S = 1.0
FORWARD_S = 10.0
"""FFmpeg's `dts_delta_threshold`: a longer leap of a broadcast is a new clock, not a pause."""
CONTINUES_WITHIN_S = 1.0
STALE_S = 0.5

FIRST_PIECE = ClockPiece(at_s=0.0, offset_s=0.0, byte=0)


@dataclass
class _StreamClock:
    """Where a stream is: the piece that its packets belong to, and the time of its last packet."""

    piece: int
    last_s: float | None = None
    next_s: float = 0.0


class MediaClock:
    """Adds an offset to the timestamps of each piece of a file, so that the pieces follow each other.

    A piece begins where the decoding time of a stream goes back: recordings that were joined end to end, a counter
    that wraps after 33 bits, a restarted encoder. In formats for broadcasting (FFmpeg's `AVFMT_TS_DISCONT`), it also
    begins where all streams leap ahead. All streams use the offset of the same piece, so that pictures and sound
    stay together. A stream enters a piece when its own packets do.

    Pieces that are known from an earlier pass may be given; `start` is the piece at which reading starts.
    """

    def __init__(self, discontinuous: bool, pieces: Sequence[ClockPiece] = (), start: int = 0) -> None:
        self.pieces = list(pieces) or [FIRST_PIECE]
        self.shown_until_s = 0.0
        self._discontinuous = discontinuous
        self._back_s = BACK_S if discontinuous else BACK_IN_AN_INDEXED_FILE_S
        self._reached = start
        self._until_s = self.pieces[start].at_s
        self._streams: dict[int, _StreamClock] = {}

    def offset_s(self, stream: int, decoded_s: float, length_s: float, byte: int | None) -> float:
        """What has to be added to the timestamps of a packet, in seconds."""
        state = self._streams.setdefault(stream, _StreamClock(self._reached))
        if state.last_s is not None and not self._continues(state, decoded_s):
            state.piece = self._piece_of(state, decoded_s, byte)
            self._reached = max(self._reached, state.piece)
        offset_s = self.pieces[state.piece].offset_s
        state.last_s = decoded_s + offset_s
        state.next_s = state.last_s + length_s
        self._until_s = max(self._until_s, state.next_s)
        return offset_s

    def sparse_offset_s(self, shown_s: float) -> float:
        """The offset for a packet of a stream that is too sparse to show where a piece begins.

        It belongs to the piece in which it is nearest to the packets around it.
        """
        offsets_s = (piece.offset_s for piece in self.pieces[: self._reached + 1])
        return min(offsets_s, key=lambda offset_s: abs(shown_s + offset_s - self._until_s))

    def shown(self, presented_s: float, length_s: float) -> None:
        """Record that a packet is shown or played until then."""
        self.shown_until_s = max(self.shown_until_s, presented_s + length_s)

    def _continues(self, state: _StreamClock, decoded_s: float) -> bool:
        at_s = decoded_s + self.pieces[state.piece].offset_s
        if not self._fits(state, at_s, FORWARD_S if self._discontinuous else None):
            return False
        is_behind = state.piece < self._reached and abs(at_s - state.next_s) > STALE_S
        return not (is_behind and self._is_next(state, decoded_s, self._reached))

    def _fits(self, state: _StreamClock, at_s: float, leap_max_s: float | None) -> bool:
        assert state.last_s is not None
        leaps = leap_max_s is not None and at_s > self._until_s + leap_max_s
        return at_s >= state.last_s - self._back_s and not leaps

    def _is_next(self, state: _StreamClock, decoded_s: float, piece: int) -> bool:
        return self._fits(state, decoded_s + self.pieces[piece].offset_s, CONTINUES_WITHIN_S)

    def _piece_of(self, state: _StreamClock, decoded_s: float, byte: int | None) -> int:
        """A later piece that this packet continues, an earlier one after a single wrong timestamp, or a new one."""
        later = range(state.piece + 1, len(self.pieces))
        earlier = range(state.piece - 1, -1, -1)
        known: int | None = next((p for p in (*later, *earlier) if self._is_next(state, decoded_s, p)), None)
        if known is not None:
            return known
        is_latest = state.next_s > self._until_s - STALE_S
        at_s = state.next_s if is_latest else self._until_s
        self.pieces.append(ClockPiece(at_s=at_s, offset_s=at_s - decoded_s, byte=byte))
        return len(self.pieces) - 1
