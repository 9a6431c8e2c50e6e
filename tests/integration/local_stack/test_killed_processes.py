"""Any part of a running stack may be killed; the stack restarts it and keeps its data."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from local.processes.child import answers
from local.stack import RunningStack, running_stack
from tests.support.stack import FIXTURE_TEMPLATE

Eventually = Callable[[Callable[[], bool]], None]


@pytest.fixture(scope="module")
def killed_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """One of its own: other tests need theirs unharmed."""
    with running_stack(tmp_path_factory.mktemp("killed"), template=FIXTURE_TEMPLATE) as running:
        yield running


@pytest.mark.parametrize("name", ["gateway", "StreamFunction", "worker"])
def test_a_killed_child_is_restarted_and_answers(killed_stack: RunningStack, name: str, eventually: Eventually) -> None:
    killed = killed_stack.supervisor.processes()[name]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: killed_stack.supervisor.processes()[name] != killed)
    eventually(lambda: answers(f"{killed_stack.url}/v2/stream"))


def test_a_killed_emulator_is_restarted_with_its_data(killed_stack: RunningStack, eventually: Eventually) -> None:
    _put(killed_stack, "before", "kept")
    time.sleep(2)
    os.kill(killed_stack.supervisor.processes()["emulator"], signal.SIGKILL)
    eventually(lambda: _get(killed_stack, "before") == "kept")


def test_analyses_are_resumed_after_the_start_and_after_every_kill(
    killed_stack: RunningStack, eventually: Eventually
) -> None:
    eventually(lambda: _times_resumed(killed_stack) >= 1)
    before = _times_resumed(killed_stack)
    time.sleep(2)
    os.kill(killed_stack.supervisor.processes()["emulator"], signal.SIGKILL)
    eventually(lambda: _times_resumed(killed_stack) == before + 1)


def test_the_worker_answers_task_tokens_of_the_state_machine(
    killed_stack: RunningStack, eventually: Eventually
) -> None:
    steps = killed_stack.emulator.session.client("stepfunctions", endpoint_url=killed_stack.emulator.endpoint_url)
    arn = steps.start_execution(stateMachineArn=killed_stack.deployment.outputs["MachineArn"])["executionArn"]
    eventually(lambda: steps.describe_execution(executionArn=arn)["status"] == "SUCCEEDED")
    assert json.loads(steps.describe_execution(executionArn=arn)["output"]) == {"done": True}


def _put(stack: RunningStack, name: str, text: str) -> None:
    headers = {"content-type": "text/plain"}
    httpx.put(
        f"{stack.url}/v2/notes/{name}", content=text, headers=headers, trust_env=False, timeout=60
    ).raise_for_status()


def _get(stack: RunningStack, name: str) -> str:
    return httpx.get(f"{stack.url}/v2/notes/{name}", trust_env=False, timeout=30).text


def _times_resumed(stack: RunningStack) -> int:
    """0 as well while the emulator is away."""
    table = stack.deployment.outputs["TableName"]
    try:
        item = stack.emulator.dynamodb.get_item(TableName=table, Key={"pk": {"S": "resumed"}}).get("Item", {})
    except (BotoCoreError, ClientError):
        return 0
    return int(item.get("times", {"N": "0"})["N"])
