"""A query as its words: what a text must hold to be lexical evidence for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.text.label_hierarchy import labels_of
from cinedex.kernel.text.tokens import content_words, singular, stem, stems, words

_QUOTED = re.compile(r'["“]([^"“”]+)["”]')


SMALL_WORDS_MIN = 4
KIN_WEIGHT = 0.6
"""What a word counts where it is not found itself, but something that means the same."""


class Term(BaseModel):
    """One content word; any of its `stems` in a text is the word in the text.

    `kin` are the stems of other words for it: all those of one of them in a text count for it, but less.
    """

    model_config = ConfigDict(frozen=True)

    word: str
    stems: frozenset[str]
    kin: tuple[frozenset[str], ...] = ()

    def found_in(self, text_stems: frozenset[str]) -> bool:
        return not self.stems.isdisjoint(text_stems)

    def weight_in(self, text_stems: frozenset[str]) -> float:
        """1 for the word itself, `KIN_WEIGHT` for its kin, 0 for neither."""
        if self.found_in(text_stems):
            return 1.0
        return KIN_WEIGHT if any(kin <= text_stems for kin in self.kin) else 0.0

    def marks_in(self, text_stems: frozenset[str]) -> frozenset[str]:
        """The stems to show as found in a text."""
        return self.stems.union(*(kin for kin in self.kin if kin <= text_stems))


class Query(BaseModel):
    """What somebody typed; no character of it is an operator but quotation marks around a phrase.

    `subject` is the part of it that evidence should hold, where that is not the whole. `also` has other words for
    some of its words, and `restated` is the whole said in another way: both only add to what was typed.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    subject: str | None = None
    also: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    restated: str | None = None

    @property
    def wordings(self) -> tuple[str, ...]:
        """What is compared by meaning; each counts the same."""
        return (self.text,) if self.restated is None else (self.text, self.restated)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The content words of the subject; where it has none, all its words, if they say enough to be a phrase."""
        chosen = content_words(self.subject or self.text) or tuple(dict.fromkeys(self._small_words))
        terms = (Term(word=word, stems=_stems_of(word), kin=self._kin_of(word)) for word in chosen)
        return tuple({term.stems: term for term in terms}.values())

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Phrases in quotation marks, folded: a moment must hold each of them word for word."""
        quoted = [" ".join(words(phrase)) for phrase in _QUOTED.findall(self.text) if phrase.strip()]
        return tuple(filter(None, [*quoted, "" if quoted else " ".join(self._small_words)]))

    @cached_property
    def index_words(self) -> str:
        """The words to look up in a lexical index: what was typed, the kinds of things it names, and other words."""
        kinds = (label for term in self.terms for label in labels_of(singular(term.word)))
        others = (word for term in self.terms for other in self.also.get(term.word, ()) for word in words(other))
        return " ".join(dict.fromkeys([*(term.word for term in self.terms), *kinds, *others]))

    def _kin_of(self, word: str) -> tuple[frozenset[str], ...]:
        return tuple(filter(None, map(stems, self.also.get(word, ()))))

    @cached_property
    def _small_words(self) -> tuple[str, ...]:
        """ "to be or not to be" is in few texts word for word, but "the" and "of" are in all: they ask for nothing."""
        small = () if content_words(self.subject or self.text) else tuple(words(self.text))
        return small if len(small) >= SMALL_WORDS_MIN else ()

    @property
    def asks_for_something(self) -> bool:
        """False when no word says what about ("what is shown?")."""
        return bool(content_words(self.text))


def _stems_of(word: str) -> frozenset[str]:
    return frozenset(map(stem, (word, *labels_of(singular(word)))))
