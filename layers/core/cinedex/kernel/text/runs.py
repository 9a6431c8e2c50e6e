"""Words in scripts without spaces: which pairs of characters of a query are evidence, and which are chance.

A text that contains one pair of a word need not contain the word: "ニュース" has the last pair of "ソース". A katakana
word and a short word of Han characters therefore count only as a whole, and a longer run, whose words have no borders,
only if a text has a share of its pairs. Hiragana are endings and particles, and require nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import floor

from cinedex.kernel.text.folding import fold_clusters
from cinedex.kernel.text.tokenizer import runs_without_spaces

WHOLE_CHARS_MAX = {"katakana": 6, "han": 3}
"""Up to this length a run is one word. Scripts that are not listed have one word in a pair."""
WORD_CHARS_MAX = 2
SHARE_MIN = 1 / 3
"""A text has to contain more than this share of the pairs of a longer run, and at least two."""
LONG_VOWEL = "ー"
_SCRIPTS = {
    "hiragana": [(0x3041, 0x309F)],
    "katakana": [(0x30A0, 0x30FF), (0x31F0, 0x31FF)],
    "han": [(0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)],
}
_Characters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Run:
    """The pairs of adjacent characters of one script, and those that join it to the characters around it.

    A text contains the run if it has `count_min` of the `counted` pairs.
    """

    pairs: frozenset[str]
    borders: frozenset[str]
    counted: frozenset[str]
    count_min: int

    def is_in(self, terms: frozenset[str]) -> bool:
        return len(self.counted & terms) >= self.count_min


def runs(text: str) -> Iterator[Run]:
    """The runs of at least two characters that a text has to contain."""
    for run in runs_without_spaces(text):
        characters = [(folded, _script_of(folded)) for folded, _, _ in fold_clusters(run) if folded]
        start = 0
        for script, group in groupby(characters, lambda character: character[1]):
            end = start + len(list(group))
            if script != "hiragana" and end - start > 1:
                yield _run(script, characters, start, end)
            start = end


def chance_pairs(runs_of_query: Iterable[Run], terms: frozenset[str]) -> frozenset[str]:
    """The pairs of those runs that a text with these terms does not contain; they are no evidence in it."""
    listed = list(runs_of_query)
    absent = [run for run in listed if not run.is_in(terms)]
    found = frozenset[str]().union(*(run.pairs for run in listed if run not in absent))
    return frozenset[str]().union(*(run.pairs - found | run.borders for run in absent))


def _run(script: str, characters: _Characters, start: int, end: int) -> Run:
    letters = [folded for folded, _ in characters[start:end]]
    pairs = [one + other for one, other in pairwise(letters)]
    around = [(start - 1, start), (end - 1, end)]
    borders = {characters[i][0] + characters[j][0] for i, j in around if i >= 0 and j < len(characters)}
    if len(letters) > WHOLE_CHARS_MAX.get(script, WORD_CHARS_MAX):
        counted = frozenset(pairs)
        count_min = min(len(counted), max(2, floor(len(counted) * SHARE_MIN) + 1))
    else:
        counted = frozenset(_required(pairs))
        count_min = len(counted)
    return Run(frozenset(pairs), frozenset(borders) - set(pairs), counted, count_min)


def _required(pairs: Sequence[str]) -> Sequence[str]:
    """A long vowel at the end is optional: "サーバ" and "サーバー" are spellings of one word."""
    return pairs[:-1] if len(pairs) > 1 and pairs[-1].endswith(LONG_VOWEL) else pairs


def _script_of(letter: str) -> str:
    code = ord(letter[0])
    return next((n for n, ranges in _SCRIPTS.items() if any(first <= code <= last for first, last in ranges)), "other")
