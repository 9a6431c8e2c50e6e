"""What people attach to a video to find it by: a flat object of strings, numbers and switches."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cinedex.domain.moment import NumberRange

KEYS_MAX = 50
KEY_CHARS_MAX = 100
TEXT_CHARS_MAX = 500
BYTES_MAX = 10_000

Text = Annotated[str, StringConstraints(max_length=TEXT_CHARS_MAX)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""What every reader of JSON can hold."""
Value = bool | Whole | Number | Text
Key = Annotated[str, StringConstraints(min_length=1, max_length=KEY_CHARS_MAX)]


def _small_enough(metadata: dict[str, Value]) -> dict[str, Value]:
    size_bytes = len(json.dumps(metadata, ensure_ascii=False).encode(errors="replace"))
    if size_bytes > BYTES_MAX:
        raise ValueError(f"must not be larger than {BYTES_MAX} bytes as JSON")
    return metadata


UserMetadata = Annotated[dict[Key, Value], Field(max_length=KEYS_MAX), AfterValidator(_small_enough)]


class WantedRange(NumberRange):
    """Both ends belong to it; without any it means that there is a number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gte: Number | None = None
    lte: Number | None = None


class Wanted(BaseModel):
    """What the metadata of a video must be to be looked into: each key as it says, whatever else there is."""

    model_config = ConfigDict(frozen=True)

    keys: dict[Key, Value | WantedRange] = Field(default_factory=dict)

    def holds(self, metadata: dict[str, Value]) -> bool:
        return all(key in metadata and _matches(wanted, metadata[key]) for key, wanted in self.keys.items())


def _matches(wanted: Value | WantedRange, value: Value) -> bool:
    if isinstance(wanted, WantedRange):
        return not isinstance(value, bool | str) and wanted.holds(float(value))
    return isinstance(wanted, bool) == isinstance(value, bool) and wanted == value
