"""What the emulator acknowledged is there after SIGTERM and after SIGKILL."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.data_check import repair_data
from local.emulator.clients import EmulatorClients
from local.home import Home
from tests.support.emulator import BUCKET, TABLE, Emulator

SAVED_WITHIN_S = 2.0
ENDINGS = [signal.SIGTERM, signal.SIGKILL]
ROLE = "arn:aws:iam::000000000000:role/any"
QUEUE = "tasks"


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    running = Emulator(tmp_path)
    yield running
    running.end_by(signal.SIGTERM)


@pytest.mark.parametrize("ending", ENDINGS)
def test_items_messages_and_objects_survive_a_restart_of_the_emulator(
    emulator: Emulator, ending: signal.Signals
) -> None:
    dynamodb, sqs, s3 = (emulator.client(name) for name in ("dynamodb", "sqs", "s3"))
    emulator.create_table()
    url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    s3.create_bucket(Bucket=BUCKET)
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "a"}})
    sqs.send_message(QueueUrl=url, MessageBody="do it")
    s3.put_object(Bucket=BUCKET, Key="a/b c.mp4", Body=b"film", ContentType="video/mp4")
    _end(emulator, ending)
    assert dynamodb.scan(TableName=TABLE)["Items"] == [{"pk": {"S": "a"}}]
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["do it"]
    stored = s3.get_object(Bucket=BUCKET, Key="a/b c.mp4")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"film", "video/mp4")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_finished_execution_keeps_its_result(
    emulator: Emulator, ending: signal.Signals, eventually: Callable[..., None]
) -> None:
    steps = emulator.client("stepfunctions")
    arn = _start(steps, {"Type": "Pass", "Result": {"n": 1}, "End": True})
    eventually(lambda: steps.describe_execution(executionArn=arn)["status"] == "SUCCEEDED")
    _end(emulator, ending)
    assert json.loads(steps.describe_execution(executionArn=arn)["output"]) == {"n": 1}


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_execution_that_waited_for_a_token_fails_as_interrupted(emulator: Emulator, ending: signal.Signals) -> None:
    """Such an execution cannot continue: the product finds it by this and starts the analysis again."""
    steps, sqs = emulator.client("stepfunctions"), emulator.client("sqs")
    url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": url, "MessageBody": {"token.$": "$$.Task.Token"}},
        "End": True,
    }
    arn = _start(steps, ask)
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    _end(emulator, ending)
    described = steps.describe_execution(executionArn=arn)
    assert (described["status"], described["error"]) == ("FAILED", "States.ServiceRestart")
    with pytest.raises((steps.exceptions.TaskDoesNotExist, steps.exceptions.TaskTimedOut)):
        steps.send_task_success(taskToken=json.loads(message["Body"])["token"], output="{}")


def test_a_truncated_state_file_is_replaced_by_the_copy_before_it(emulator: Emulator, tmp_path: Path) -> None:
    dynamodb = emulator.client("dynamodb")
    emulator.create_table()
    for pk in ("first", "second"):
        dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": pk}})
        emulator.end_by(signal.SIGTERM)
        if pk == "first":
            emulator.start()
    state = Home(tmp_path).state / "dynamodb.json"
    state.write_bytes(state.read_bytes()[:-100])
    assert repair_data(Home(tmp_path)) != []
    emulator.start()
    assert {"pk": {"S": "first"}} in dynamodb.scan(TableName=TABLE)["Items"]


def test_the_emulator_is_not_reached_through_a_profile_that_does_not_exist(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "another-profile")
    assert EmulatorClients(emulator.clients.access).s3.list_buckets()["Buckets"] == []
    with pytest.raises(Exception, match="another-profile"):
        boto3.client("s3")


def _end(emulator: Emulator, ending: signal.Signals) -> None:
    """Queues and executions are saved every half second, and not journaled."""
    if ending == signal.SIGKILL:
        time.sleep(SAVED_WITHIN_S)
    emulator.end_by(ending)
    emulator.start()


def _start(steps: Any, state: dict[str, Any]) -> str:
    definition = json.dumps({"StartAt": "Only", "States": {"Only": state}})
    machine = steps.create_state_machine(name="machine", definition=definition, roleArn=ROLE)
    arn: str = steps.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    return arn
