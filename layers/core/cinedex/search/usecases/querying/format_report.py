"""Format a page of moments as plain text, from the moments alone: addresses and markup in it are not active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cinedex.kernel.text.plain_text import plain_text
from cinedex.kernel.timecode import timecodes
from cinedex.library.domain.video import Video
from cinedex.search.domain.ranking.highlight import MARK_END, MARK_START
from cinedex.search.domain.results.moment import Moment

LINES_MAX = 10
QUOTE_CHARS_MAX = 200


def format_report(query: str, moments: Sequence[Moment], videos: Mapping[str, Video], video_count: int) -> str:
    """Each line quotes one moment with its video and time. `video_count` videos were searched."""
    if not moments:
        return no_match_text(query, video_count)
    sources = len({moment.video_id for moment in moments})
    head = f"{counted(len(moments), 'moment')} in {counted(sources, 'video')} for “{query}”:"
    lines = [_line(moment, videos[moment.video_id].display_name) for moment in moments[:LINES_MAX]]
    return plain_text("\n".join([head, *lines]))


def no_match_text(query: str, video_count: int) -> str:
    return plain_text(f"No confident match for “{query.strip()}” in {counted(video_count, 'video')}.")


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _line(moment: Moment, name: str) -> str:
    kinds = ", ".join(m.value.replace("_", " ") for m in moment.matched)
    return f"{moment.rank}. “{_quote(moment)}” — {name}, {timecodes(moment.span)} ({kinds})"


def _quote(moment: Moment) -> str:
    highlight = moment.highlights[0] if moment.highlights else None
    text = highlight or next((moment.texts[m] for m in moment.matched), "")
    plain = " ".join(text.replace(MARK_START, "").replace(MARK_END, "").split())
    return plain if len(plain) <= QUOTE_CHARS_MAX else plain[:QUOTE_CHARS_MAX].rsplit(" ", 1)[0] + " …"
