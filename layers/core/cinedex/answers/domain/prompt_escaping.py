"""Format evidence for a language model, escaped so that it cannot end its element."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import escape

from cinedex.answers.domain.agent import Evidence
from cinedex.kernel.timecode import timecodes

TEXT_CHARS_MAX = 700
NAME_CHARS_MAX = 120
_SPACE = re.compile(r"\s+")


def format_results(results: Sequence[Evidence], total: int) -> str:
    """One element for each result, with its citation id; text from media is escaped and on one line.

    `total` counts all results, of which `results` may be a part.
    """
    head = f'<results shown="{len(results)}" total="{total}">'
    return "\n".join([head, *map(_result, results), "</results>"])


def escape_text(text: str, chars_max: int = TEXT_CHARS_MAX, *, quotes: bool = False) -> str:
    """`text` without line breaks and control characters, at most `chars_max` long, escaped for XML.

    With `quotes` it is also safe inside an attribute.
    """
    plain = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    line = _SPACE.sub(" ", plain).strip()
    cut = line if len(line) <= chars_max else line[:chars_max].rsplit(" ", 1)[0] + " …"
    return escape(cut, quote=quotes)


def _result(evidence: Evidence) -> str:
    name = escape_text(evidence.video_name, NAME_CHARS_MAX, quotes=True)
    return (
        f'<result id="{evidence.result_id}" video_id="{escape_text(evidence.video_id, quotes=True)}" video="{name}" '
        f'start_s="{evidence.span.start_s:g}" end_s="{evidence.span.end_s:g}" at="{timecodes(evidence.span)}" '
        f'kind="{evidence.source.value}">{escape_text(evidence.text)}</result>'
    )
