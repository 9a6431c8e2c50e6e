"""Ids: UUIDv7 strings, which sort by the time they were made."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils import uuid7

from cinedex.kernel.errors import EntityNotFound, InvalidInput

_DIGITS = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
_SPELLING = re.compile(rf"{_DIGITS}|\{{{_DIGITS}\}}|urn:uuid:{_DIGITS}", re.IGNORECASE | re.ASCII)
"""`UUID` would also read `0x`, underscores and digits of other scripts."""


def new_id() -> str:
    return str(uuid7())


def time_of_id(id_: str) -> datetime:
    """When an id was made: UUIDv7 begins with the milliseconds since 1970 (RFC 9562, 5.7)."""
    return datetime.fromtimestamp((UUID(id_).int >> 80) / 1000, UTC)


def canonical_id(text: str) -> str | None:
    """The spelling of an id that is stored, in small letters with hyphens; None for what is no UUID."""
    return str(UUID(text)) if _SPELLING.fullmatch(text) else None


def parse_id(text: str, field: str) -> str:
    """The canonical spelling of an id; raises `InvalidInput` naming `field` when it is no UUID."""
    canonical = canonical_id(text)
    if canonical is None:
        raise InvalidInput(f"{field} must be a UUID, not {text[:64]!r}", field=field)
    return canonical


def require_id(text: str, missing: type[EntityNotFound]) -> str:
    """The canonical spelling of an id. Raises `missing` for any other text, because no object has it as its id."""
    canonical = canonical_id(text)
    if canonical is None:
        raise missing()
    return canonical
