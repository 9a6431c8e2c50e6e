"""Words of a text, content words and stop words of English, and stems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from cinedex.kernel.text.tokenizer import CACHED_CHARS_MAX, token_texts, word_texts

_POSSESSIVE = re.compile(r"['’]s?$")
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"([^aeioulsz\W\d])\1$")

_STOP_WORDS = """
    a about after again all also am an and any anybody anyone anything are as at be because been before
    being between both but by can could did do does doing done down during each either else ever every
    for from further get gets give given had has have having he her here hers him his how i if in into
    is it its itself just let like many may me might more most much must my no nor not now of off on once
    one only or other our out over own s same shall she should so some somebody someone something such t
    than that the their theirs them then there these they this those through to too under until up upon
    us very was we were what when where whether which while who whom whose why will with without would
    you your
"""
_REQUEST_WORDS = """
    answer clip clips describe display displayed displays explain find footage happen happened happening
    happens list mention mentioned mentions moment moments name named picture please question say saying
    says scene scenes screen search see seen shot show showing shown shows tell video videos visible word
    words written
"""
"""Words of a request that do not describe what to find."""

STOP_WORDS, REQUEST_WORDS = frozenset(_STOP_WORDS.split()), frozenset(_REQUEST_WORDS.split())
_IRREGULAR = {
    "made": "make",
    "built": "build",
    "sent": "send",
    "won": "win",
    "wrote": "write",
    "went": "go",
    "ran": "run",
    "flew": "fly",
    "taught": "teach",
    "bought": "buy",
    "sold": "sell",
    "drove": "drive",
    "sang": "sing",
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "mice": "mouse",
    "knive": "knife",
}


def words(text: str) -> Iterator[str]:
    """Folded words and numbers in order, without punctuation; pairs of characters in scripts without spaces."""
    return iter(word_texts(text))


def content_words(text: str) -> tuple[str, ...]:
    """The words of a query that a text can match; empty for a query such as "what is shown?"."""
    return tuple(dict.fromkeys(w for w in words(text) if w not in STOP_WORDS and w not in REQUEST_WORDS))


def stems(text: str) -> frozenset[str]:
    """The stems under which a text can be found: of its words, its compounds in one word, and parts of its words."""
    pieces = text.split()
    is_short = len(text) <= CACHED_CHARS_MAX or max(map(len, pieces), default=0) <= CACHED_CHARS_MAX
    return frozenset(chain.from_iterable(map(_stems_of if is_short else _stems_of.__wrapped__, pieces)))


@lru_cache(maxsize=65_536)
def _stems_of(piece: str) -> tuple[str, ...]:
    """Of a text without white space; no token extends over white space."""
    return tuple(map(stem, token_texts(piece)))


def index_terms(text: str) -> str:
    """What the lexical index of a search store keeps of a text: every token, separated by spaces."""
    return " ".join(token.replace("'", "") for token in token_texts(text))


def query_terms(words_of_query: str) -> tuple[str, ...]:
    """What to look up in a lexical index; other spellings are among `words_of_query` already."""
    return tuple(dict.fromkeys(word.replace("'", "") for word in words(words_of_query)))


def singular(word: str) -> str:
    """The singular of a noun; the present tense of an irregular verb."""
    number = _without_plural(_POSSESSIVE.sub("", word))
    return _IRREGULAR.get(number, number)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Removes inflections and keeps derivations: `piloted` becomes `pilot`, `pilotage` stays.

    Step 1 of M. F. Porter, "An algorithm for suffix stripping" (1980), and the final -e of its step 5.
    """
    root = _without_participle(singular(word))
    if root.endswith("e") and len(root) > 3:
        root = root[:-1]
    return root[:-1] + "i" if root.endswith("y") and _VOWEL.search(root[:-1]) else root


def _without_plural(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]


def _without_participle(word: str) -> str:
    for suffix in ("ing", "ed"):
        root = word.removesuffix(suffix)
        if root != word and len(root) > 2 and not word.endswith("eed") and _VOWEL.search(root):
            return _DOUBLED.sub(r"\1", root)
    return word
