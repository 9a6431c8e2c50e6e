"""`clip.json` beside `clip.mp4`: what its sender says of the video."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.validation_messages import requirement_of
from cinedex.library.domain.user_metadata import UserMetadata

BYTES_MAX = 64 * 1024
TITLE_CHARS_MAX = 500
DESCRIPTION_CHARS_MAX = 10_000
NAME_CHARS_MAX = 64


def _one_line(text: str) -> str:
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise ValueError("must not contain control characters")
    return text


def _plausible(value: datetime) -> datetime:
    """UTC unless an offset is given, as in requests."""
    if not 1800 <= value.year <= 9000:
        raise ValueError("must lie between the years 1800 and 9000")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


class SidecarDetails(BaseModel):
    """Fields that are absent or null change nothing. An unknown field is refused: a wrong name would be lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: Annotated[str, AfterValidator(_one_line), Field(max_length=TITLE_CHARS_MAX)] | None = None
    description: Annotated[str, Field(max_length=DESCRIPTION_CHARS_MAX)] | None = None
    recorded_at: Annotated[datetime, AfterValidator(_plausible)] | None = None
    metadata: UserMetadata | None = None

    def changes(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Fields of a video with `metadata`; those of the sidecar are added to it."""
        given = {"title": self.title, "description": self.description, "recorded_at": self.recorded_at}
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        return changes | ({} if self.metadata is None else {"user_metadata": metadata | self.metadata})


def parse_details(data: bytes) -> SidecarDetails:
    """Raises `InvalidInput` that names the field."""
    try:
        return SidecarDetails.model_validate_json(data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part)[:NAME_CHARS_MAX] for part in first["loc"])
        known = ", ".join(SidecarDetails.model_fields)
        if first["type"] == "extra_forbidden":
            raise InvalidInput(f"Unknown field {name!r}; a sidecar may have: {known}.", field=name) from None
        requirement = requirement_of(first)
        raise InvalidInput(f"{name} {requirement}." if name else f"The file {requirement}.", field=name) from None
