"""Calibrated confidence that a segment answers a query, from a cosine and from the coverage of the query's words.

A cosine alone is not enough: on the calibration set the best cosine of queries without an answer
reaches 0.41 while right answers start at 0.30. The share of the query's words that the texts contain
("coverage") alone is not enough either: it misses every paraphrase. A logistic regression over
(cosine, coverage) separates them. How it was fitted, and its figures:
docs/decisions/2026-11-21-scores-are-calibrated-confidences.md.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from math import exp

from pydantic import BaseModel, ConfigDict


class Threshold(StrEnum):
    """The confidence that a moment needs to be returned."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


DEFAULT_THRESHOLD = Threshold.MEDIUM
FLOORS = {Threshold.HIGH: 0.5, Threshold.MEDIUM: 0.12, Threshold.LOW: 0.06, Threshold.NONE: 0.0}
SHARES_OF_BEST = {Threshold.HIGH: 0.6, Threshold.MEDIUM: 0.35, Threshold.LOW: 0.2, Threshold.NONE: 0.0}


class Calibration(BaseModel):
    """Weights of one embedding model: `P(relevant) = 1 / (1 + exp(-(c*cosine + w*coverage + bias)))`."""

    model_config = ConfigDict(frozen=True)

    cosine_weight: float
    coverage_weight: float
    bias: float

    def confidence(self, cosine: float, coverage: float) -> float:
        logit = self.cosine_weight * cosine + self.coverage_weight * coverage + self.bias
        return 1 / (1 + exp(-logit))


MINILM = Calibration(cosine_weight=8.38, coverage_weight=6.61, bias=-5.64)
WORDS_ONLY = Calibration(cosine_weight=0.0, coverage_weight=8.46, bias=-3.58)
"""Used when there is no vector to compare with: the text model is down, or a video has no vectors."""

_CALIBRATED = {"all-MiniLM-L6-v2": MINILM}


@lru_cache(maxsize=64)
def calibration_of(model: str | None) -> Calibration:
    """By the start of the model's name; a model without an entry uses MiniLM's scale."""
    if model is None:
        return WORDS_ONLY
    return next((c for name, c in _CALIBRATED.items() if model.lower().startswith(name.lower())), MINILM)


def cutoff(threshold: Threshold, best: float) -> float:
    """The lowest score to return: a floor, or a share of the best, which drops weak results next to a clear one."""
    return max(FLOORS[threshold], SHARES_OF_BEST[threshold] * best)
