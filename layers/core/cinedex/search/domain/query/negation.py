"""Words that a query excludes, and the check whether a text contains them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.text.tokens import stem, words
from cinedex.search.domain.query.query import Query
from cinedex.timeline.modality import Modality


class Negation(BaseModel):
    """Consecutive words that no moment may contain, inflected or not, ignoring case.

    A match does not count when one of `denials` precedes it in the text, optionally followed by `articles`: "a street
    without people" contains no people. Both sets come from the language of the query.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    denials: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()

    def excludes(self, texts: Mapping[Modality, str]) -> bool:
        """True when one of `texts` contains the words. Metadata describes the whole video and is not checked."""
        return any(self._is_in(text) for modality, text in texts.items() if modality is not Modality.METADATA)

    @cached_property
    def _stem_sets(self) -> tuple[frozenset[str], ...]:
        return tuple(term.stems for term in Query(text=self.text).terms)

    def _is_in(self, text: str) -> bool:
        tokens = list(words(text))
        stems, length = [stem(token) for token in tokens], len(self._stem_sets)
        return any(
            all(one in allowed for one, allowed in zip(stems[start : start + length], self._stem_sets, strict=True))
            and not self._is_denied(tokens[:start])
            for start in range(len(tokens) - length + 1)
        )

    def _is_denied(self, before: list[str]) -> bool:
        while before and before[-1] in self.articles:
            before = before[:-1]
        return bool(before) and before[-1] in self.denials
