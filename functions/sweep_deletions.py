"""On a schedule: what came late of a video that was deleted in mid-work is erased, too."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.library import sweep_deletions


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return {"watched": sweep_deletions()()}
