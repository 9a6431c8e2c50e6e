"""Encodes vectors: base64 of little-endian float16, row-major."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator, Sequence

from cinedex.analysis.domain.model_results import Embeddings

FLOAT16_BYTES = 2


def pack_vectors(model: str, vectors: Sequence[Sequence[float]]) -> Embeddings:
    """Half precision keeps a unit vector's cosine to about 1e-3, at a quarter of the size of JSON."""
    dimension = len(vectors[0]) if vectors else 0
    packed = b"".join(struct.pack(f"<{dimension}e", *row) for row in vectors)
    return Embeddings(
        model=model,
        dimension=dimension,
        count=len(vectors),
        vectors_base64=base64.b64encode(packed).decode("ascii"),
    )


def unpack_vectors(embeddings: Embeddings) -> Iterator[tuple[float, ...]]:
    packed, size = base64.b64decode(embeddings.vectors_base64), embeddings.dimension
    for row in range(embeddings.count):
        yield struct.unpack_from(f"<{size}e", packed, row * size * FLOAT16_BYTES)
