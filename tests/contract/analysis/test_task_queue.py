"""`TaskQueue` over the emulation of moto: what a worker may receive, and when another one may."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import count

import boto3
import pytest

from gpu_tasks.task_queue import TaskQueue

VISIBILITY_S = 30
_numbers = count(1)


@dataclass
class Clock:
    """Moves the time of moto, which reads `time.time`."""

    monkeypatch: pytest.MonkeyPatch
    ahead_s: float = 0.0

    def __post_init__(self) -> None:
        real = time.time
        self.monkeypatch.setattr("moto.sqs.models.unix_time_millis", lambda *_: (real() + self.ahead_s) * 1000)

    def advance(self, seconds: float) -> None:
        self.ahead_s += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def new_queue() -> str:
    return str(boto3.client("sqs").create_queue(QueueName=f"tasks-{next(_numbers)}")["QueueUrl"])


@dataclass
class Queues:
    live: str
    bulk: str

    def send(self, body: str, url: str) -> None:
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody=body, MessageGroupId="account")

    def worker(self) -> TaskQueue:
        return TaskQueue(self.live, self.bulk, VISIBILITY_S, long_poll_s=0)


@pytest.fixture
def queues(aws: None) -> Queues:
    return Queues(new_queue(), new_queue())


def body_of(queue: TaskQueue) -> str | None:
    message = queue.receive()
    return message.body if message else None


def test_bulk_messages_are_received_when_no_live_message_waits(queues: Queues) -> None:
    worker = queues.worker()
    queues.send("bulk", queues.bulk)
    queues.send("live", queues.live)
    assert [body_of(worker) for _ in range(3)] == ["live", "bulk", None]


def test_a_live_message_that_arrives_later_is_before_the_next_bulk_message(queues: Queues) -> None:
    worker = queues.worker()
    for number in range(3):
        queues.send(f"bulk {number}", queues.bulk)
    first = body_of(worker)
    queues.send("live", queues.live)
    assert (first, body_of(worker)) == ("bulk 0", "live")


def test_a_task_in_between_is_never_a_bulk_task(queues: Queues) -> None:
    worker = queues.worker()
    queues.send("bulk", queues.bulk)
    assert worker.receive_live() is None
    queues.send("live", queues.live)
    message = worker.receive_live()
    assert message is not None
    assert (message.body, worker.is_bulk(message)) == ("live", False)


@pytest.mark.parametrize("name", ["live", "bulk"])
def test_a_message_that_is_extended_stays_hidden_for_another_visibility_timeout(
    queues: Queues, clock: Clock, name: str
) -> None:
    queues.send("task", getattr(queues, name))
    worker, other = queues.worker(), queues.worker()
    message = worker.receive()
    assert message is not None
    assert worker.is_bulk(message) is (name == "bulk")
    clock.advance(VISIBILITY_S - 1)
    worker.extend(message)
    clock.advance(VISIBILITY_S - 1)
    assert other.receive() is None
    clock.advance(2)
    assert body_of(other) == "task"


@pytest.mark.parametrize("name", ["live", "bulk"])
def test_a_released_message_is_received_after_its_pause(queues: Queues, clock: Clock, name: str) -> None:
    queues.send("task", getattr(queues, name))
    worker, other = queues.worker(), queues.worker()
    message = worker.receive()
    assert message is not None
    worker.release(message, 5)
    clock.advance(4)
    assert other.receive() is None
    clock.advance(2)
    assert body_of(other) == "task"


@pytest.mark.parametrize("name", ["live", "bulk"])
def test_a_deleted_message_is_never_received_again(queues: Queues, clock: Clock, name: str) -> None:
    queues.send("task", getattr(queues, name))
    worker = queues.worker()
    message = worker.receive()
    assert message is not None
    worker.delete(message)
    clock.advance(10 * VISIBILITY_S)
    assert worker.receive() is None


def test_a_deployment_of_an_earlier_version_has_no_bulk_queue(queues: Queues) -> None:
    queues.send("task", queues.live)
    worker = TaskQueue(queues.live, None, VISIBILITY_S, long_poll_s=0)
    message = worker.receive()
    assert message is not None
    assert not worker.is_bulk(message)
    assert worker.receive() is None
