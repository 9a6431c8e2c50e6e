"""A lease extends its message, and sends heartbeats, until the task ends, is abandoned or is stuck."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from gpu_tasks.task_lease import TaskLease
from gpu_tasks.task_queue import TaskQueue
from tests.unit.gpu_tasks.test_task_order import QUEUED, Callback, Queue, Recorder

WAIT_S = 60.0


@dataclass
class Lease:
    """A lease whose `is_stuck` ends the test's wait at the number of renewals that it wants."""

    recorder: Recorder
    renewals: int = 3
    stuck_after: int | None = None
    ends: list[str] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def of(self, token: str = "token") -> TaskLease:
        queue, callback = cast(TaskQueue, Queue(self.recorder)), Callback(self.recorder)
        return TaskLease(queue, callback, QUEUED, token, 0.001, self._is_stuck, self._end_stuck)

    def _is_stuck(self) -> bool:
        renewed = self.recorder.steps.count("extend")
        if renewed >= self.renewals:
            self.ready.set()
        return self.stuck_after is not None and renewed >= self.stuck_after

    def _end_stuck(self) -> None:
        self.ends.append("stuck")
        self.ready.set()


def run(lease: Lease) -> TaskLease:
    with lease.of() as running:
        assert lease.ready.wait(WAIT_S)
    return running


def test_each_renewal_extends_the_message_before_it_sends_a_heartbeat() -> None:
    lease = Lease(Recorder())
    assert not run(lease).is_abandoned
    assert lease.recorder.steps[:6] == ["extend", "heartbeat"] * 3
    assert lease.ends == []


def test_a_stuck_task_is_ended_once_and_its_message_is_extended_no_more() -> None:
    lease = Lease(Recorder(), renewals=9, stuck_after=2)
    run(lease)
    assert lease.ends == ["stuck"]
    assert lease.recorder.steps == ["extend", "heartbeat"] * 2


@pytest.mark.parametrize("failing", ["extend", "heartbeat"])
@pytest.mark.parametrize(
    "error", [ClientError({"Error": {"Code": "Throttling"}}, "Call"), EndpointConnectionError(endpoint_url="http://x")]
)
def test_a_renewal_that_fails_is_repeated_and_abandons_nothing(failing: str, error: Exception) -> None:
    lease = Lease(Recorder(failing, error))
    assert not run(lease).is_abandoned
    assert lease.recorder.steps.count("extend") >= 3


def test_a_rejected_heartbeat_abandons_the_task() -> None:
    assert run(Lease(Recorder(accepted=False))).is_abandoned


def test_a_lease_that_has_ended_waits_for_its_last_renewal() -> None:
    began, may_end = threading.Event(), threading.Event()
    ended = list[str]()

    class SlowQueue:
        def extend(self, _: object) -> None:
            began.set()
            assert may_end.wait(WAIT_S)
            ended.append("extend")

    lease = TaskLease(
        cast(TaskQueue, SlowQueue()), Callback(Recorder()), QUEUED, "token", WAIT_S, lambda: False, _nothing
    )
    with lease:
        assert began.wait(WAIT_S)
        may_end.set()
    assert ended == ["extend"]


def _nothing() -> None:
    """The task is not stuck."""
