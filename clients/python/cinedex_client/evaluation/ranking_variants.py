"""The ranking variants that an evaluation compares; fields of a search request select each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SIGNAL_GROUPS = ("words", "vectors")
"""The five lexical signals together, and the two vector signals together."""
SINGLE_SIGNALS = ("speech", "caption", "screen_text", "objects", "about", "speech_vectors", "caption_vectors")
"""The lexical signal of one kind of evidence, or its vector signal."""
BASELINES = (*SINGLE_SIGNALS, "vectors")
"""Compared with a fusion as single signals: each list, and both vector signals, which share one model."""


class FusionName(StrEnum):
    """How a deployment combines several signals into one ranking (docs/06)."""

    CALIBRATED = "calibrated"
    RRF = "rrf"
    NORMALIZED = "normalized"


@dataclass(frozen=True)
class RankingVariant:
    """`fields` of a search request select the variant."""

    name: str
    fields: dict[str, Any]


def ranking_variants(fusions: Sequence[str]) -> Iterator[RankingVariant]:
    for signal in (*SINGLE_SIGNALS, *SIGNAL_GROUPS):
        yield RankingVariant(signal, {"signals": [signal]})
    for fusion in fusions:
        yield RankingVariant(str(fusion), {"fusion": str(fusion)})
