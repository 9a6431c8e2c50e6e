"""A query as a set of terms: which words a text must contain to be lexical evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.text.label_hierarchy import labels_of
from cinedex.kernel.text.query_language import without_stop_words
from cinedex.kernel.text.runs import Run, chance_pairs, runs
from cinedex.kernel.text.stemming import ENGLISH, ENGLISH_ONLY
from cinedex.kernel.text.tokenizer import compounds, parts_of
from cinedex.kernel.text.tokens import STOP_WORDS, content_words, singular, stems, stems_of_word, surfaces, words

_OPENING, _CLOSING = '"“„«「『＂', '"”“»」』＂'
QUOTATION_MARKS = _OPENING + _CLOSING
QUOTED = re.compile(rf"[{_OPENING}](?P<phrase>[^{_OPENING}{_CLOSING}]+)[{_CLOSING}]")
"""A phrase in quotation marks, of any language."""

STOP_WORDS_MIN = 4
SYNONYM_WEIGHT = 0.6
"""Weight of a word where a text contains a synonym but not the word itself."""


class Term(BaseModel):
    """One content word; a text that contains any of `stems` contains the word.

    `synonyms` are the stems of other words for it. A synonym matches when a text contains all of its stems, and counts
    less than the word.
    """

    model_config = ConfigDict(frozen=True)

    word: str
    stems: frozenset[str]
    synonyms: tuple[frozenset[str], ...] = ()

    def is_in(self, text_stems: frozenset[str]) -> bool:
        return not self.stems.isdisjoint(text_stems)

    def weight_in(self, text_stems: frozenset[str]) -> float:
        """1 for the word itself, `SYNONYM_WEIGHT` for a synonym, 0 for neither."""
        if self.is_in(text_stems):
            return 1.0
        return SYNONYM_WEIGHT if any(synonym <= text_stems for synonym in self.synonyms) else 0.0

    def matched_stems(self, text_stems: frozenset[str]) -> frozenset[str]:
        """The stems to highlight in a text."""
        return self.stems.union(*(synonym for synonym in self.synonyms if synonym <= text_stems))


class Query(BaseModel):
    """The text of a search; quotation marks around a phrase are the only operator.

    `subject` is the part of the text that evidence should contain, when that is not all of it. `synonyms` has other
    words for words of the text, and `paraphrase` is the whole text in other words: both only add matches.
    `languages` are those of the texts in which it is looked for, English first.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    subject: str | None = None
    synonyms: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    paraphrase: str | None = None
    languages: tuple[str, ...] = ENGLISH_ONLY

    def in_languages(self, languages: Iterable[str]) -> Query:
        """The same query for texts that may be in these languages."""
        others = tuple(sorted({*languages} - {ENGLISH}))
        if others == self.languages[1:]:
            return self
        return Query(**{name: getattr(self, name) for name in Query.model_fields} | {"languages": (ENGLISH, *others)})

    @property
    def wordings(self) -> tuple[str, ...]:
        """The texts to embed; each counts the same."""
        return (self.text,) if self.paraphrase is None else (self.text, self.paraphrase)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The content words of the subject; if it has none, all of its words, when there are enough for a phrase."""
        chosen = self._content_words or tuple(dict.fromkeys(self._stop_word_phrase))
        joined = self._joined_words
        terms = (
            Term(word=word, stems=self._stems_of(word, joined.get(word, ())), synonyms=self._synonyms_of(word))
            for word in chosen
        )
        return tuple({term.stems: term for term in terms}.values())

    def terms_in(self, text_stems: frozenset[str]) -> dict[Term, float]:
        """The terms that a text contains, with their weights; not those that only chance has in it."""
        if self._stems.isdisjoint(text_stems):
            return {}
        weights = {term: weight for term in self.terms if (weight := term.weight_in(text_stems))}
        chance = chance_pairs(self._runs, text_stems) if self._runs else frozenset()
        return {term: weight for term, weight in weights.items() if term.word not in chance} if chance else weights

    @cached_property
    def _stems(self) -> frozenset[str]:
        """Every term has one of them in each text that contains it."""
        return frozenset().union(*(term.stems.union(*term.synonyms) for term in self.terms))

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """Phrases in quotation marks, in lower case: a moment must contain each of them word for word."""
        quoted = [" ".join(words(phrase)) for phrase in QUOTED.findall(self.text) if phrase.strip()]
        return tuple(filter(None, [*quoted, "" if quoted else " ".join(self._stop_word_phrase)]))

    @cached_property
    def index_words(self) -> str:
        """The words to look up in a lexical index: the terms, other spellings, the labels of categories, synonyms."""
        spellings = (other for term in self.terms for other in self._other_spellings(term.word))
        labels = (label for term in self.terms for label in labels_of(singular(term.word)))
        others = (word for term in self.terms for other in self.synonyms.get(term.word, ()) for word in words(other))
        written = (self._surfaces.get(term.word, term.word).lower() for term in self.terms)
        return " ".join(dict.fromkeys([*written, *spellings, *labels, *others]))

    @cached_property
    def _content_words(self) -> tuple[str, ...]:
        text = self.subject or self.text
        content = content_words(text)
        if self.languages == ENGLISH_ONLY:
            return content
        return without_stop_words(content, tuple(words(text)), self.languages[1:], STOP_WORDS)

    def _synonyms_of(self, word: str) -> tuple[frozenset[str], ...]:
        """A word that a text may write as two ("covid19", "covid 19") counts as its own synonym."""
        parts = " ".join(parts_of(word))
        others = [*self.synonyms.get(word, ()), *([parts] if parts else [])]
        return tuple(filter(None, (stems(other, (code,)) for other in others for code in self.languages)))

    def _other_spellings(self, word: str) -> Iterator[str]:
        yield from self._joined_words.get(word, ())
        yield from parts_of(word)

    def _stems_of(self, word: str, joined: Iterable[str]) -> frozenset[str]:
        others = (word.replace("'", ""), *joined, *labels_of(singular(word)))
        written = stems_of_word(self._surfaces.get(word, word), word, self.languages)
        return written.union(*(stems_of_word(other, other, self.languages) for other in others))

    @cached_property
    def _surfaces(self) -> dict[str, str]:
        return surfaces(self.subject or self.text)

    @cached_property
    def _runs(self) -> tuple[Run, ...]:
        return tuple(runs(self.subject or self.text))

    @cached_property
    def _joined_words(self) -> dict[str, tuple[str, ...]]:
        """For each part of a compound the compound in one word: "wi" and "fi" of "Wi-Fi" are both in "wifi"."""
        joined: dict[str, tuple[str, ...]] = {}
        for parts, whole in compounds(self.subject or self.text):
            joined |= {part: (*joined.get(part, ()), whole) for part in parts}
        return joined

    @cached_property
    def _stop_word_phrase(self) -> tuple[str, ...]:
        """ "to be or not to be" is rare as a phrase, but the single words "the" and "of" match every text."""
        tokens = () if content_words(self.subject or self.text) else tuple(words(self.text))
        return tokens if len(tokens) >= STOP_WORDS_MIN else ()
