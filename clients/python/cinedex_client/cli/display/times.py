"""Formats times, durations and sizes."""

from __future__ import annotations

_KILO = 1000.0


def clock(instant_s: float) -> str:
    """`1:05` or `2:03:09`, as a video player shows it."""
    minutes, seconds = divmod(int(instant_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def time_range(start_s: float | None, end_s: float | None) -> str:
    """`0:15-0:25`; empty for a whole video."""
    if start_s is None:
        return ""
    return clock(start_s) if end_s is None else f"{clock(start_s)}-{clock(end_s)}"


def length(duration_s: float) -> str:
    return f"{duration_s:.1f} s" if duration_s < 60 else clock(duration_s)


def size(size_bytes: float) -> str:
    """In decimal units: 1 kB is 1000 bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        if size_bytes < _KILO:
            return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= _KILO
    return f"{size_bytes:.1f} TB"
