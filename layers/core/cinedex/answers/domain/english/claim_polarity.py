"""Whether an English sentence says the opposite of its evidence: by negations, and by words of opposite meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cinedex.answers.domain.english.claim_numbers import tokens
from cinedex.kernel.text.tokens import STOP_WORDS, stem

SCOPE_WORDS = 3
"""Content words after a negation that it applies to."""
ALL_WORDS = 100
SAME_SHARE = 2 / 3
"""Share of the words that the evidence negates from which a sentence is about the same."""

_BEFORE_ITS_WORDS = frozenset(("no", "not", "never", "neither", "nor", "without", "cannot", "hardly", "barely"))
_AFTER_ITS_WORD = frozenset(("nothing", "none", "nobody", "nowhere"))
_SCOPE_ENDS = frozenset(("but", "and", "so", "because", "that", "which", "than"))
_PUNCTUATION = re.compile(r"[.;:!?,\n](?!\d)")
_DENYING_WORDS = """
    absent denied denies deny fail failed failing fails false impossible incorrect instead lack lacked lacking lacks
    missing refuse refused refuses unlike untrue wrong
"""
_DENYING = frozenset(_DENYING_WORDS.split())
_WEAK = frozenset(("longer", "more", "only", "just", "even", "much", "any", "anything", "very", "quite", "long"))
_OPPOSITES = """
    above/below before/after before/later first/second towards/away toward/away forwards/backwards
    higher/lower high/low more/fewer more/less most/least large/small big/small
    large/little largest/smallest biggest/smallest longest/shortest highest/lowest tallest/shortest oldest/youngest
    oldest/newest earliest/latest fastest/slowest hottest/coldest widest/narrowest
    long/short tall/short wide/narrow broad/narrow hot/cold warm/cold warm/cool increase/decrease
    rise/fall rises/falls rising/falling rising/dropping grow/shrink growing/shrinking gain/lose open/closed
    open/close opens/closes opened/closed opening/closing allowed/forbidden allowed/prohibited permitted/forbidden
    win/lose won/lost full/empty wet/dry fast/slow quickly/slowly early/late earlier/later old/new old/young
    black/white kept/lost keep/lose kept/deleted accepted/refused accepted/rejected succeeded/failed
    success/failure alive/dead begin/end begins/ends start/stop starts/stops started/stopped starts/ends
    first/last near/far inside/outside indoors/outdoors thick/thin hard/soft light/dark light/heavy bright/dark
    cheap/expensive true/false right/wrong correct/wrong correct/incorrect sharp/blurred clear/blurred
    safe/dangerous healthy/ill same/different alone/together east/west north/south northern/southern
    eastern/western man/woman men/women male/female father/mother son/daughter boy/girl morning/evening day/night
    buy/sell bought/sold love/hate push/pull pushed/pulled arrive/leave arrived/left minimum/maximum top/bottom
    front/back good/bad better/worse best/worst strong/weak easy/difficult simple/complicated clean/dirty
    loud/quiet loud/silent rough/smooth rich/poor public/private deep/shallow many/few majority/minority
    positive/negative legal/illegal possible/impossible visible/invisible active/inactive enabled/disabled
    winter/summer stand/lie stands/lies standing/lying sun/rain sunny/rainy sun/shade float/sink floats/sinks
"""
_PAIRS = tuple(tuple(pair.split("/")) for pair in _OPPOSITES.split())


def contradicts(sentence: str, evidence: str) -> bool:
    """True when one of the two negates what the other does not, or has the opposite of a word of the other."""
    return (
        _negates_more(sentence, evidence)
        or _denies(sentence, evidence)
        or _drops_a_negation(sentence, evidence)
        or _has_an_opposite(tokens(sentence), tokens(evidence))
    )


def _negates_more(sentence: str, evidence: str) -> bool:
    """A negation of the sentence must share a word with one of the evidence."""
    denied = _all_of(_scopes(evidence, ALL_WORDS))
    return any(not scope & denied for scope in _scopes(sentence, SCOPE_WORDS))


def _denies(sentence: str, evidence: str) -> bool:
    """The sentence denies in other words than "not", and the evidence denies nothing."""
    known = set(tokens(evidence))
    return any(w in _DENYING and w not in known for w in tokens(sentence)) and not any(_scopes(evidence, ALL_WORDS))


def _drops_a_negation(sentence: str, evidence: str) -> bool:
    """The sentence has the words that the evidence negates, and no negation of them."""
    stems, denied = set(map(stem, tokens(sentence))), _all_of(_scopes(sentence, ALL_WORDS))
    scopes = [scope for scope in _scopes(evidence, SCOPE_WORDS) if scope]
    return any(len(scope & stems) >= SAME_SHARE * len(scope) and not scope & denied for scope in scopes)


def _all_of(scopes: Iterator[set[str]]) -> set[str]:
    return {one for scope in scopes for one in scope}


def _has_an_opposite(said: Sequence[str], known: Sequence[str]) -> bool:
    return any(_is_opposite(one, other, said, known) or _is_opposite(other, one, said, known) for one, other in _PAIRS)


def _is_opposite(word: str, opposite: str, said: Sequence[str], known: Sequence[str]) -> bool:
    return word in said and opposite in known and word not in known and opposite not in said


def _scopes(text: str, words_max: int) -> Iterator[set[str]]:
    """The stems that each negation applies to: at most so many words, and none beyond a punctuation mark."""
    for words in map(tokens, _PUNCTUATION.split(text)):
        for at, word in enumerate(words):
            if word in _BEFORE_ITS_WORDS or word.endswith(("n't", "n’t")):
                yield set(_content(words[at + 1 :], words_max))
            elif word in _AFTER_ITS_WORD:
                yield set(_content(words[at - 1 :: -1] if at else words[1:], 1))


def _content(words: Sequence[str], count: int) -> list[str]:
    """The stems of the next content words, up to the end of the clause."""
    found: list[str] = []
    for word in words:
        is_end = word in _SCOPE_ENDS or word in _BEFORE_ITS_WORDS or len(found) == count
        if found and is_end:
            break
        if word not in STOP_WORDS and word not in _WEAK and word not in _AFTER_ITS_WORD:
            found.append(stem(word))
    return found
