"""What a query says must not be there ("without people", "-red"), and whether a text holds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.text.label_hierarchy import labels_of
from cinedex.kernel.text.tokens import STOP_WORDS, singular, stem, words
from cinedex.search.domain.query.query import Query
from cinedex.timeline.modality import Modality

_DENIALS = frozenset(("no", "not", "without", "nor", "never"))
_ARTICLES = frozenset(("a", "an", "any", "the", "single"))
_COLOUR_WORDS = "red green blue yellow black white grey gray brown orange pink purple"
_COLOURS = frozenset(_COLOUR_WORDS.split())


class Negation(BaseModel):
    """Words that no moment may hold, one right behind the other, in whatever form and order of letters' case."""

    model_config = ConfigDict(frozen=True)

    text: str

    @cached_property
    def _wanted(self) -> tuple[frozenset[str], ...]:
        return tuple(term.stems for term in Query(text=self.text).terms)

    def is_held_by(self, texts: Mapping[Modality, str]) -> bool:
        """A title speaks of the whole video, so it does not count.

        A text that says that the thing is absent ("a street without people") does not hold it.
        """
        return any(self._is_in(text) for modality, text in texts.items() if modality is not Modality.ABOUT)

    def _is_in(self, text: str) -> bool:
        said = list(words(text))
        stems, length = [stem(word) for word in said], len(self._wanted)
        return any(
            all(found in wanted for found, wanted in zip(stems[start : start + length], self._wanted, strict=True))
            and not _is_denied(said[:start])
            for start in range(len(said) - length + 1)
        )


def _is_denied(before: list[str]) -> bool:
    while before and before[-1] in _ARTICLES:
        before = before[:-1]
    return bool(before) and before[-1] in _DENIALS


_WORD = r"[^\W\d_][\w'’]*"
_PHRASE = "[\ue000-\uf8ff]"
"""A stand-in for a phrase in quotation marks, see `parsed_query`."""
_ARTICLE = r"(?:(?:an?|any|the|single|his|her|their|its) )*"
_PREPOSITION = r"(?:(?:in|on|at|with|of|from) )?"
_NAMED = rf"{_ARTICLE}(?P<what>{_PHRASE}|{_WORD}(?: {_WORD})?)"
_OTHER = rf"{_ARTICLE}(?:{_PHRASE}|{_WORD})"
_MORE = rf"(?P<more>(?:(?:, {_OTHER})*,? (?:or|nor) {_OTHER})*)"
_STOPS = r"(?= ?(?:[,;.!?]|$| (?:and|or|but|in|on|at|with|near|under|during|while|beside|behind)\b))"
_STOPS_HARD = r"(?= ?(?:[,;.!?]|$| (?:and|or|but)\b))"

_IDIOM_WORDS = """
    ado alarm all always avail bail border boundary brainer cause choice clue comment cost deal delay
    dice doubt end entry even exactly exception excuse exit fail fault fear filter forgotten found future
    gain good guilty hard heart hope hurry idea impossible joke just least limit longer love luck matter
    me mercy merely more name necessarily need notice one only option pain parking pause peace place
    point problem question quite really reason regret rule rush secret sense simply smoking soul stop
    string surrender sweat talk thank time toll trace trespass trouble turn use vacancy warning way
    wonder word worry
"""
"""What "no", "not" or "without" makes a fixed expression of: "without a doubt", "no way", "but not always"."""
_IDIOMS = frozenset(map(singular, _IDIOM_WORDS.split()))

_TOLD = r"(?:says?|said|saying|reads?|reading|written|writes?|signs?|titled|called|named|text|words?|shouts?|tells?)"
_AUXILIARY = (
    r"(?:is|are|was|were|be|been|do|does|did|can|could|will|would|should|has|have|had|may|might|must|or|why|if|"
    r"to|of|nothing|nobody|none|everything but)"
)
_MINUS = re.compile(rf"(?:(?<=\s)|^)-(?P<what>{_PHRASE}|{_WORD})(?=\s|$|,)", re.IGNORECASE)
_SPELLED_OUT = (
    re.compile(rf"(?<![\w-])(?:without|excluding|except(?: for)?) {_NAMED}{_MORE}{_STOPS}", re.IGNORECASE),
    re.compile(rf"(?:,|(?<![\w-])(?:but|and)) (?:not|no) {_PREPOSITION}{_NAMED}{_STOPS}", re.IGNORECASE),
    re.compile(rf"(?<![\w-])(?:with|has|have|having|there is|there are|contains) no {_NAMED}{_STOPS}", re.IGNORECASE),
)
_BARE = re.compile(
    rf"(?P<before>{_WORD}|{_PHRASE}) (?:not|no) (?P<article>{_ARTICLE})(?P<what>{_WORD}){_STOPS_HARD}", re.IGNORECASE
)
_TELLING = re.compile(rf"\b(?:{_TOLD}|nothing|nobody|none)\W*$", re.IGNORECASE)
_ALONE = re.compile(rf"^(?:{_TOLD}|{_AUXILIARY})$", re.IGNORECASE)


def extract_negations(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` without what it negates, and the words that must not be there, as they were typed.

    When in doubt a "no" is left alone: "No Country for Old Men", "no smoking" and "to be or not to be" are
    things to be found. "-word" is always meant.
    """
    found: list[str] = []
    text = _MINUS.sub(lambda match: _taken(match, found, _is_a_thing(match.group("what"))), text)
    for pattern in _SPELLED_OUT:
        text = pattern.sub(lambda match: _taken(match, found, _can_be_absent(match)), text)
    return _BARE.sub(lambda match: _taken_bare(match, found), text), tuple(dict.fromkeys(found))


def _taken(match: re.Match[str], found: list[str], is_meant: bool) -> str:
    if not is_meant:
        return match.group()
    named = match.groupdict()
    more = re.split(rf"(?:,? (?:or|nor)|,) {_ARTICLE}", named.get("more") or "", flags=re.IGNORECASE)
    found.extend(what for what in (named["what"], *more) if what)
    return " "


def _taken_bare(match: re.Match[str], found: list[str]) -> str:
    """Without "but" or "with" before it, only a colour, a plural or a kind of thing is believed to be negated."""
    before, what = match.group("before"), match.group("what").lower()
    is_thing = what in _COLOURS or _is_countable(what)
    if not is_thing or _ALONE.match(before) or singular(what) in _IDIOMS or what.endswith("ing"):
        return match.group()
    found.append(match.group("what"))
    return before


def _can_be_absent(match: re.Match[str]) -> bool:
    what, before = match.group("what"), match.string[: match.start()]
    named = list(words(what))
    if not _is_a_thing(what) or _TELLING.search(before):
        return False
    if not before.strip() and not (match.group().lower().startswith("without ") and _is_countable(what.lower())):
        return False
    is_doing = bool(named) and named[0].endswith("ing")
    return not is_doing and not any(singular(word) in _IDIOMS for word in named)


def _is_countable(word: str) -> bool:
    return singular(word) != word or bool(labels_of(singular(word)))


def _is_a_thing(what: str) -> bool:
    """True for a phrase in quotation marks, too."""
    named = list(words(what))
    return not named or any(word not in STOP_WORDS for word in named)
