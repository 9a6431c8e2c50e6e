"""Estimates the duration of a media file."""

from __future__ import annotations

from pathlib import Path

from cinedex.adapters.pyav.streams import declared_duration_s

from gpu_tasks.media.container import open_container

UNKNOWN_S = 3600.0


def estimated_duration_s(path: Path) -> float:
    """What the header of the container states, for progress only: it may be wrong or missing."""
    with open_container(path) as container:
        return declared_duration_s(container) or UNKNOWN_S
