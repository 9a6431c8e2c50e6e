"""Filters the answer of a language model: only sentences that their cited evidence bears out are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from cinedex.answers.domain.agent import AgentCitation, Evidence
from cinedex.answers.domain.claim_check import Unsupported
from cinedex.answers.domain.english.answer_timestamps import correct_timestamps, without_times
from cinedex.answers.domain.sentence_splitter import MARK, SentenceSplitter
from cinedex.kernel.span import Span
from cinedex.kernel.text.plain_text import plain_text, without_brackets

SENTENCE_CHARS_MAX = 800
"""A longer sentence is rejected: one citation cannot support it."""

_MARK = re.compile(MARK)
_RESULT_ID = re.compile(r"r\d+", re.IGNORECASE)
_FOREIGN_MARK = re.compile(r"\s?\[\^?\d+\]")  # in the final text, numbers in brackets are citations of this answer
_BARE = re.compile(r"[\W\d_]*")


class SentenceCheck(Protocol):
    def __call__(self, claim: str, cited: Sequence[Evidence]) -> Unsupported | None:
        """Why `cited` does not bear out the claim, which has no marks and no times; None when it does."""


class CitedAnswer:
    """Receives the output of the model and yields the verified sentences, as plain text.

    A sentence is emitted when it cites at least one of `evidence` (by result id) and `check` finds that these results
    bear it out. Other citations are removed from it, unsupported times are replaced by those of the evidence, and its
    marks become `[1]`, `[2]`, … in order of first use. Other sentences are collected in `rejected`, and those that cite
    evidence which does not bear them out in `unsupported`, with the reason.
    """

    def __init__(self, evidence: Mapping[str, AgentCitation], check: SentenceCheck) -> None:
        self._evidence = evidence
        self._check = check
        self._sentences = SentenceSplitter()
        self._numbers: dict[str, int] = {}
        self._emitted: set[str] = set()
        self._separator = ""
        self.text = ""
        self.rejected: list[str] = []
        self.unsupported: dict[str, Unsupported] = {}
        self.unknown_ids: dict[str, None] = {}

    @property
    def citations(self) -> tuple[AgentCitation, ...]:
        return tuple(self._evidence[result_id] for result_id in self._numbers)

    def write(self, piece: str) -> Iterator[str]:
        for sentence in self._sentences.feed(piece):
            yield from self._emit(sentence)

    def finish(self) -> Iterator[str]:
        """Emits the last sentence."""
        yield from self._emit(self._sentences.finish())

    def _emit(self, sentence: str) -> Iterator[str]:
        claim = _FOREIGN_MARK.sub("", plain_text(sentence)).strip()
        separator, self._separator = self._separator, _wider(self._separator, _separator_after(sentence))
        if _is_blank(claim):
            return
        verified = self._verified(claim)
        if verified is None:
            self.rejected.append(claim)
        elif verified not in self._emitted:
            self._emitted.add(verified)
            piece = (separator if self.text else "") + verified
            self._separator = _separator_after(sentence)
            self.text += piece
            yield piece

    def _verified(self, claim: str) -> str | None:
        marks = [(m.start(), self._known_ids(m.group())) for m in _MARK.finditer(claim)]
        cited = [(at, result_id) for at, ids in marks for result_id in ids]
        if not cited or len(claim) > SENTENCE_CHARS_MAX or _is_blank(_MARK.sub("", claim)):
            return None
        spans = [(at, self._evidence[result_id].evidence.span) for at, result_id in cited]

        def span_at(position: int) -> Span:
            return next((span for at, span in spans if at >= position), spans[-1][1])

        texts = [self._evidence[result_id].evidence.text for _, result_id in cited]
        checked = correct_timestamps(claim, span_at, [s for _, s in spans], texts)
        compared = without_brackets(_tidy(without_times(_MARK.sub("", checked))))
        reason = self._check(compared, self._cited([i for _, i in cited]))
        if reason is not None:
            self.unsupported[claim] = reason
            return None
        return _tidy(_MARK.sub(self._numbered, checked))

    def _cited(self, ids: Sequence[str]) -> list[Evidence]:
        return [self._evidence[result_id].evidence for result_id in dict.fromkeys(ids)]

    def _known_ids(self, mark: str) -> list[str]:
        ids = _RESULT_ID.findall(mark.lower())
        self.unknown_ids.update({i: None for i in ids if i not in self._evidence})
        return [i for i in ids if i in self._evidence]

    def _numbered(self, mark: re.Match[str]) -> str:
        ids = self._known_ids(mark.group())
        return "".join(f"[{self._numbers.setdefault(i, len(self._numbers) + 1)}]" for i in ids)


def _tidy(sentence: str) -> str:
    """Removes the spaces that deleted marks leave."""
    return re.sub(r"[ \t]+([.,;:!?])", r"\1", re.sub(r"[ \t]{2,}", " ", sentence)).strip()


def _is_blank(text: str) -> bool:
    return _BARE.fullmatch(text) is not None


def _separator_after(sentence: str) -> str:
    trailing = sentence[len(sentence.rstrip()) :]
    return "\n" if "\n" in trailing else " "


def _wider(one: str, other: str) -> str:
    return "\n" if "\n" in one + other else one or other
