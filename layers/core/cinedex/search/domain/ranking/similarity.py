"""Similarity of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from operator import mul


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    """Cosine of two unit vectors of the same space; in [-1, 1] up to rounding."""
    if len(left) != len(right):
        raise ValueError(f"vectors of {len(left)} and {len(right)} dimensions cannot be compared")
    return float(sum(map(mul, left, right)))


def mean_of(vectors: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], float]:
    """The direction of the mean of unit vectors, as a unit vector, and the length of that mean, in [0, 1].

    The cosine to the direction, times the length, is the mean of the cosines to all of them. Source of comparing by
    the mean: L. Gao et al., "Precise Zero-Shot Dense Retrieval without Relevance Labels" (2022), equation 8.
    """
    mean = [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]
    length = sqrt(sum(map(mul, mean, mean)))
    if not length:  # they cancel each other out: the mean of the cosines to any vector is 0
        return tuple(vectors[0]), 0.0
    return tuple(value / length for value in mean), length
