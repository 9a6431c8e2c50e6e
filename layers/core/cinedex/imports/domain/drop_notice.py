"""A message of the drop queue: something happened to an object, or a backfill has found it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cinedex.imports.domain.drop_key import DropRoot


class DropNotice(BaseModel):
    """`root` is that of a backfill of another bucket; objects of the drop folder have that of their account."""

    model_config = ConfigDict(frozen=True)

    bucket: str
    key: str
    sequencer: str = ""
    root: DropRoot | None = None
