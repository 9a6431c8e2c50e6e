"""Tells which frame of the whole video a frame is, when decoding began in the middle."""

from __future__ import annotations

from pathlib import Path

from gpu_tasks.media.container import opened


def frames_before(source: Path | str, stream_index: int, pts: int | None) -> int:
    """How many frames of a stream are shown before the one at `pts`, which decoding began with.

    Packets are read, not decoded: about a second for an hour of video. 0 when the
    stream has no timestamps.
    """
    if pts is None:
        return 0
    count = 0
    with opened(source) as container:
        for packet in container.demux(container.streams[stream_index]):
            if packet.dts is not None and packet.dts > pts:
                break
            count += packet.pts is not None and packet.pts < pts
    return count
