"""Changes that no test can notice, because the product does the same with them: data with reasons."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

DATA = Path(__file__).with_name("equivalent.toml")


class Equivalent(BaseModel):
    """Regular expressions that match the whole of a module's path, of an operator's name and of both lines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(min_length=10)
    module: str = ".*"
    operator: str = ".*"
    old: str = ".*"
    new: str = ".*"

    def matches(self, module: str, operator: str, old: str, new: str) -> bool:
        pairs = ((self.module, module), (self.operator, operator), (self.old, old), (self.new, new))
        return all(re.fullmatch(pattern, text) for pattern, text in pairs)


@cache
def read_equivalents() -> tuple[Equivalent, ...]:
    return tuple(map(Equivalent.model_validate, tomllib.loads(DATA.read_text(encoding="utf-8"))["equivalent"]))


def is_equivalent(module: str, operator: str, old: str, new: str) -> bool:
    return any(entry.matches(module, operator, old, new) for entry in read_equivalents())
