"""The segments of each word of a query, from the full-text index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.adapters.sqlite.words.account_rows import SEGMENT_BITS
from cinedex.timeline.modality import Modality

_NEWEST = f"""
SELECT rowid - :offset FROM words
WHERE words MATCH :match AND rowid BETWEEN :offset AND :offset + {(1 << SEGMENT_BITS) - 1}
ORDER BY rowid DESC LIMIT :limit
"""  # nosec B608 # made of constants of this package, values are bound


@dataclass(frozen=True)
class PlacedWord:
    """A word of a query, in any of its forms, in some texts of a segment. `factor` is the share of its weight there."""

    forms: tuple[str, ...]
    modalities: tuple[Modality, ...]
    factor: float

    @property
    def expression(self) -> str:
        """A form has only letters, digits and emoji, so user input cannot contain FTS5 operators."""
        forms = " OR ".join(f'"{form}"' for form in self.forms)
        return f"{{{' '.join(self.modalities)}}} : ({forms})"


@dataclass(frozen=True)
class WordList:
    """Ids of segments: the newest, newest first, and `others` that have more words of the query.

    `is_whole` when no segment is missing. `count` is the number of all of them, estimated when some are missing.
    """

    newest: Sequence[int]
    others: Sequence[int]
    is_whole: bool
    count: float


@dataclass(frozen=True)
class WordIndex:
    """The segments of one account. `scope` is a condition in the language of FTS5, which may be empty."""

    connection: sqlite3.Connection
    offset: int
    scope: str

    def lists(self, words: Sequence[PlacedWord], length_max: int) -> list[WordList]:
        """Of a frequent word the list has the newest segments; of the others those with a rare word of the query, or
        when it has none, with all words that occur."""
        newest = [self._newest(word.expression, length_max) for word in words]
        rare = [word for word, ids in zip(words, newest, strict=True) if 0 < len(ids) < length_max]
        demanded = " OR ".join(f"({word.expression})" for word in rare) or _all(
            [word for word, ids in zip(words, newest, strict=True) if ids]
        )
        return [self._list(word, ids, demanded, length_max) for word, ids in zip(words, newest, strict=True)]

    def _list(self, word: PlacedWord, newest: list[int], demanded: str, length_max: int) -> WordList:
        if len(newest) < length_max:
            return WordList(newest, (), is_whole=True, count=len(newest))
        others = self._newest(f"({word.expression}) AND ({demanded})", length_max) if demanded else []
        count = length_max * newest[0] / (newest[0] - newest[-1] + 1)
        return WordList(newest, others, is_whole=False, count=count)

    def _newest(self, expression: str, limit: int) -> list[int]:
        match = f"({expression}) AND {self.scope}" if self.scope else expression
        bound = {"offset": self.offset, "match": match, "limit": limit}
        return [row[0] for row in self.connection.execute(_NEWEST, bound)]


def _all(words: Sequence[PlacedWord]) -> str:
    """Matches segments with all words, each in any of its texts. Empty for one word."""
    by_word: dict[tuple[str, ...], list[str]] = {}
    for word in words:
        by_word.setdefault(word.forms, []).append(f"({word.expression})")
    return " AND ".join(f"({' OR '.join(places)})" for places in by_word.values()) if len(by_word) > 1 else ""
