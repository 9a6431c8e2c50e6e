"""On a schedule, and after a restart: work that a crash has cut short goes on."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import resume_analyses


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return resume_analyses()(after_restart=bool(event.get("after_restart")))
