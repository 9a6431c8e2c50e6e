"""One entry of the usage ledger, which does not depend on what has caused it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from cinedex.library.domain.feature import Feature


class OnceKey(NamedTuple):
    """Identifies an entry: a second one with the same key is not added. Deleting the owner deletes the key."""

    owner_id: str
    event_id: str


class LedgerEntry(BaseModel):
    """`amounts` are milliseconds of analysed video by feature; for an analysis the key is its video and run."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    once_key: OnceKey
    amounts: Mapping[Feature, int]
