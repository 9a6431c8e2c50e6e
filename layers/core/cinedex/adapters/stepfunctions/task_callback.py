"""Reports results, failures and heartbeats for task tokens of Step Functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from cinedex.adapters.time_limits import aws_config
from cinedex.analysis.domain.task_message import TaskResult

TASK_GONE = ("TaskDoesNotExist", "TaskTimedOut", "InvalidToken")
ERROR_LENGTH_MAX = 256
CAUSE_LENGTH_MAX = 2000  # Step Functions allows 32 KiB; a reason is a sentence


class StepFunctionsTaskCallback:
    """`TaskCallback`."""

    def __init__(self) -> None:
        self._client = boto3.client("stepfunctions", config=aws_config())

    def succeed(self, task_token: str, result: TaskResult) -> bool:
        return _accepted(self._client.send_task_success, taskToken=task_token, output=result.model_dump_json())

    def fail(self, task_token: str, error: str, cause: str) -> bool:
        failure = {"error": error[:ERROR_LENGTH_MAX], "cause": cause[:CAUSE_LENGTH_MAX]}
        return _accepted(self._client.send_task_failure, taskToken=task_token, **failure)

    def keep_alive(self, task_token: str) -> bool:
        return _accepted(self._client.send_task_heartbeat, taskToken=task_token)


def _accepted(call: Callable[..., Any], **arguments: str) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] in TASK_GONE:
            return False
        raise
    return True
