"""Extract what an English query excludes: "without people", "a car, but not red", "-red"."""

from __future__ import annotations

import re

from cinedex.kernel.text.label_hierarchy import labels_of
from cinedex.kernel.text.tokens import STOP_WORDS, singular, words

DENIALS = frozenset(("no", "not", "without", "nor", "never"))
ARTICLES = frozenset(("a", "an", "any", "the", "single"))
_COLOUR_WORDS = "red green blue yellow black white grey gray brown orange pink purple"
_COLOURS = frozenset(_COLOUR_WORDS.split())

_WORD = r"[^\W\d_][\w'’]*"
_PHRASE = "[\ue000-\uf8ff]"
"""A placeholder for a phrase in quotation marks, see `query_parser`."""
_ARTICLE = r"(?:(?:an?|any|the|single|his|her|their|its) )*"
_PREPOSITION = r"(?:(?:in|on|at|with|of|from) )?"
_NAMED = rf"{_ARTICLE}(?P<what>{_PHRASE}|{_WORD}(?: {_WORD})?)"
_OTHER = rf"{_ARTICLE}(?:{_PHRASE}|{_WORD})"
_MORE = rf"(?P<more>(?:(?:, {_OTHER})*,? (?:or|nor) {_OTHER})*)"
_PHRASE_END = r"(?= ?(?:[,;.!?]|$| (?:and|or|but|in|on|at|with|near|under|during|while|beside|behind)\b))"
_CLAUSE_END = r"(?= ?(?:[,;.!?]|$| (?:and|or|but)\b))"

_IDIOM_WORDS = """
    ado alarm all always avail bail border boundary brainer cause choice clue comment cost deal delay
    dice doubt end entry even exactly exception excuse exit fail fault fear filter forgotten found future
    gain good guilty hard heart hope hurry idea impossible joke just least limit longer love luck matter
    me mercy merely more name necessarily need notice one only option pain parking pause peace place
    point problem question quite really reason regret rule rush secret sense simply smoking soul stop
    string surrender sweat talk thank time toll trace trespass trouble turn use vacancy warning way
    wonder word worry
"""
"""Words of fixed expressions with "no", "not" or "without": "without a doubt", "no way", "but not always"."""
_IDIOMS = frozenset(map(singular, _IDIOM_WORDS.split()))

_QUOTING_VERB = (
    r"(?:says?|said|saying|reads?|reading|written|writes?|signs?|titled|called|named|text|words?|shouts?|tells?)"
)
_AUXILIARY = (
    r"(?:is|are|was|were|be|been|do|does|did|can|could|will|would|should|has|have|had|may|might|must|or|why|if|"
    r"to|of|nothing|nobody|none|everything but)"
)
_MINUS = re.compile(rf"(?:(?<=\s)|^)-(?P<what>{_PHRASE}|{_WORD})(?=\s|$|,)", re.IGNORECASE)
_PREPOSITIONAL = (
    re.compile(rf"(?<![\w-])(?:without|excluding|except(?: for)?) {_NAMED}{_MORE}{_PHRASE_END}", re.IGNORECASE),
    re.compile(rf"(?:,|(?<![\w-])(?:but|and)) (?:not|no) {_PREPOSITION}{_NAMED}{_PHRASE_END}", re.IGNORECASE),
    re.compile(
        rf"(?<![\w-])(?:with|has|have|having|there is|there are|contains) no {_NAMED}{_PHRASE_END}", re.IGNORECASE
    ),
)
_BARE = re.compile(
    rf"(?P<before>{_WORD}|{_PHRASE}) (?:not|no) (?P<article>{_ARTICLE})(?P<what>{_WORD}){_CLAUSE_END}", re.IGNORECASE
)
_AFTER_QUOTING_VERB = re.compile(rf"\b(?:{_QUOTING_VERB}|nothing|nobody|none)\W*$", re.IGNORECASE)
_NEVER_NEGATES = re.compile(rf"^(?:{_QUOTING_VERB}|{_AUXILIARY})$", re.IGNORECASE)


def extract_negations(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` without its exclusions, and the excluded words as they were typed.

    Ambiguous negations are not extracted: "No Country for Old Men", "no smoking" and "to be or not to be" are subjects
    of a search. "-word" is always an exclusion.
    """
    excluded: list[str] = []
    text = _MINUS.sub(lambda match: _extract(match, excluded, _is_a_thing(match.group("what"))), text)
    for pattern in _PREPOSITIONAL:
        text = pattern.sub(lambda match: _extract(match, excluded, _can_be_absent(match)), text)
    return _BARE.sub(lambda match: _extract_bare(match, excluded), text), tuple(dict.fromkeys(excluded))


def _extract(match: re.Match[str], excluded: list[str], is_exclusion: bool) -> str:
    if not is_exclusion:
        return match.group()
    groups = match.groupdict()
    more = re.split(rf"(?:,? (?:or|nor)|,) {_ARTICLE}", groups.get("more") or "", flags=re.IGNORECASE)
    excluded.extend(what for what in (groups["what"], *more) if what)
    return " "


def _extract_bare(match: re.Match[str], excluded: list[str]) -> str:
    """Without "but" or "with" before it, only a colour, a plural or a category of things counts as excluded."""
    before, what = match.group("before"), match.group("what").lower()
    is_thing = what in _COLOURS or _is_countable(what)
    if not is_thing or _NEVER_NEGATES.match(before) or singular(what) in _IDIOMS or what.endswith("ing"):
        return match.group()
    excluded.append(match.group("what"))
    return before


def _can_be_absent(match: re.Match[str]) -> bool:
    what, before = match.group("what"), match.string[: match.start()]
    tokens = list(words(what))
    if not _is_a_thing(what) or _AFTER_QUOTING_VERB.search(before):
        return False
    if not before.strip() and not (match.group().lower().startswith("without ") and _is_countable(what.lower())):
        return False
    is_activity = bool(tokens) and tokens[0].endswith("ing")
    return not is_activity and not any(singular(token) in _IDIOMS for token in tokens)


def _is_countable(word: str) -> bool:
    return singular(word) != word or bool(labels_of(singular(word)))


def _is_a_thing(what: str) -> bool:
    """Also true for a phrase in quotation marks."""
    tokens = list(words(what))
    return not tokens or any(token not in STOP_WORDS for token in tokens)
