"""English inflection for composed captions: numbers, plurals, articles, lists and quotation marks."""

from __future__ import annotations

from collections.abc import Sequence

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_PLURALS = {
    "person": "people",
    "sheep": "sheep",
    "mouse": "mice",
    "knife": "knives",
    "broccoli": "broccoli",
    "skis": "pairs of skis",
    "scissors": "pairs of scissors",
}
_SINGULARS = {"skis": "a pair of skis", "scissors": "a pair of scissors", "broccoli": "some broccoli"}
_UPPER = {"tv": "TV"}


def number(count: int) -> str:
    """A word up to ten, digits above."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def count_noun(noun: str, count: int) -> str:
    """`count_noun("person", 2)` is "two people", and `count_noun("car", 1)` is "a car"."""
    if count == 1:
        return _SINGULARS.get(noun) or f"{_article(noun)} {_spelled(noun)}"
    return f"{number(count)} {_plural(noun)}"


def join_items(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def as_sentence(text: str) -> str:
    """With a capital letter first and a full stop last, unless the text ends with another mark."""
    capitalised = text[:1].upper() + text[1:]
    return capitalised if capitalised.endswith((".", "!", "?", ".”", "!”", "?”", "…”")) else f"{capitalised}."


def quote(text: str) -> str:
    """In quotation marks; marks inside become single ones."""
    inner = text.translate({ord('"'): "'", 0x201C: "\u2018", 0x201D: "\u2019"})
    return f"“{inner}”"


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _spelled(noun: str) -> str:
    return _UPPER.get(noun, noun)


def _plural(noun: str) -> str:
    if noun in _PLURALS:
        return _PLURALS[noun]
    return _spelled(noun) + ("es" if noun.endswith(("s", "ch", "sh", "x")) else "s")
