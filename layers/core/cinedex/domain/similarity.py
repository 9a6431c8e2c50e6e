"""How close two vectors are."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul


def cosine(left: Sequence[float], right: Sequence[float]) -> float:
    """Of two unit vectors of the same space; in [-1, 1] up to rounding."""
    if len(left) != len(right):
        raise ValueError(f"vectors of {len(left)} and {len(right)} dimensions are not of one space")
    return float(sum(map(mul, left, right)))
