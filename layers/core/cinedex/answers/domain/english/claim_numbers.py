"""Numbers in English text, as digits or as words, and the words that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cinedex.kernel.text.tokens import STOP_WORDS, stem

TABLE_NUMBERS_MIN = 3
"""From so many numbers on, evidence is read as a table, in which each number belongs to the words around it."""

TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?:st|nd|rd|th)?(?![^\W_])|[^\W_]+(?:['’][^\W_]+)*")
_GLUED = r"cm|mm|km|kg|mg|ml|hz|khz|mhz|ghz|min|sec|m|s|g|h|k|l"
_GLUED_UNIT = re.compile(rf"(?<![^\W_])(\d+(?:[.,]\d+)*)(?=(?:{_GLUED})\b)", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIGITS = re.compile(r"([\d.,]*\d)(?:st|nd|rd|th)?")
_SMALL_WORDS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_WORDS = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_TENS = {word: 10.0 * n for n, word in enumerate(_TENS_WORDS.split(), 2)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_SMALL = {word: float(n) for n, word in enumerate(_SMALL_WORDS.split())} | {"dozen": 12.0, "twice": 2.0}
_ORDINALS = {word: float(n) for n, word in enumerate(_ORDINAL_WORDS.split(), 3)} | {"first": 1.0}
_SINGLE = {**_SMALL, **_TENS, **_ORDINALS, "half": 0.5}
_PRONOUNS = frozenset(("one", "ones"))

Placed = tuple[float, int, int]
"""A number, its first token, and the token after its last."""


def numbers(text: str) -> list[float]:
    """All numbers in order. "A hundred and forty" is 140, and so is "140th"; "one" alone is a pronoun."""
    return [value for value, _, _ in placed_numbers(tokens(text))]


def parts_of_numbers(text: str) -> set[float]:
    """The numbers, and those that they consist of: "fifty five" is 55, 50 and 5. "One" counts."""
    written = tokens(text)
    single = {number for token in written for number, _, _ in placed_numbers([token])}
    return {*numbers(text), *single} | ({1.0} if "one" in written else set())


def tokens(text: str) -> list[str]:
    """Words and numbers in lower case; `5cm` is two of them, `M3` is one."""
    return [token.lower() for token in TOKEN.findall(_GLUED_UNIT.sub(r"\1 ", text))]


def misplaced_numbers(sentence: str, evidence: str) -> set[float]:
    """Numbers of the sentence that belong to other words of the evidence: "cat: 65 days, lion: 110 days".

    A number belongs to a word that occurs once in the evidence when it is the number before or after it. A number next
    to one that belongs to a word of the sentence, such as a year after a month, belongs to that word as well.
    """
    known, said = tokens(evidence), set(numbers(sentence))
    row = [placed for placed in placed_numbers(known) if not _is_rank(known, placed)]
    if len({value for value, _, _ in row}) < TABLE_NUMBERS_MIN:
        return set()
    own = {index for at in _labels(sentence, known) for index in _around(at, row)}
    is_said = {index for index, (value, _, _) in enumerate(row) if value in said}
    while more := {i for index in own & is_said for i in (index - 1, index + 1)} & is_said - own:
        own |= more
    belonging = {row[index][0] for index in own}
    return {row[index][0] for index in is_said} - belonging if own else set()


def _is_rank(words: Sequence[str], number: Placed) -> bool:
    """ "First" and "third" in prose are no values of a table."""
    return words[number[1]] in _ORDINALS and number[2] == number[1] + 1


def _labels(sentence: str, known: Sequence[str]) -> list[int]:
    """Where the content words of the sentence are that occur once in the evidence."""
    stems = [stem(word) for word in known]
    wanted = {stem(token) for token in tokens(sentence) if token not in STOP_WORDS}
    unique = (at for at, one in enumerate(stems) if one in wanted and stems.count(one) == 1)
    return [at for at in unique if not placed_numbers([known[at]])]


def _around(at: int, row: Sequence[Placed]) -> Iterator[int]:
    """The numbers directly before and after a word, if at most one word is in between."""
    before = [index for index, (_, _, end) in enumerate(row) if at - 1 <= end <= at]
    after = [index for index, (_, start, _) in enumerate(row) if at < start <= at + 2]
    yield from (*before[-1:], *after[:1])


def placed_numbers(words: Sequence[str]) -> list[Placed]:
    found, at = [], 0
    while at < len(words):
        value, end = _number_at(words, at)
        if value is not None:
            found.append((value, at, end))
        at = max(end, at + 1)
    return found


def _number_at(words: Sequence[str], start: int) -> tuple[float | None, int]:
    """The number that begins there, if one does, and the token after it."""
    total, current, at = 0.0, 0.0, start
    while at < len(words):
        word, value = words[at], _single(words[at])
        if word in _SCALES:
            scaled = (current or 1.0) * _SCALES[word]
            total, current = (total, scaled) if word == "hundred" else (total + scaled, 0.0)
        elif value is not None and (at == start or _continues(words, at)):
            current += value
        elif at > start and words[at : at + 3] == ["and", "a", "half"]:
            return total + current + 0.5, at + 3
        elif not (at > start and word == "and" and words[at - 1] in _SCALES and _is_small(words, at + 1)):
            break
        at += 1
    is_pronoun = at == start + 1 and words[start] in _PRONOUNS
    return (None if at == start or is_pronoun else total + current), at


def _continues(words: Sequence[str], at: int) -> bool:
    """`forty five`, `two hundred five`, `hundred and five`; but `forty one` is not begun by `five`."""
    return words[at - 1] in (*_TENS, *_SCALES, "and") and words[at] not in _ORDINALS and not words[at][0].isdigit()


def _is_small(words: Sequence[str], at: int) -> bool:
    return at < len(words) and (words[at] in _SMALL or words[at] in _TENS)


def _single(word: str) -> float | None:
    digits = _DIGITS.fullmatch(word)
    if digits is None:
        return _SINGLE.get(word)
    plain = digits[1].replace(",", "" if _THOUSANDS.fullmatch(digits[1]) else ".")
    return float(plain) if plain.count(".") <= 1 and plain[0] != "." else None
