"""The ways to rank that an evaluation compares, each chosen by fields of the request that everybody may send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

HALVES = ("words", "vectors")
"""All words, of five kinds of evidence, and all vectors, of two."""
SINGLE = ("speech", "caption", "screen_text", "objects", "about", "speech_vectors", "caption_vectors")
"""The words of one kind of evidence, or its vectors."""
SIGNALS = (*SINGLE, "vectors")
"""What counts as one signal when a fusion is compared with the best: each list, and all vectors of the one model."""


class FusionName(StrEnum):
    """How several signals make one order (docs/06)."""

    CALIBRATED = "calibrated"
    RRF = "rrf"
    NORMALIZED = "normalized"


FUSIONS = tuple(fusion.value for fusion in FusionName)


@dataclass(frozen=True)
class Way:
    name: str
    asked: dict[str, Any]


def ways(fusions: Sequence[str]) -> Iterator[Way]:
    for signal in (*SINGLE, *HALVES):
        yield Way(signal, {"signals": [signal]})
    for fusion in fusions:
        yield Way(fusion, {"fusion": fusion})
