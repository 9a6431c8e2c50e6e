"""Ids in bodies: UUIDs in capitals or small letters, as in paths and queries."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from cinedex.kernel.ids import canonical_id


def _canonical(text: str) -> str:
    canonical = canonical_id(text)
    if canonical is None:
        raise ValueError("must be a UUID")
    return canonical


def canonical_if_id(text: str) -> str:
    """For an API that reports an id in another spelling as one that does not exist."""
    return canonical_id(text) or text


Id = Annotated[str, AfterValidator(_canonical), WithJsonSchema({"type": "string", "format": "uuid"})]
