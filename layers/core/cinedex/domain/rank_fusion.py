"""Ways to make one order out of the lists of several signals.

The numbers they order by compare documents of one query only: a rank says nothing of how good the best is, and the
best of a min-max scale is 1 however far from the query it lies. So they decide the order and nothing else; what is
shown and cut off is the calibrated confidence (`domain.confidence`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

RRF_K = 60
"""Cormack et al. found it good for every collection they had: it keeps one first place from deciding alone."""


class Fusion(StrEnum):
    """`calibrated` orders by the confidence itself, `rrf` by ranks, `normalized` by scores on a common scale."""

    CALIBRATED = "calibrated"
    RRF = "rrf"
    NORMALIZED = "normalized"


@dataclass(frozen=True)
class SignalList:
    """The documents that one signal found, by id, and how well; higher is better, and below 0 says nothing."""

    weight: float
    scores: Mapping[str, float]


def reciprocal_ranks(lists: Iterable[SignalList]) -> dict[str, float]:
    """`sum(weight / (60 + rank))`; Cormack, Clarke and Büttcher, SIGIR 2009.

    Equal scores share the best rank of theirs: a list in which all are equal prefers nobody.
    """
    merits: dict[str, float] = defaultdict(float)
    for one in lists:
        descending = sorted(one.scores.values(), reverse=True)
        ranks = {score: rank for rank, score in reversed(list(enumerate(descending, start=1)))}
        for document_id, score in one.scores.items():
            merits[document_id] += one.weight / (RRF_K + ranks[score])
    return dict(merits)


def convex_combination(lists: Iterable[SignalList]) -> dict[str, float]:
    """Weighted mean of min-max normalised scores; Bruch, Gai and Ingber, TOIS 42 (1), 2023.

    The minimum is the theoretical one, as they advise: 0, of a coverage as of a cosine. The lowest of what happens to
    be found would be made as bad as what was not found.
    """
    merits: dict[str, float] = defaultdict(float)
    told = [one for one in lists if max(one.scores.values(), default=0.0) > 0]
    total = sum(one.weight for one in told)
    for one in told:
        best = max(one.scores.values())
        for document_id, score in one.scores.items():
            merits[document_id] += one.weight / total * max(0.0, score) / best
    return dict(merits)


MERITS: Mapping[Fusion, Callable[[Iterable[SignalList]], dict[str, float]]] = {
    Fusion.RRF: reciprocal_ranks,
    Fusion.NORMALIZED: convex_combination,
}
"""Each tells the merit of every document of any list."""
