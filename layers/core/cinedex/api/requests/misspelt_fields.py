"""Bodies that refuse a misspelt field: unknown fields are ignored, and an ignored filter would select everything."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, model_validator
from pydantic_core import PydanticCustomError

MISSPELT = "misspelt_field"
NAME_CHARS_MAX = 64
SIMILARITY_MIN = 0.8


def nearest(name: str, known: Iterable[str], similarity_min: float = 0.6) -> str | None:
    return next(iter(get_close_matches(name.lower()[:NAME_CHARS_MAX], list(known), n=1, cutoff=similarity_min)), None)


class CheckedFields(BaseModel):
    """Unknown fields are ignored, as in the APIs that are emulated, unless their name is nearly that of a field."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_misspelt(cls, data: Any) -> Any:
        for name in data if isinstance(data, dict) else ():
            similar = None if name in cls.model_fields else nearest(str(name), cls.model_fields, SIMILARITY_MIN)
            if similar is not None:
                shown = str(name)[:NAME_CHARS_MAX]
                message = "Unknown field '{field}'. Did you mean '{similar}'?"
                raise PydanticCustomError(MISSPELT, message, {"field": shown, "similar": similar})
        return data
