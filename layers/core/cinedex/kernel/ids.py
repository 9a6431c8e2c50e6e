"""Ids: UUIDv7 strings, which sort by the time they were made."""

from __future__ import annotations

from uuid import UUID

from uuid_utils import uuid7

from cinedex.kernel.errors import InvalidInput


def new_id() -> str:
    return str(uuid7())


def parse_id(text: str, field: str) -> str:
    """The canonical spelling of an id; raises `InvalidInput` naming `field` when it is no UUID."""
    try:
        return str(UUID(text))
    except ValueError:
        raise InvalidInput(f"{field} must be a UUID, not {text[:64]!r}", field=field) from None
