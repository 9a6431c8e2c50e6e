"""Stems of words by language, with the stemmers of the Snowball project: https://snowballstem.org.

A stem is compared with stems of the same language only: those of other languages than English begin with the code of
the language. In a language without a stemmer, the folded word is its own stem. Words of scripts without spaces are
pairs of characters, which have the same stem in every language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from cinedex.kernel.text.folding import MARK, fold
from cinedex.kernel.text.tokenizer import CACHED_CHARS_MAX, Token, is_without_spaces, tokenize

ENGLISH = "en"
ENGLISH_ONLY = (ENGLISH,)
EXACT = "="
"""In place of a language: the language has no stemmer, or is not known."""
ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
OTHER_LANGUAGES = tuple(code for code in ALGORITHMS if code != ENGLISH)
_OTHER_CODES = {
    "ara": "ar", "cat": "ca", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de", "ger": "de", "ell": "el", "gre": "el",
    "eng": "en", "spa": "es", "est": "et", "baq": "eu", "eus": "eu", "fas": "fa", "per": "fa", "fin": "fi", "fra": "fr",
    "fre": "fr", "gle": "ga", "hin": "hi", "hun": "hu", "arm": "hy", "hye": "hy", "ind": "id", "ita": "it", "lit": "lt",
    "nep": "ne", "dut": "nl", "nld": "nl", "nb": "no", "nn": "no", "nob": "no", "nno": "no", "nor": "no", "pol": "pl",
    "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "srp": "sr", "swe": "sv", "tam": "ta", "tur": "tr", "yid": "yi",
}  # fmt: skip
"""ISO 639-2, which containers use, and the two written languages of Norway."""
_one_at_a_time = Lock()
"""A stemmer must not be used by two threads at the same time."""


def primary_language(tag: str) -> str:
    """The code of ISO 639-1 in a language tag such as `pt-BR`; other codes stay as they are."""
    code = tag.replace("_", "-").split("-")[0].strip().lower()
    return _OTHER_CODES.get(code, code)


def stems_in(text: str, language: str) -> frozenset[str]:
    """The stems of every word in a language other than English."""
    pieces = (_stems_of_piece(piece, language) for piece in text.split())
    return frozenset(stem for stems in pieces for stem in stems)


def token_stems(token: Token, text: str, language: str) -> tuple[str, ...]:
    """The stems of a token of `text` in a language other than English."""
    return word_stems(_surface(token, text), token.text, language)


def word_stems(surface: str, folded: str, language: str) -> tuple[str, ...]:
    """The stems of a word in a language other than English."""
    if is_without_spaces(folded):
        return (folded,)
    if language not in ALGORITHMS:
        return (f"{EXACT}:{folded}",)
    return tuple(f"{language}:{stem}" for stem in snowball_stems(surface, folded, language))


def stored_stems(text: str, languages: Collection[str]) -> Iterator[str]:
    """What a lexical index keeps of a text beside its words: their stems in its languages other than English.

    They are marked, so that no stem is found as a word, but not by language: the rank is computed from the texts.
    """
    others = [code for code in languages if code in ALGORITHMS and code != ENGLISH]
    for piece in text.split() if others else ():
        for code in others:
            yield from (_marked(stem) for stem in _stems_of_piece(piece, code) if ":" in stem)


def marked_stems(surface: str, folded: str) -> tuple[str, ...]:
    """The same for a word of a query, in all languages, because texts may be in any."""
    if is_without_spaces(folded):
        return ()
    stems = (word_stems(surface, folded, code) for code in OTHER_LANGUAGES)
    return tuple(dict.fromkeys(_marked(stem) for some in stems for stem in some))


def english_stem(word: str) -> str:
    return _stem_word(word, ENGLISH)


@lru_cache(maxsize=65_536)
def snowball_stems(surface: str, folded: str, language: str) -> tuple[str, ...]:
    """Of the word as it is written, and without accents, as many people type it; the stems are folded."""
    written = fold(_stem_word(unicodedata.normalize("NFC", surface).lower(), language))
    return tuple(dict.fromkeys((written, _stem_word(folded, language))))


def _marked(stem: str) -> str:
    """`MARK` is in no folded word, and no English suffix ends with it."""
    return stem.partition(":")[2].replace("'", "").replace(" ", "") + MARK


def _surface(token: Token, text: str) -> str:
    """A variant, such as a compound in one word, is not written in the text."""
    return token.text if token.is_variant else text[token.start : token.end]


def _stems_of_piece(piece: str, language: str) -> tuple[str, ...]:
    """Of a text without white space; no token extends over white space."""
    cached = _cached_stems_of_piece
    return cached(piece, language) if len(piece) <= CACHED_CHARS_MAX else cached.__wrapped__(piece, language)


@lru_cache(maxsize=65_536)
def _cached_stems_of_piece(piece: str, language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem for token in tokenize(piece) for stem in token_stems(token, piece, language)))


@cache
def _stemmer(language: str) -> Any:
    from Stemmer import Stemmer

    return Stemmer(ALGORITHMS[language])


def _stem_word(word: str, language: str) -> str:
    with _one_at_a_time:
        return str(_stemmer(language).stemWord(word))
