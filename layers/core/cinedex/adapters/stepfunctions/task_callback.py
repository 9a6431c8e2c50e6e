"""Answers task tokens of AWS Step Functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from cinedex.analysis.domain.task_message import TaskResult

NOBODY_WAITS = ("TaskDoesNotExist", "TaskTimedOut", "InvalidToken")
ERROR_LENGTH_MAX = 256
CAUSE_LENGTH_MAX = 2000  # the service allows 32 KiB; a reason is a sentence


class StepFunctionsTaskCallback:
    """`TaskCallback`."""

    def __init__(self) -> None:
        self._client = boto3.client("stepfunctions", config=Config(retries={"mode": "adaptive", "max_attempts": 8}))

    def succeed(self, task_token: str, result: TaskResult) -> bool:
        return _heard(self._client.send_task_success, taskToken=task_token, output=result.model_dump_json())

    def fail(self, task_token: str, error: str, cause: str) -> bool:
        told = {"error": error[:ERROR_LENGTH_MAX], "cause": cause[:CAUSE_LENGTH_MAX]}
        return _heard(self._client.send_task_failure, taskToken=task_token, **told)

    def keep_alive(self, task_token: str) -> bool:
        return _heard(self._client.send_task_heartbeat, taskToken=task_token)


def _heard(call: Callable[..., Any], **arguments: str) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in NOBODY_WAITS:
            return False
        raise
    return True
