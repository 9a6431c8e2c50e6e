"""Determines the frame number at which decoding starts after a seek."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cinedex.adapters.pyav.packets import clock_of, read_packets
from cinedex.library.domain.probe import ClockPiece

from gpu_tasks.media.container import open_container


def count_frames_before(
    source: Path | str, stream_index: int, pts: int | None, clock: Sequence[ClockPiece] = ()
) -> int:
    """The number of frames of a stream that are shown before the frame at `pts`.

    Reads packets without decoding them, which takes about a second for an hour of video. 0 when the stream has no
    timestamps.
    """
    if pts is None:
        return 0
    count = 0
    with open_container(source) as container:
        stream = next(s for s in container.streams.video if s.index == stream_index)
        for packet in read_packets(container, stream, clock_of(container, clock)):
            if packet.dts is not None and packet.dts > pts:
                break
            count += packet.pts is not None and packet.pts < pts
    return count
