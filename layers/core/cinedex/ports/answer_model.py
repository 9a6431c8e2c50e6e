"""Puts an answer into words, out of evidence that was found for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.domain.answer import Answer, Citation, Message


class AnswerModel(Protocol):
    @property
    def name(self) -> str: ...

    def answer(self, conversation: Sequence[Message], evidence: Sequence[Citation]) -> Answer:
        """Answer the last message from `evidence`, best first and never empty.

        The citations of the answer are some of `evidence`, unchanged. A model that finds no answer in it
        says so, with `confident=False` and no citations. Raises `Unavailable` when it is down.
        """
