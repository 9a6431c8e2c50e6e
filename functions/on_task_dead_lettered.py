"""A task that killed worker after worker: its step in the machine fails with a reason."""

from __future__ import annotations

from typing import Any

from cinedex.bootstrap import task_answers
from cinedex.domain.task_message import TaskMessage
from cinedex.observability import logger

CAUSE = "The task was given up: every worker that took it died or gave it back."


def handler(event: dict[str, Any], context: object) -> None:
    for record in event["Records"]:
        try:
            message = TaskMessage.model_validate_json(record["body"])
        except ValueError:
            logger.error("a dead letter is no task", body=record["body"][:1000])
            continue
        task_answers().fail(message.task_token, "TaskAbandoned", CAUSE)
