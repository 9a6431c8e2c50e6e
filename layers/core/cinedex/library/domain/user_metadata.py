"""Metadata that users attach to a video: a flat object of strings, numbers and booleans."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from cinedex.kernel.number_range import NumberRange
from cinedex.kernel.validation_messages import requirement_of

KEYS_MAX = 50
KEY_CHARS_MAX = 100
TEXT_CHARS_MAX = 500
BYTES_MAX = 10_000

FLOAT_BITS_MAX = 1023


def _within_floats(value: Any) -> Any:
    """JSON allows integers that are too large for a float."""
    too_large = isinstance(value, int) and value.bit_length() > FLOAT_BITS_MAX
    return float("inf") if too_large else value


def _fits_its_kind(kinds: Mapping[type, TypeAdapter[Any]], allowed: str, value: Any) -> Any:
    """Pydantic reports an error for each member of a union; this reports the one for the type of the value."""
    adapter = kinds.get(type(value))
    if adapter is None:
        raise ValueError(f"must be {allowed}")
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        requirement = requirement_of(first)
        raise ValueError(f"is not valid: {name} {requirement}" if name else requirement) from None
    return value


Text = Annotated[str, StringConstraints(max_length=TEXT_CHARS_MAX)]
Number = Annotated[float, BeforeValidator(_within_floats), Field(allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
"""Integers that every JSON parser represents exactly."""
_KINDS: dict[type, TypeAdapter[Any]] = {
    bool: TypeAdapter(bool),
    int: TypeAdapter(Number),
    float: TypeAdapter(Number),
    str: TypeAdapter(Text),
}
Value = Annotated[
    bool | Whole | Number | Text, BeforeValidator(partial(_fits_its_kind, _KINDS, "a string, a number or a boolean"))
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=KEY_CHARS_MAX)]


def _small_enough(metadata: dict[str, Value]) -> dict[str, Value]:
    size_bytes = len(json.dumps(metadata, ensure_ascii=False).encode(errors="replace"))
    if size_bytes > BYTES_MAX:
        raise ValueError(f"must not be larger than {BYTES_MAX} bytes as JSON")
    return metadata


UserMetadata = Annotated[dict[Key, Value], Field(max_length=KEYS_MAX), AfterValidator(_small_enough)]


class MetadataRange(NumberRange):
    """Both ends are included. Without ends, any number matches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gte: Annotated[Number, Strict()] | None = None
    lte: Annotated[Number, Strict()] | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_known_operators(cls, data: Any) -> Any:
        unknown = [str(name) for name in data if name not in cls.model_fields] if isinstance(data, dict) else []
        if unknown:
            raise ValueError(f"must be a range with gte and lte, not {unknown[0][:KEY_CHARS_MAX]!r}")
        return data


_WANTED_KINDS = _KINDS | {dict: TypeAdapter(MetadataRange), MetadataRange: TypeAdapter(MetadataRange)}
MetadataFilterValue = Annotated[
    bool | Whole | Number | Text | MetadataRange,
    BeforeValidator(partial(_fits_its_kind, _WANTED_KINDS, "a string, a number, a boolean or a range of numbers")),
]


class MetadataFilter(BaseModel):
    """A filter on the metadata of videos: each key has to match; other keys are ignored."""

    model_config = ConfigDict(frozen=True)

    keys: dict[Key, MetadataFilterValue] = Field(default_factory=dict)

    def holds(self, metadata: dict[str, Value]) -> bool:
        return all(key in metadata and _matches(required, metadata[key]) for key, required in self.keys.items())


def _matches(required: MetadataFilterValue, value: Value) -> bool:
    if isinstance(required, MetadataRange):
        return not isinstance(value, bool | str) and required.holds(float(value))
    return isinstance(required, bool) == isinstance(value, bool) and required == value
