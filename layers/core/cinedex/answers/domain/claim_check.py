"""Whether the evidence that a sentence cites bears it out.

The facts of a sentence have to be in the evidence: addresses, numbers, identifiers, names, colours, words of security.
It must not negate what the evidence does not, or say the opposite. What remains, the wording, is compared by the
calibrated confidence that search uses, for the sentence and for each of its clauses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from cinedex.answers.domain.english.claim_counts import moved_counts
from cinedex.answers.domain.english.claim_facts import fact_words
from cinedex.answers.domain.english.claim_instructions import addressed_words, instructs, sensitive_words
from cinedex.answers.domain.english.claim_limits import changes_limits
from cinedex.answers.domain.english.claim_names import exchanged, is_identifier, names, technical_words
from cinedex.answers.domain.english.claim_numbers import misplaced_numbers, numbers, parts_of_numbers, tokens
from cinedex.answers.domain.english.claim_orders import asks, foreign_orders
from cinedex.answers.domain.english.claim_polarity import contradicts
from cinedex.answers.domain.english.claim_roles import exchanges_roles
from cinedex.kernel.text.plain_text import addresses
from cinedex.kernel.text.tokens import REQUEST_WORDS, STOP_WORDS, stem, words

SENTENCE_CONFIDENCE_MIN = 0.9
CLAUSE_CONFIDENCE_MIN = 0.5
"""Chosen with the labelled set samples/answers/support.jsonl; docs/12-agent.md has the figures."""

PREFIX_MIN, SUFFIX_MAX = 4, 3
JOINED_MIN = 6

_CLAUSE_END = re.compile(
    r"[;:()—–\n]|,|\s(?:and|but|or|because|while|whereas|which|who|where|although|so that|since|when|if)\b",
    re.IGNORECASE,
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Unsupported(StrEnum):
    """Why a sentence is dropped. `ADDRESS` is also a path, a parameter or code."""

    ADDRESS = "address"
    NUMBER = "number"
    NAME = "name"
    FACT = "fact"
    OPPOSITE = "opposite"
    LIMIT = "limit"
    MERGED = "merged"
    ROLE = "role"
    INSTRUCTION = "instruction"
    QUESTION = "question"
    WORDING = "wording"


class ClaimEvidence:
    """The texts that a sentence cites. `titles` are names of videos, which may be named and bear nothing out."""

    def __init__(self, texts: Sequence[str], titles: Sequence[str] = ()) -> None:
        self.texts, self.count = tuple(dict.fromkeys(texts)), len(texts)
        self.text = "\n".join(self.texts)
        self._words = tuple(dict.fromkeys(words(self.text)))
        self._stems = frozenset(map(stem, self._words))
        self._joined = "".join(words(self.text))
        self._titles = frozenset(map(stem, words(" ".join(titles)))) | {t for title in titles for t in tokens(title)}
        self.titles, self.title = tuple(dict.fromkeys(titles)), "\n".join(titles)

    def has(self, word: str) -> bool:
        """The word, another form of it, or its letters in words that are written apart."""
        one = stem(word)
        if one in self._stems or (len(word) > JOINED_MIN and word in self._joined):
            return True
        return any(_are_forms(one, other) for other in self._stems) or _is_in_unspaced(word, self.text)

    def names(self, word: str) -> bool:
        return self.has(word) or stem(word) in self._titles

    def units(self) -> tuple[str, ...]:
        """Each text, and each of its sentences."""
        parts = [part for text in self.texts for part in re.split(r"(?<=[.!?。])\s+", text) if part.strip()]
        return tuple(dict.fromkeys([*self.texts, *parts, *([self.text] if len(self.texts) > 1 else [])]))


def wrong_fact(sentence: str, evidence: ClaimEvidence) -> Unsupported | None:
    """Why the sentence cannot be borne out, whatever its wording; None if there is no such reason.

    `sentence` has no citation marks and no times of the video, which are checked already.
    """
    return next((reason for reason, is_wrong in _FAULTS if is_wrong(sentence, evidence)), None)


def has_wording(sentence: str, evidence: ClaimEvidence, confidence: Callable[[str, float], float]) -> bool:
    """`confidence` is that of a text with the given coverage, from its similarity to the evidence."""
    if confidence(sentence, coverage(sentence, evidence)) < SENTENCE_CONFIDENCE_MIN:
        return False
    return all(confidence(part, coverage(part, evidence)) >= CLAUSE_CONFIDENCE_MIN for part in clauses(sentence))


def clauses(sentence: str) -> tuple[str, ...]:
    """Parts with content words, if there are several."""
    parts = [part.strip() for part in _CLAUSE_END.split(sentence)]
    parts = [part for part in parts if content(part)]
    return tuple(parts) if len(parts) > 1 else ()


def coverage(text: str, evidence: ClaimEvidence) -> float:
    """The share of the content words that the evidence has; numbers are compared by their value."""
    wanted, known = content(text), parts_of_numbers(evidence.text)
    if not wanted:
        return 0.5  # it says nothing that could be compared, such as "There are two"
    return sum(evidence.names(word) or bool(known.intersection(numbers(word))) for word in wanted) / len(wanted)


def content(text: str) -> list[str]:
    ignored = STOP_WORDS | REQUEST_WORDS
    return [word for word in words(text) if word not in ignored and not word.endswith(("n't", "n’t"))]


def _wrong_numbers(sentence: str, evidence: ClaimEvidence) -> bool:
    """ "Two" is also right for two citations: "Two people talk [1][2]"."""
    known = parts_of_numbers(evidence.text) | parts_of_numbers(evidence.title) | {float(evidence.count)}
    said = set(numbers(sentence))
    if not said <= known or _is_misplaced(sentence, evidence):
        return True
    if moved_counts(sentence, evidence.text) - {float(evidence.count)}:
        return True
    return not all(map(evidence.names, filter(is_identifier, tokens(sentence))))


def _is_misplaced(sentence: str, evidence: ClaimEvidence) -> bool:
    """A number is misplaced if no text that has it has it in the right place: further citations take nothing away."""
    misplaced = [(misplaced_numbers(sentence, text), set(numbers(text))) for text in evidence.texts]
    right = {value for wrong, known in misplaced for value in known - wrong}
    return any(wrong - right for wrong, _ in misplaced)


def _wrong_addresses(sentence: str, evidence: ClaimEvidence) -> bool:
    if not set(addresses(sentence)) <= set(addresses(evidence.text)):
        return True
    return not all(map(evidence.has, technical_words(sentence)))


def _wrong_orders(sentence: str, evidence: ClaimEvidence) -> bool:
    if instructs(sentence) or not all(map(evidence.has, [*sensitive_words(sentence), *addressed_words(sentence)])):
        return True
    return bool(foreign_orders(sentence, evidence.text))


def _wrong_names(sentence: str, evidence: ClaimEvidence) -> bool:
    return bool(exchanged(sentence, evidence.text)) or not all(evidence.names(name.lower()) for name in names(sentence))


_FAULTS: tuple[tuple[Unsupported, Callable[[str, ClaimEvidence], bool]], ...] = (
    (Unsupported.ADDRESS, _wrong_addresses),
    (Unsupported.INSTRUCTION, _wrong_orders),
    (Unsupported.QUESTION, lambda sentence, _: asks(sentence)),
    (Unsupported.FACT, lambda sentence, known: not all(map(known.has, fact_words(sentence, known.text)))),
    (Unsupported.NUMBER, _wrong_numbers),
    (Unsupported.NAME, _wrong_names),
    (Unsupported.ROLE, lambda sentence, known: exchanges_roles(sentence, known.text)),
    (Unsupported.OPPOSITE, lambda sentence, known: contradicts(sentence, known.text)),
    (Unsupported.LIMIT, lambda sentence, known: changes_limits(sentence, known.text)),
)
"""In the order in which they are reported."""


def _are_forms(one: str, other: str) -> bool:
    """`ethiopia` and `ethiopian`."""
    short, long = sorted((one, other), key=len)
    return len(short) >= PREFIX_MIN and len(long) - len(short) <= SUFFIX_MAX and long.startswith(short)


def _is_in_unspaced(word: str, text: str) -> bool:
    """Scripts without spaces: most pairs of characters of the word are in the text."""
    if not _CJK.search(word):
        return False
    pairs = [word[i : i + 2] for i in range(max(1, len(word) - 1))]
    return sum(pair in text for pair in pairs) > len(pairs) / 2
