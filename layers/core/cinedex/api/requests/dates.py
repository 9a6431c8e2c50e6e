"""Dates in queries, forms and JSON: ISO 8601 in its extended format (RFC 3339), with or without a time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticKnownError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?([Zz]|[+-]\d{2}(:?\d{2})?)?)?", re.ASCII
)
_END_OF_DAY = "T23:59:59.999999Z"


def _require_iso_8601(value: object, error: Literal["datetime_type", "date_type"]) -> object:
    """Pydantic reads a number, also as text, as seconds since 1970: the year 2027 would be half an hour in 1970."""
    if isinstance(value, date) or (isinstance(value, str) and _DATE.fullmatch(value)):
        return value
    raise PydanticKnownError(error)


def iso_date_time(value: object) -> object:
    return _require_iso_8601(value, "datetime_type")


def iso_day(value: object) -> object:
    return _require_iso_8601(value, "date_type")


def _end_of_day(value: object) -> object:
    return value + _END_OF_DAY if isinstance(value, str) and _DAY.fullmatch(value) else value


def _with_offset(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


DateTime = Annotated[datetime, BeforeValidator(iso_date_time), AfterValidator(_with_offset)]
"""UTC unless an offset is given; a date without a time is its first moment."""
Until = Annotated[DateTime, BeforeValidator(_end_of_day)]
"""An upper bound: a date without a time includes the whole day, in UTC."""
Day = Annotated[date, BeforeValidator(iso_day)]
