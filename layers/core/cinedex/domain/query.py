"""A query as its words: what a text must hold to be lexical evidence for it."""

from __future__ import annotations

import re
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.domain.label_kinds import labels_of
from cinedex.domain.words import content_words, singular, stem, words

_QUOTED = re.compile(r'["“]([^"“”]+)["”]')


SMALL_WORDS_MIN = 4


class Term(BaseModel):
    """One content word; any of its `stems` in a text is the word in the text."""

    model_config = ConfigDict(frozen=True)

    word: str
    stems: frozenset[str]

    def found_in(self, text_stems: frozenset[str]) -> bool:
        return not self.stems.isdisjoint(text_stems)


class Query(BaseModel):
    """What somebody typed; no character of it is an operator but quotation marks around a phrase.

    `subject` is the part of it that evidence should hold, where that is not the whole.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    subject: str | None = None

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The content words of the subject; where it has none, all its words, if they say enough to be a phrase."""
        chosen = content_words(self.subject or self.text) or tuple(dict.fromkeys(self._small_words))
        terms = (Term(word=word, stems=_stems_of(word)) for word in chosen)
        return tuple({term.stems: term for term in terms}.values())

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Phrases in quotation marks, folded: a moment must hold each of them word for word."""
        quoted = [" ".join(words(phrase)) for phrase in _QUOTED.findall(self.text) if phrase.strip()]
        return tuple(filter(None, [*quoted, "" if quoted else " ".join(self._small_words)]))

    @cached_property
    def index_words(self) -> str:
        """The words to look up in a lexical index: what was typed, and the kinds of things it names."""
        kinds = (label for term in self.terms for label in labels_of(singular(term.word)))
        return " ".join(dict.fromkeys([*(term.word for term in self.terms), *kinds]))

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
