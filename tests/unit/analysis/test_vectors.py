"""Vectors survive the wire to the precision that is promised."""

from __future__ import annotations

from math import sqrt

import pytest
from cinedex.analysis.domain.vectors import pack_vectors, unpack_vectors
from hypothesis import given
from hypothesis import strategies as st

COSINE_LOSS_MAX = 1e-3
COORDINATES = st.floats(-1, 1, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-3)
MATRICES = st.integers(1, 16).flatmap(
    lambda size: st.lists(st.lists(COORDINATES, min_size=size, max_size=size).filter(any), max_size=8)
)


def unit(row: list[float]) -> list[float]:
    length = sqrt(sum(x * x for x in row))
    return [x / length for x in row]


@given(MATRICES)
def test_a_unit_vector_keeps_its_direction(matrix: list[list[float]]) -> None:
    rows = [unit(row) for row in matrix]
    packed = pack_vectors("toy", rows)
    read = list(unpack_vectors(packed))
    assert (packed.count, len(read)) == (len(rows), len(rows))
    for row, got in zip(rows, read, strict=True):
        assert sum(a * b for a, b in zip(row, got, strict=True)) == pytest.approx(1, abs=COSINE_LOSS_MAX)


def test_no_vectors_are_none_again() -> None:
    assert list(unpack_vectors(pack_vectors("toy", []))) == []


def test_vectors_are_little_endian_half_floats_row_by_row() -> None:
    packed = pack_vectors("toy", [(1.0, 0.0), (0.0, 1.0)])
    assert (packed.model, packed.dimension, packed.count) == ("toy", 2, 2)
    assert packed.vectors_base64 == "ADwAAAAAADw="
