"""A task arrived in the dead-letter queue: its state in the execution fails with a reason."""

from __future__ import annotations

import json

from cinedex.bootstrap.providers import task_callback
from cinedex.observability import lambda_handler, logger
from pydantic import BaseModel, Field

CAUSE = "The task was given up: every worker that received it crashed or returned it to the queue."
LOGGED_CHARS_MAX = 1000


class SqsRecord(BaseModel):
    body: str


class DeadLetterEvent(BaseModel):
    records: list[SqsRecord] = Field(alias="Records")


@lambda_handler(DeadLetterEvent)
def handler(event: DeadLetterEvent) -> None:
    """Reads only the token, because a message that no worker can parse must fail its state, too."""
    for record in event.records:
        token = token_of(record.body)
        if token is None:
            logger.error("dead letter has no task token", extra={"body": record.body[:LOGGED_CHARS_MAX]})
        else:
            task_callback().fail(token, "TaskAbandoned", CAUSE)


def token_of(body: str) -> str | None:
    try:
        message = json.loads(body)
    except ValueError:
        return None
    token = message.get("task_token") if isinstance(message, dict) else None
    return token if isinstance(token, str) and token else None
