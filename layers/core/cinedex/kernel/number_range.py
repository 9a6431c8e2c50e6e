"""A range of numbers with open or closed ends."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class NumberRange(BaseModel):
    """Both ends belong to the range; None leaves an end open."""

    model_config = ConfigDict(frozen=True)

    gte: float | None = None
    lte: float | None = None

    def holds(self, value: float | None) -> bool:
        if value is None:
            return self.gte is None and self.lte is None
        return (self.gte is None or value >= self.gte) and (self.lte is None or value <= self.lte)
