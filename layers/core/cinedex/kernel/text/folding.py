"""Fold a text, so that spellings of the same word compare equal.

NFKC and case folding (Unicode 15, chapter 5.18), then without accents (UTR 30, "diacritic folding"). Vowel signs and
voicing marks of other scripts stay, because words differ by them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_LETTERS = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
"""Letters that have an ASCII equivalent and no decomposition."""
_PUNCTUATION = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\u00b4\u0060\u05f3",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u05f4",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00b7\u30fb",
}
APOSTROPHES = "'" + _PUNCTUATION["'"] + "\uff07"
HYPHENS = "-" + _PUNCTUATION["-"].replace("\u00b7", "").replace("\u30fb", "") + "\ufe63\uff0d"
_IGNORED = frozenset(
    map(chr, [0xAD, 0x640, *range(0x200B, 0x2010), 0x2060, *range(0xFE00, 0xFE10), 0xFEFF, *range(0x1F3FB, 0x1F400)])
)
"""Soft hyphen, tatweel, zero-width characters, variation selectors, and skin tones of emoji."""
_ACCENT_RANGES = (
    *((0x300, 0x36F), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E4)),
    *((0x6E7, 0x6E8), (0x6EA, 0x6ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)),
)
"""Combining marks of Latin, Greek, Cyrillic, Hebrew and Arabic."""
_MARK_RANGES = ((0x483, 0x489), (0x7EB, 0x1CFF), (0xA66F, 0xABEF))
"""Blocks with the vowel signs of other scripts, which are kept."""
_KANA_MARKS = frozenset("\u3099\u309a\uff9e\uff9f")

MARK = "\u02b0"
"""Stands for every mark in `shape`: a letter for regular expressions."""


def _chars(ranges: Iterable[tuple[int, int]]) -> Iterator[str]:
    return (chr(code) for first, last in ranges for code in range(first, last + 1))


_ACCENTS = frozenset(c for c in _chars(_ACCENT_RANGES) if unicodedata.category(c)[0] == "M")
_SIGNS = frozenset(c for c in _chars(_MARK_RANGES) if unicodedata.category(c)[0] == "M")
_SHAPE = dict.fromkeys(map(ord, _IGNORED | _ACCENTS | _SIGNS | _KANA_MARKS), MARK)
_FOLDED = (
    dict.fromkeys(map(ord, _IGNORED | _ACCENTS))
    | {ord(letter): plain for letter, plain in _LETTERS.items()}
    | {ord(variant): plain for plain, variants in _PUNCTUATION.items() for variant in variants}
)
_CLUSTER = re.compile(rf"\s+|[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|[\s\S]{MARK}*")
_SPACES = re.compile(r"\s+")


def shape(text: str) -> str:
    """`text`, character by character, with `MARK` for each character that belongs to the letter before it."""
    return text if text.isascii() else text.translate(_SHAPE)


def fold(text: str) -> str:
    """`text` in lower case, without accents, with plain apostrophes, quotation marks and hyphens.

    A run of white space becomes one space. Idempotent.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(_FOLDED))
    return _SPACES.sub(" ", text.lower())


def fold_clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """The folded form of each letter with its marks, and its first and last + 1 position in `text`."""
    for match in _CLUSTER.finditer(shape(text)):
        yield _folded_cluster(text[match.start() : match.end()]), match.start(), match.end()


@lru_cache(maxsize=8_192)
def _folded_cluster(cluster: str) -> str:
    return fold(cluster)
