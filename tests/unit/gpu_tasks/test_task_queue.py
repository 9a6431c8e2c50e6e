"""The requests that the worker sends to SQS: how long it waits, how many messages it takes, how long it hides them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from gpu_tasks.task_queue import TaskQueue

LIVE, BULK = "https://sqs/live", "https://sqs/bulk"


@dataclass
class RecordedClient:
    """`waiting` has the bodies of the messages of each queue."""

    waiting: dict[str, list[str]] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)
    hidden: list[dict[str, Any]] = field(default_factory=list)

    def receive_message(self, **request: Any) -> dict[str, Any]:
        self.received.append(request)
        bodies = self.waiting.get(request["QueueUrl"], [])
        if not bodies:
            return {}
        body = bodies.pop(0)
        return {"Messages": [{"Body": body, "MessageId": f"id of {body}", "ReceiptHandle": f"receipt of {body}"}]}

    def change_message_visibility(self, **request: Any) -> None:
        self.hidden.append(request)

    @property
    def polls(self) -> list[tuple[str, int]]:
        return [(request["QueueUrl"], request["WaitTimeSeconds"]) for request in self.received]


@pytest.fixture
def client() -> RecordedClient:
    return RecordedClient()


def queue_of(client: RecordedClient, monkeypatch: pytest.MonkeyPatch, long_poll_s: int = 5) -> TaskQueue:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    queue = TaskQueue(LIVE, BULK, visibility_s=30, long_poll_s=long_poll_s)
    monkeypatch.setattr(queue, "_client", client)
    return queue


def test_a_worker_takes_one_message_and_hides_it_for_the_visibility_timeout(
    client: RecordedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.waiting = {LIVE: ["one", "two"]}
    message = queue_of(client, monkeypatch).receive()
    assert message is not None
    assert (message.body, message.message_id, message.receipt, message.queue_url) == (
        "one",
        "id of one",
        "receipt of one",
        LIVE,
    )
    assert client.received == [
        {"QueueUrl": LIVE, "MaxNumberOfMessages": 1, "WaitTimeSeconds": 5, "VisibilityTimeout": 30}
    ]


def test_the_live_queue_is_polled_for_a_second_while_bulk_messages_wait(
    client: RecordedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.waiting = {BULK: ["one"]}
    queue = queue_of(client, monkeypatch)
    bodies = [message.body if (message := queue.receive()) else None for _ in range(3)]
    assert bodies == ["one", None, None]
    assert client.polls == [(LIVE, 5), (BULK, 0), (LIVE, 1), (BULK, 0), (LIVE, 5), (BULK, 0)]


def test_a_poll_is_never_longer_than_its_setting(client: RecordedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.waiting = {BULK: ["one"]}
    queue = queue_of(client, monkeypatch, long_poll_s=0)
    queue.receive()
    queue.receive()
    assert client.polls == [(LIVE, 0), (BULK, 0), (LIVE, 0), (BULK, 0)]


def test_a_look_between_two_steps_does_not_wait(client: RecordedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert queue_of(client, monkeypatch).receive_live() is None
    assert client.polls == [(LIVE, 0)]


def test_a_message_is_extended_by_the_visibility_timeout_and_released_at_once_or_later(
    client: RecordedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.waiting = {LIVE: ["one"]}
    queue = queue_of(client, monkeypatch)
    message = queue.receive()
    assert message is not None
    queue.extend(message)
    queue.release(message)
    queue.release(message, 5)
    assert [request["VisibilityTimeout"] for request in client.hidden] == [30, 0, 5]
    assert {(request["QueueUrl"], request["ReceiptHandle"]) for request in client.hidden} == {(LIVE, "receipt of one")}


def test_a_request_is_given_up_after_its_poll_and_the_time_of_any_other_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    timeouts = [TaskQueue(LIVE, BULK, 30, long_poll_s)._client.meta.config.read_timeout for long_poll_s in (0, 5, 20)]
    assert timeouts == [timeouts[0], timeouts[0] + 5, timeouts[0] + 20]


def test_a_message_is_bulk_by_the_queue_from_which_it_was_received(
    client: RecordedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.waiting = {LIVE: ["live"], BULK: ["bulk"]}
    queue = queue_of(client, monkeypatch)
    received = [queue.receive(), queue.receive()]
    assert [(m.body, m.message_id, queue.is_bulk(m)) for m in received if m] == [
        ("live", "id of live", False),
        ("bulk", "id of bulk", True),
    ]


def test_a_deployment_without_a_bulk_queue_polls_the_live_queue_alone(
    client: RecordedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = queue_of(client, monkeypatch)
    monkeypatch.setattr(queue, "_bulk_url", None)
    assert [queue.receive(), queue.receive()] == [None, None]
    assert client.polls == [(LIVE, 5), (LIVE, 5)]
