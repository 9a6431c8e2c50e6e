"""Runs analyses as executions of a state machine."""

from __future__ import annotations

import json
from collections.abc import Set
from typing import Literal

import boto3
from botocore.exceptions import ClientError

from cinedex.adapters.aws_errors import domain_error
from cinedex.adapters.time_limits import aws_config
from cinedex.analysis.domain.run import AnalysisRun

CAUSE_LENGTH_MAX = 1000
RUNNING: Literal["RUNNING"] = "RUNNING"


class StepFunctionsAnalysisRunner:
    """`AnalysisRunner`. The name of an execution contains the attempt, so starting an attempt again has no effect."""

    def __init__(self, state_machine_arn: str) -> None:
        self._machine = state_machine_arn
        self._client = boto3.client("stepfunctions", config=aws_config())

    def start(self, run: AnalysisRun) -> None:
        payload = {"account_id": run.account_id, "video_id": run.video_id, "run_id": run.run_id}
        try:
            self._client.start_execution(
                stateMachineArn=self._machine, name=run.execution_name, input=json.dumps(payload)
            )
        except ClientError as error:
            if _code(error) == "ExecutionAlreadyExists":
                return
            raise domain_error(error) or error from error

    def is_running(self, run: AnalysisRun) -> bool:
        return self._status(run) == RUNNING

    def has_started(self, run: AnalysisRun) -> bool:
        return self._status(run) is not None

    def running(self) -> Set[str]:
        """A page has 1,000 executions. The list is eventually consistent."""
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=self._machine, statusFilter=RUNNING
        )
        return {str(execution["name"]) for page in pages for execution in page["executions"]}

    def stop(self, run: AnalysisRun, reason: str) -> None:
        try:
            self._client.stop_execution(executionArn=self._arn(run), error="Cancelled", cause=reason[:CAUSE_LENGTH_MAX])
        except ClientError as error:
            if _code(error) != "ExecutionDoesNotExist":
                raise

    def _status(self, run: AnalysisRun) -> str | None:
        """None if there is no such execution."""
        try:
            return str(self._client.describe_execution(executionArn=self._arn(run))["status"])
        except ClientError as error:
            if _code(error) == "ExecutionDoesNotExist":
                return None
            raise

    def _arn(self, run: AnalysisRun) -> str:
        return f"{self._machine.replace(':stateMachine:', ':execution:')}:{run.execution_name}"


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
