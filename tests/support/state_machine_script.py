"""Runs a state machine with scripted tasks: `.venv-emulator/bin/python tests/support/state_machine_script.py`.

Reads a definition and cases from standard input and writes the outcome of each case, all as JSON. The interpreter is
that of the emulator, so that expressions, Retry and Catch are evaluated; tasks answer what the case says, and pauses
take no time. A case has for some tasks the errors with which their first attempts fail.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from importlib import import_module
from typing import Any

machine: Any = import_module("ministack.services.stepfunctions")
pause = time.sleep


class Execution:
    """The number of the case is the id of its run, by which a call finds its execution."""

    def __init__(self, results: dict[str, Any], errors: dict[str, list[str]]) -> None:
        self._results = results
        self._errors = errors
        self._lock = threading.Lock()  # chunks are analysed in threads
        self.attempts: list[str] = []
        self.sent: dict[str, Any] = {}
        self.queues: dict[str, tuple[str, str]] = {}

    def invoke(self, name: str, payload: dict[str, Any]) -> Any:
        errors = self._errors.get(name, [])
        with self._lock:
            attempt = self.attempts.count(name)
            self.attempts.append(name)
        self.sent[name] = payload
        if attempt < len(errors) and errors[attempt]:
            raise machine._ExecutionError(errors[attempt], f"cause of {errors[attempt]}")
        return self._results[name]

    def with_run(self, run_id: str) -> None:
        begun = self._results["BeginAnalysis"]["Payload"]
        self._results = self._results | {"BeginAnalysis": {"Payload": begun | {"run_id": run_id}}}


def run(arn: str, request: dict[str, Any]) -> list[dict[str, Any]]:
    executions = [Execution(request["results"], errors) for errors in request["cases"]]

    def invoke(_resource: str, arguments: dict[str, Any], *_rest: Any) -> Any:
        payload = arguments.get("Payload") or arguments["MessageBody"]
        name = arguments.get("FunctionName") or payload["task"]
        execution = executions[int(payload["run_id"])]
        if "QueueUrl" in arguments:
            execution.queues[name] = (arguments["QueueUrl"], arguments["MessageGroupId"])
        return execution.invoke(name, payload)

    machine._invoke_resource = machine._invoke_resource_with_timeout = machine._invoke_with_callback = invoke
    return [_run(arn, str(number), request, execution) for number, execution in enumerate(executions)]


def _run(arn: str, run_id: str, request: dict[str, Any], execution: Execution) -> dict[str, Any]:
    execution.with_run(run_id)
    body = json.dumps(request["input"] | {"run_id": run_id})
    started = machine._start_execution({"stateMachineArn": arn, "name": run_id, "input": body})
    ended = machine._executions[json.loads(started[2])["executionArn"]]
    while ended["status"] == "RUNNING":
        pause(0.001)
    outcome = {"status": ended["status"], "error": ended.get("error")}
    return outcome | {"attempts": execution.attempts, "sent": execution.sent, "queues": execution.queues}


def main() -> None:
    request = json.load(sys.stdin)
    definition = json.dumps(request["definition"])
    created = machine._create_state_machine({"name": "m", "definition": definition, "roleArn": "arn:aws:iam::0:role/r"})
    sys.stdout.write(json.dumps(run(json.loads(created[2])["stateMachineArn"], request)))


if __name__ == "__main__":
    time.sleep = lambda _seconds: None
    logging.disable(logging.INFO)
    main()
