"""A task that killed worker after worker: its step in the machine fails with a reason."""

from __future__ import annotations

import json
from typing import Any

from cinedex.bootstrap.providers import task_answers
from cinedex.observability import logger

CAUSE = "The task was given up: every worker that took it died or gave it back."


def handler(event: dict[str, Any], context: object) -> None:
    """Looks for the token alone: a message that no worker understands must fail its step, too."""
    for record in event["Records"]:
        token = token_of(record["body"])
        if token is None:
            logger.error("a dead letter is no task", body=record["body"][:1000])
        else:
            task_answers().fail(token, "TaskAbandoned", CAUSE)


def token_of(body: str) -> str | None:
    try:
        message = json.loads(body)
    except ValueError:
        return None
    token = message.get("task_token") if isinstance(message, dict) else None
    return token if isinstance(token, str) and token else None
