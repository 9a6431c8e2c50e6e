"""Fusion methods: each makes one order out of the lists of several signals.

Their numbers compare documents of one query only: a rank does not tell how good the best is, and the best of a min-max
scale is 1 however far from the query it lies. So they decide the order only. What is returned and cut off is the
calibrated confidence (`ranking.confidence`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

RRF_K = 60
"""The constant of Cormack et al., who found it good for all their collections: one first rank does not decide alone."""


class Fusion(StrEnum):
    """`calibrated` orders by the confidence itself, `rrf` by ranks, `normalized` by scores on a common scale."""

    CALIBRATED = "calibrated"
    RRF = "rrf"
    NORMALIZED = "normalized"


@dataclass(frozen=True)
class SignalList:
    """The documents of one signal by id, with its score for each; higher is better, and below 0 is no evidence."""

    weight: float
    scores: Mapping[str, float]


SignalGroup = Sequence[SignalList]
"""The word lists of all modalities, or their vector lists.

The best list of each group counts for a document, as in Lucene's `dis_max`. A sum would prefer documents with many
texts, and most segments have no speech or no on-screen text.
"""


def reciprocal_ranks(groups: Iterable[SignalGroup]) -> dict[str, float]:
    """`sum(weight / (60 + rank))`; Cormack, Clarke and Büttcher, SIGIR 2009.

    Equal scores share the best of their ranks: a list in which all are equal prefers none of them.
    """
    return _sum_of_best(groups, _reciprocal)


def convex_combination(groups: Iterable[SignalGroup]) -> dict[str, float]:
    """Sum of weighted min-max normalised scores; Bruch, Gai and Ingber, TOIS 42 (1), 2023.

    As they advise, the minimum is the theoretical one: 0, for a coverage and for a cosine. With the lowest retrieved
    score as the minimum, that document would count as if it had not been retrieved.
    """
    return _sum_of_best(groups, _normalized)


RANK_SCORES: Mapping[Fusion, Callable[[Iterable[SignalGroup]], dict[str, float]]] = {
    Fusion.RRF: reciprocal_ranks,
    Fusion.NORMALIZED: convex_combination,
}
"""The rank score of every document of any list, by method."""


def _reciprocal(signal: SignalList) -> dict[str, float]:
    descending = sorted(signal.scores.values(), reverse=True)
    ranks = {score: rank for rank, score in reversed(list(enumerate(descending, start=1)))}
    return {document_id: signal.weight / (RRF_K + ranks[score]) for document_id, score in signal.scores.items()}


def _normalized(signal: SignalList) -> dict[str, float]:
    best = max(signal.scores.values(), default=0.0)
    if best <= 0:
        return {}
    return {document_id: signal.weight * max(0.0, score) / best for document_id, score in signal.scores.items()}


def _sum_of_best(groups: Iterable[SignalGroup], measure: Callable[[SignalList], dict[str, float]]) -> dict[str, float]:
    totals: dict[str, float] = defaultdict(float)
    for group in groups:
        best: dict[str, float] = {}
        for signal in group:
            for document_id, value in measure(signal).items():
                best[document_id] = max(best.get(document_id, 0.0), value)
        for document_id, value in best.items():
            totals[document_id] += value
    return dict(totals)
