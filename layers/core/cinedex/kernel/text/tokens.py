"""Words of a text, content words and stop words of English, and stems."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import chain

from cinedex.kernel.text.stemming import (
    ENGLISH,
    ENGLISH_ONLY,
    english_stem,
    marked_stems,
    stems_in,
    stored_stems,
    token_stems,
    word_stems,
)
from cinedex.kernel.text.tokenizer import CACHED_CHARS_MAX, Token, token_texts, tokenize, word_texts

_POSSESSIVE = re.compile(r"['’]s?$")

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


def stems(text: str, languages: Collection[str] = ENGLISH_ONLY) -> frozenset[str]:
    """The stems under which a text can be found: of its words, its compounds in one word, and parts of its words.

    `languages` are those in which the text may be.
    """
    english = _english_stems(text) if ENGLISH in languages else frozenset[str]()
    return english.union(*(stems_in(text, code) for code in languages if code != ENGLISH))


def _english_stems(text: str) -> frozenset[str]:
    pieces = text.split()
    is_short = len(text) <= CACHED_CHARS_MAX or max(map(len, pieces), default=0) <= CACHED_CHARS_MAX
    return frozenset(chain.from_iterable(map(_stems_of if is_short else _stems_of.__wrapped__, pieces)))


@lru_cache(maxsize=65_536)
def _stems_of(piece: str) -> tuple[str, ...]:
    """Of a text without white space; no token extends over white space."""
    return tuple(map(stem, token_texts(piece)))


def stems_of_token(token: Token, text: str, languages: Collection[str] = ENGLISH_ONLY) -> Iterator[str]:
    """The same of one token of `tokenize(text)`."""
    for language in languages:
        yield from (stem(token.text),) if language == ENGLISH else token_stems(token, text, language)


def stems_of_word(surface: str, word: str, languages: Collection[str] = ENGLISH_ONLY) -> frozenset[str]:
    """The stems of a word as it is written and folded. English is always among them: most texts may be English."""
    others = (word_stems(surface, word, code) for code in languages if code != ENGLISH)
    return frozenset((stem(word), *chain.from_iterable(others)))


def surfaces(text: str) -> dict[str, str]:
    """Each word as it is written in the text, by its folded form."""
    return {token.text: text[token.start : token.end] for token in tokenize(text) if not token.is_variant}


def index_terms(text: str, languages: Collection[str] = ENGLISH_ONLY) -> str:
    """What the lexical index of a search store keeps of a text, separated by spaces.

    Every token, from which the store makes English stems, and its stems in other languages.
    """
    tokens = (token.replace("'", "") for token in token_texts(text))
    return " ".join((*tokens, *stored_stems(text, languages)))


def query_terms(words_of_query: str) -> tuple[tuple[str, ...], ...]:
    """What to look up in a lexical index: for each word, the word and its stems in other languages than English.

    Other spellings are among `words_of_query` already.
    """
    found = {word.replace("'", ""): surface for word, surface in surfaces(words_of_query).items()}
    return tuple((word, *marked_stems(surface, word)) for word, surface in found.items())


def singular(word: str) -> str:
    """The singular of a noun; the present tense of an irregular verb."""
    number = _without_plural(_POSSESSIVE.sub("", word))
    return _IRREGULAR.get(number, number)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The English stem of a folded word; irregular forms have that of their base form."""
    plain = _POSSESSIVE.sub("", word)
    return english_stem(_IRREGULAR.get(_without_plural(plain), plain))


def _without_plural(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
