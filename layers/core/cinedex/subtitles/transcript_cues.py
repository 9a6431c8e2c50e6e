"""Cut a transcript into cues for subtitles: two lines, as long as people can read them, at sentence ends and pauses.

The limits are those of the guides of broadcasters and streaming services: 42 characters in a line, two lines, 1 to 7 s.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import inf

from cinedex.kernel.span import span
from cinedex.kernel.text.plain_text import visible
from cinedex.kernel.text.tokenizer import is_without_spaces
from cinedex.subtitles.cue import Cue
from cinedex.timeline.read_timeline import SpokenWord

LINE_CHARS_MAX = 42
"""A character of double width, as in Chinese, counts as two."""
LINES_MAX = 2
CUE_S_MIN, CUE_S_MAX = 1.0, 7.0
PAUSE_S = 1.0
"""A longer pause ends a cue."""
PHRASE_WORDS_MAX = 200
"""Words without a sentence end or a pause that are cut together; it bounds the memory."""
_SENTENCE_ENDS = tuple(".!?…。！？؟।")
_CLAUSE_ENDS = tuple(",;:、，；：،–—")
_CLOSING = "\"'”’»)]」』）"

Words = Sequence[SpokenWord]


def cut_cues(words: Iterable[SpokenWord]) -> Iterator[Cue]:
    """The cues of words in order of time; each is yielded as soon as the one behind it is known."""
    before: Cue | None = None
    for some in _groups(words):
        start_s = some[0].span.start_s
        cue = Cue(span=span(start_s, min(_end_s(some), start_s + CUE_S_MAX)), text=_lines(some))
        if before is not None:
            yield _long_enough(before, cue.span.start_s)
        before = cue
    if before is not None:
        yield _long_enough(before, inf)


def words_of_text(text: str, start_s: float, end_s: float) -> list[SpokenWord]:
    """The words of a sentence whose words have no times: each as long as its share of the letters."""
    pieces = text.split()
    total = sum(map(len, pieces)) or 1
    words, done = list[SpokenWord](), 0
    for piece in pieces:
        first, done = done, done + len(piece)
        begins_s, ends_s = (start_s + (end_s - start_s) * part / total for part in (first, done))
        words.append(SpokenWord(span=span(begins_s, ends_s), text=piece))
    return words


def _groups(words: Iterable[SpokenWord]) -> Iterator[Words]:
    """The words of each cue."""
    for phrase in _phrases(words):
        yield from _cut(phrase)


def _phrases(words: Iterable[SpokenWord]) -> Iterator[Words]:
    """Up to a pause or a sentence end. A sentence that is too short for a cue goes with the next one."""
    phrase: list[SpokenWord] = []
    for word in _fitting(words):
        if phrase and _is_end(phrase, word):
            yield phrase
            phrase = []
        phrase.append(word)
    if phrase:
        yield phrase


def _is_end(phrase: Words, following: SpokenWord) -> bool:
    if following.span.start_s - _end_s(phrase) >= PAUSE_S or len(phrase) >= PHRASE_WORDS_MAX:
        return True
    ends = phrase[-1].text.rstrip(_CLOSING).endswith(_SENTENCE_ENDS)
    return ends and (_end_s(phrase) - phrase[0].span.start_s >= CUE_S_MIN or not _fits([*phrase, following]))


def _fitting(words: Iterable[SpokenWord]) -> Iterator[SpokenWord]:
    """Words without invisible characters; one that is wider than a line is cut."""
    for word in words:
        text = " ".join(visible(word.text).split())
        if _width(text) <= LINE_CHARS_MAX:
            yield from [word.model_copy(update={"text": text})] if text else []
            continue
        size = LINE_CHARS_MAX // 2
        pieces = " ".join(text[at : at + size] for at in range(0, len(text), size))
        yield from words_of_text(pieces, word.span.start_s, word.span.end_s)


def _cut(phrase: Words) -> Iterator[Words]:
    """Halves, until each fits; at the end of a clause or the longest pause near the middle."""
    waiting = [phrase]
    while waiting:
        some = waiting.pop()
        if len(some) < 2 or _fits(some):
            yield some
            continue
        at = _best_cut(some)
        waiting += [some[at:], some[:at]]


def _fits(words: Words) -> bool:
    return _end_s(words) - words[0].span.start_s <= CUE_S_MAX and len(_wrapped(words)) <= LINES_MAX


def _best_cut(words: Words) -> int:
    """The number of words before the cut."""

    def quality(at: int) -> float:
        middle = 1 - abs(2 * at / len(words) - 1)
        clause = 0.5 if words[at - 1].text.endswith(_CLAUSE_ENDS + _SENTENCE_ENDS) else 0.0
        return middle + clause + min(max(words[at].span.start_s - words[at - 1].span.end_s, 0.0), 1.0)

    return max(range(1, len(words)), key=quality)


def _lines(words: Words) -> str:
    """Two lines are about equally long."""
    wrapped = _wrapped(words)
    if len(wrapped) != LINES_MAX:
        return "\n".join(wrapped)
    pairs = ([_joined(words[:at]), _joined(words[at:])] for at in range(1, len(words)))
    fitting: list[list[str]] = [pair for pair in pairs if max(map(_width, pair)) <= LINE_CHARS_MAX]
    best = min(fitting, key=lambda pair: abs(_width(pair[0]) - _width(pair[1])), default=wrapped)
    return "\n".join(best)


def _wrapped(words: Words) -> list[str]:
    lines: list[list[SpokenWord]] = [[]]
    for word in words:
        if lines[-1] and _width(_joined([*lines[-1], word])) > LINE_CHARS_MAX:
            lines.append([])
        lines[-1].append(word)
    return [_joined(line) for line in lines]


def _joined(words: Words) -> str:
    """With spaces, except between characters of scripts that have none."""
    text = words[0].text
    for before, word in pairwise(words):
        has_space = not (is_without_spaces(before.text[-1:]) and is_without_spaces(word.text[:1]))
        text += f" {word.text}" if has_space else word.text
    return text


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _end_s(words: Words) -> float:
    return max(words[-1].span.end_s, words[0].span.start_s)


def _long_enough(cue: Cue, next_start_s: float) -> Cue:
    """At least a second, but not longer than until the next cue."""
    start_s = cue.span.start_s
    end_s = max(min(max(cue.span.end_s, start_s + CUE_S_MIN), max(next_start_s, start_s)), start_s)
    return cue.model_copy(update={"span": span(start_s, end_s)})
