"""On a schedule, and after a restart: continues uploads and analyses that a crash has interrupted."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap.analysis import resume_analyses
from cinedex.observability import lambda_handler
from pydantic import BaseModel


class ResumeAnalysesEvent(BaseModel):
    """`after_restart` is set by the local stack; the schedule sends an empty object."""

    after_restart: bool = False


@lambda_handler(ResumeAnalysesEvent)
def handler(event: ResumeAnalysesEvent) -> dict[str, Any]:
    return resume_analyses()(after_restart=event.after_restart)
