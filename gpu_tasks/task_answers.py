"""Answers to the state machine, which waits for each task under a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError
from cinedex.domain.task_message import TaskResult

from gpu_tasks.task_errors import TaskFailed

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

NOBODY_WAITS = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")
CAUSE_CHARACTERS_MAX = 2000


class TaskAnswers:
    """Every method returns False when nobody waits for the answer any more.

    Other errors of AWS are raised: the answer may be sent again.
    """

    def __init__(self) -> None:
        self._client: SFNClient = boto3.client("stepfunctions")

    def succeed(self, token: str, result: TaskResult) -> bool:
        try:
            self._client.send_task_success(taskToken=token, output=result.model_dump_json())
        except ClientError as error:
            return _is_awaited(error)
        return True

    def fail(self, token: str, failure: TaskFailed) -> bool:
        cause = str(failure)[:CAUSE_CHARACTERS_MAX]
        try:
            self._client.send_task_failure(taskToken=token, error=failure.error_name, cause=cause)
        except ClientError as error:
            return _is_awaited(error)
        return True

    def heartbeat(self, token: str) -> bool:
        try:
            self._client.send_task_heartbeat(taskToken=token)
        except ClientError as error:
            return _is_awaited(error)
        return True


def _is_awaited(error: ClientError) -> bool:
    """False for the errors that mean nobody waits; any other error goes on."""
    if error.response.get("Error", {}).get("Code") in NOBODY_WAITS:
        return False
    raise error
