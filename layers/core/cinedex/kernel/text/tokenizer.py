"""Split a text into tokens: the same for queries, documents, both search stores and highlights.

Scripts without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) and Korean, whose particles are attached to the
words, are split into overlapping pairs of characters, as Lucene's `CJKBigramFilter` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, pairwise

from cinedex.kernel.text.folding import APOSTROPHES, HYPHENS, MARK, fold, fold_clusters, shape

_LETTER = r"[^\W_]"
_PLAIN = rf"{_LETTER}+"
_NUMBER = rf"(?<!{_LETTER})\d{{1,3}}(?:[,{APOSTROPHES}]\d{{3}})+(?!{_LETTER})"
_LANGUAGE_NAME = rf"(?<!{_LETTER})[A-Za-z](?:\+\+|#)(?!{_LETTER})"
_EMOJI = f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]){MARK}*"
_WORD = re.compile(rf"{_NUMBER}|{_LANGUAGE_NAME}|{_PLAIN}(?:[{APOSTROPHES}]{_PLAIN})*|{_EMOJI}")
"""Matched with the `shape` of a text."""
_COMPOUND = re.compile(
    rf"{_PLAIN}(?:[{HYPHENS}]{_PLAIN})+|(?<!{_LETTER})(?:[A-Za-z]\.){{2,}}|(?<![\w.,])\d{{1,3}}(?:\.\d{{3}})+(?![\w.])"
)
_JOINTS = re.compile(rf"[{HYPHENS}.]")

_WITHOUT_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_LETTERS_AND_DIGITS = re.compile(r"([^\W\d_]+)(\d+)|(\d+)([^\W\d_]+)")
_NOT_WORD = re.compile(r"[\u2044/().]")
"""What NFKC makes of single letters beside letters and digits: "\u00bd" is "1\u20442"."""
_SYMBOLS = {"++": "plusplus", "#": "sharp"}
CACHED_CHARS_MAX = 64
PART_CHARS_MIN = 3
"""Length of the part behind an apostrophe that can be found by itself: "clock" of "o'clock", not "t" of "don't"."""


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is folded; `start` and `end` are positions in the original. A variant is another spelling of a word."""

    text: str
    start: int
    end: int
    is_variant: bool = False


def tokenize(text: str) -> list[Token]:
    """The words in order, then their variants: compounds in one word, and the parts of a word."""
    words = list(_words(text))
    return [*words, *_compounds(text), *chain.from_iterable(map(_variants, words))]


def word_texts(text: str) -> list[str]:
    """The words of `tokenize`, without the variants."""
    return [word for piece in text.split() for word in _texts_of(piece)[0]]


def token_texts(text: str) -> list[str]:
    """The texts of `tokenize`, in another order: everything under which a text can be found."""
    return [token for piece in text.split() for token in chain(*_texts_of(piece))]


def _texts_of(piece: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words and the variants of a text without white space; no token extends over white space."""
    return _cached_texts_of(piece) if len(piece) <= CACHED_CHARS_MAX else _cached_texts_of.__wrapped__(piece)


@lru_cache(maxsize=65_536)
def _cached_texts_of(piece: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    tokens = tokenize(piece)
    return tuple(t.text for t in tokens if not t.is_variant), tuple(t.text for t in tokens if t.is_variant)


def compounds(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The parts of each compound, and the same in one word: ("wi", "fi") and "wifi"."""
    for match in _COMPOUND.finditer(shape(text)):
        parts = tuple(word_texts(text[match.start() : match.end()]))
        if len(parts) > 1:
            yield parts, "".join(parts)


@lru_cache(maxsize=65_536)
def parts_of(word: str) -> tuple[str, ...]:
    """The letters and the digits of a word with both, and what is behind an apostrophe; empty for other words."""
    if match := _LETTERS_AND_DIGITS.fullmatch(word):
        return tuple(part for part in match.groups() if part)
    last = word.rpartition("'")[2]
    return (last,) if last != word and len(last) >= PART_CHARS_MIN else ()


def is_without_spaces(text: str) -> bool:
    """Whether the text has a script that does not separate its words."""
    return not text.isascii() and _run_pattern().search(text) is not None


def runs_without_spaces(text: str) -> Iterator[str]:
    """The parts of a text in scripts that do not separate their words."""
    words = () if text.isascii() else (text[m.start() : m.end()] for m in _WORD.finditer(shape(text)))
    for word in words:
        yield from (word[run.start() : run.end()] for run in _run_pattern().finditer(shape(word)))


@cache
def _run_pattern() -> re.Pattern[str]:
    """Compiled at the first text that is not ASCII: it takes 20 ms."""
    return re.compile(f"[{_WITHOUT_SPACES}][{_WITHOUT_SPACES}{MARK}]*")


def _words(text: str) -> Iterator[Token]:
    for match in _WORD.finditer(shape(text)):
        word, start = text[match.start() : match.end()], match.start()
        if word.isascii():
            yield Token(_plain(word), start, match.end())
        else:
            yield from _split_by_script(word, start)


def _plain(word: str) -> str:
    if word[0].isdigit() and ("," in word or "'" in word):
        return re.sub("[,']", "", word)
    symbol = _SYMBOLS.get(word[1:])
    return (word[0] + symbol if symbol else word).lower()


def _split_by_script(word: str, start: int) -> Iterator[Token]:
    end = 0
    for run in _run_pattern().finditer(shape(word)):
        yield from _folded(word[end : run.start()], start + end)
        yield from _pairs(word[run.start() : run.end()], start + run.start())
        end = run.end()
    yield from _folded(word[end:], start + end)


def _folded(word: str, start: int) -> Iterator[Token]:
    if text := _NOT_WORD.sub("", fold(word)).strip():
        yield Token(_plain(text), start, start + len(word))


def _pairs(run: str, start: int) -> Iterator[Token]:
    """Overlapping pairs. Single characters are variants, so that a query of one character finds them."""
    clusters = [cluster for cluster in fold_clusters(run) if cluster[0]]
    for text, first, last in clusters:
        yield Token(text, start + first, start + last, is_variant=len(clusters) > 1)
    for (one, first, _), (other, _, last) in pairwise(clusters):
        yield Token(one + other, start + first, start + last)


def _compounds(text: str) -> Iterator[Token]:
    for match in _COMPOUND.finditer(shape(text)) if _JOINTS.search(text) else ():
        pieces = [word for word in _words(text[match.start() : match.end()]) if not word.is_variant]
        pairs = list(pairwise(pieces)) if len(pieces) > 2 else []
        numbered = [pair for pair in pairs if any(piece.text.isdigit() for piece in pair)]
        for joined in (pieces, *numbered):
            yield from _joined(joined, match.start())


def _joined(pieces: Sequence[Token], offset: int) -> Iterator[Token]:
    if len(pieces) > 1 and not any(is_without_spaces(piece.text) for piece in pieces):
        text = "".join(piece.text for piece in pieces)
        yield Token(text, offset + pieces[0].start, offset + pieces[-1].end, is_variant=True)


def _variants(word: Token) -> Iterator[Token]:
    """Its parts, and the word without apostrophes."""
    texts = (*parts_of(word.text), *([word.text.replace("'", "")] if "'" in word.text else []))
    return (Token(text, word.start, word.end, is_variant=True) for text in texts)
