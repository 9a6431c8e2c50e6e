"""How evidence is shown to a language model: as data that it cannot take for instructions, or break out of."""

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


def quoted_results(results: Sequence[Evidence], total: int) -> str:
    """One element for each result, with the id to cite it by; media text is escaped and on one line.

    `total` counts what there was, of which `results` may be a part.
    """
    head = f'<results shown="{len(results)}" total="{total}">'
    return "\n".join([head, *map(_result, results), "</results>"])


def quoted(text: str, chars_max: int = TEXT_CHARS_MAX, *, quotes: bool = False) -> str:
    """`text` without line breaks and control characters, no longer than `chars_max`, unable to close an element.

    With `quotes` it cannot end an attribute either.
    """
    plain = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    line = _SPACE.sub(" ", plain).strip()
    cut = line if len(line) <= chars_max else line[:chars_max].rsplit(" ", 1)[0] + " …"
    return escape(cut, quote=quotes)


def _result(evidence: Evidence) -> str:
    name = quoted(evidence.video_name, NAME_CHARS_MAX, quotes=True)
    return (
        f'<result id="{evidence.result_id}" video_id="{quoted(evidence.video_id, quotes=True)}" video="{name}" '
        f'start_s="{evidence.span.start_s:g}" end_s="{evidence.span.end_s:g}" at="{timecodes(evidence.span)}" '
        f'kind="{evidence.source.value}">{quoted(evidence.text)}</result>'
    )
