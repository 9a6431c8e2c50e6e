"""Times as people write them."""

from __future__ import annotations

from cinedex.kernel.span import Span


def timecode(time_s: float) -> str:
    """`0:05`, `12:30`, `1:02:03`; seconds are cut, not rounded, so that seeking there shows the moment."""
    minutes, seconds = divmod(int(time_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def timecodes(span: Span) -> str:
    """`0:05–0:09`; a single time when both ends read the same."""
    start, end = timecode(span.start_s), timecode(span.end_s)
    return start if start == end else f"{start}–{end}"
