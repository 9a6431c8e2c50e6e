"""Determines the duration of a media file."""

from __future__ import annotations

from pathlib import Path

from cinedex.adapters.pyav.streams import MICROSECONDS, declared_duration_s, start_s

from gpu_tasks.media.container import open_container


def duration_s(path: Path) -> float:
    """The duration in the header of the container; without one, the end of the last packet."""
    with open_container(path) as container:
        declared = declared_duration_s(container)
        if declared is not None:
            return declared
        zero_s, last_s = start_s(container), 0.0
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None:
                last_s = max(last_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return max(last_s - zero_s, 1 / MICROSECONDS)
