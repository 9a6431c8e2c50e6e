"""How long a media file is, for tasks that must cover all of it."""

from __future__ import annotations

from pathlib import Path

from cinedex.adapters.pyav.streams import MICROSECONDS, declared_duration_s, start_s

from gpu_tasks.media.container import opened


def duration_s(path: Path) -> float:
    """What the container declares, else the end of its last packet."""
    with opened(path) as container:
        declared = declared_duration_s(container)
        if declared is not None:
            return declared
        zero_s, last_s = start_s(container), 0.0
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None:
                last_s = max(last_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return max(last_s - zero_s, 1 / MICROSECONDS)
