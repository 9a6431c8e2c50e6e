"""On a schedule: erases deleted videos again, until no late result can arrive."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.library import sweep_deletions
from cinedex.observability import lambda_handler
from pydantic import BaseModel


class SweepDeletionsEvent(BaseModel):
    pass


@lambda_handler(SweepDeletionsEvent)
def handler(_event: SweepDeletionsEvent) -> dict[str, Any]:
    return {"pending_deletions": sweep_deletions()()}
