"""An event is delivered at least once, with pauses, within limits, and without a slow receiver holding up others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cinedex.api.videovector.webhook_requests import VideoVectorRequests
from cinedex.kernel.events import AnyEvent
from cinedex.webhooks.deliver_event import BUSY_S, LEASE, DeliverEvent, DeliveryLimits
from cinedex.webhooks.dispatch_events import DispatchEvents
from cinedex.webhooks.ports import SignedRequest
from cinedex.webhooks.webhook import Delivery, DeliveryStatus, Response, Webhook, WebhookStatus

from tests.contract.webhooks.test_stores import webhook
from tests.support.memory.scenario import NOON, FakeClock
from tests.support.memory.webhooks import (
    FakeReceiver,
    MemoryDeliveries,
    MemoryDeliveryQueue,
    MemorySlots,
    MemoryWebhooks,
)

DOWN = Response(status_code=503, body="later")
LIMITS = DeliveryLimits(attempts_max=4, pause_s=60, pause_s_max=200, failures_max=3, failing_max=timedelta(minutes=2))


class Deployment:
    """The use cases over adapters in memory; the jitter is always the upper bound."""

    def __init__(self, limits: DeliveryLimits = LIMITS) -> None:
        self.webhooks, self.deliveries, self.queue = MemoryWebhooks(), MemoryDeliveries(), MemoryDeliveryQueue()
        self.receiver, self.slots, self.clock = FakeReceiver(), MemorySlots(), FakeClock()
        self.dispatch = DispatchEvents(self.webhooks, self.deliveries, self.queue)
        stores = self.webhooks, self.deliveries, self.receiver, self.slots
        self._deliver = DeliverEvent(*stores, VideoVectorRequests(), self.clock, limits, jitter=lambda _, high: high)

    def add(self, **fields: Any) -> Webhook:
        return self.webhooks.add(webhook(**fields))

    def publish(self, *events: AnyEvent) -> list[Delivery]:
        before = len(self.queue.sent)
        self.dispatch.publish(events)
        return self.queue.sent[before:]

    def deliver(self, delivery: Delivery) -> float | None:
        return self._deliver(delivery.account_id, delivery.webhook_id, delivery.delivery_id)

    def stored(self, delivery: Delivery) -> Delivery:
        found = self.deliveries.find(delivery.delivery_id)
        assert found is not None
        return found

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)


def event(number: int = 1, event_type: str = "VideoUploaded", **fields: Any) -> AnyEvent:
    ids = {"event_id": f"evt_{number}", "account_id": "mine", "video_id": "v", "event_type": event_type}
    return AnyEvent.model_validate({**ids, "occurred_at": NOON, "data": {}, **fields})


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


def test_an_event_is_dispatched_to_each_webhook_that_selects_it(deployment: Deployment) -> None:
    everything = deployment.add(event_types=("VideoUploaded", "VideoDeleted"))
    of_collection = deployment.add(collection_ids=("c",))
    deployment.add(event_types=("VideoDeleted",))
    deployment.add(account_id="yours")
    deployment.add(status=WebhookStatus.PAUSED)
    deployment.add(status=WebhookStatus.DISABLED)
    both = {everything.webhook_id, of_collection.webhook_id}
    assert {d.webhook_id for d in deployment.publish(event(1, collection_id="c"))} == both
    assert {d.webhook_id for d in deployment.publish(event(2, collection_id="d"))} == {everything.webhook_id}
    assert {d.webhook_id for d in deployment.publish(event(3))} == both  # a video without a collection


def test_a_repeated_event_is_queued_again_only_until_its_first_attempt(deployment: Deployment) -> None:
    deployment.add()
    (first,) = deployment.publish(event())
    assert deployment.publish(event()) == [first]
    deployment.deliver(first)
    assert deployment.publish(event()) == []


def test_an_event_is_delivered_with_the_ids_of_webhook_delivery_and_attempt(deployment: Deployment) -> None:
    hook = deployment.add(metadata={"tenant": 7})
    (delivery,) = deployment.publish(event(collection_id="c", data={"size_bytes": 5}))
    assert deployment.deliver(delivery) is None
    (request,) = deployment.receiver.requests
    assert request.headers["X-Webhook-ID"] == hook.webhook_id
    assert request.headers["X-Delivery-ID"] == delivery.delivery_id
    assert request.headers["X-Delivery-Attempt-Id"] == f"{delivery.delivery_id}-1"
    assert (request.headers["X-Event-Type"], request.headers["Idempotency-Key"]) == ("media.created", "evt_1")
    stored = deployment.stored(delivery)
    assert (stored.status, stored.attempts, stored.completed_at) == (
        DeliveryStatus.DELIVERED,
        1,
        deployment.clock.now(),
    )


def test_a_delivery_that_has_ended_is_not_sent_again(deployment: Deployment) -> None:
    deployment.add()
    (delivery,) = deployment.publish(event())
    assert [deployment.deliver(delivery) for _ in range(3)] == [None] * 3
    assert len(deployment.receiver.requests) == 1


def test_a_failure_is_tried_again_after_pauses_that_double_up_to_a_limit() -> None:
    deployment = Deployment(replace(LIMITS, failures_max=100))
    deployment.add()
    (delivery,) = deployment.publish(event())
    deployment.receiver.responses = [DOWN] * 4
    pauses = []
    for _ in range(4):
        pauses.append(deployment.deliver(delivery))
        deployment.pass_time(pauses[-1] or 0)
    assert pauses == [60, 120, 200, None]
    stored = deployment.stored(delivery)
    assert (stored.status, stored.attempts) == (DeliveryStatus.FAILED, 4)
    assert stored.response is not None
    assert stored.response.problem == "The receiver answered with HTTP status 503."


def test_the_body_and_its_id_are_the_same_in_every_attempt(deployment: Deployment) -> None:
    deployment.add()
    (delivery,) = deployment.publish(event())
    deployment.receiver.responses = [DOWN]
    deployment.pass_time(deployment.deliver(delivery) or 0)
    deployment.deliver(delivery)
    one, two = deployment.receiver.requests
    assert one.body == two.body
    assert one.headers["X-Webhook-Signature"] == two.headers["X-Webhook-Signature"]
    assert one.headers["X-Delivery-Attempt-Id"] != two.headers["X-Delivery-Attempt-Id"]


def test_a_message_that_comes_before_its_time_waits(deployment: Deployment) -> None:
    deployment.add()
    (delivery,) = deployment.publish(event())
    deployment.receiver.responses = [DOWN]
    deployment.deliver(delivery)
    deployment.pass_time(10)
    assert deployment.deliver(delivery) == 50
    assert len(deployment.receiver.requests) == 1


def test_a_second_message_waits_for_the_attempt_in_progress(deployment: Deployment) -> None:
    deployment.add()
    (delivery,) = deployment.publish(event())
    deployment.deliveries.save(delivery.attempting(deployment.clock.now(), LEASE))
    assert deployment.deliver(delivery) == LEASE.total_seconds()
    assert deployment.receiver.requests == []


def test_an_attempt_whose_process_has_ended_is_followed_by_another(deployment: Deployment) -> None:
    deployment.add()
    (delivery,) = deployment.publish(event())
    deployment.deliveries.save(delivery.attempting(deployment.clock.now(), LEASE))
    deployment.pass_time(LEASE.total_seconds())
    assert deployment.deliver(delivery) is None
    assert deployment.stored(delivery).attempts == 2


def test_a_last_attempt_whose_process_has_ended_is_a_failure(deployment: Deployment) -> None:
    deployment.add()
    (delivery,) = deployment.publish(event())
    last = delivery.model_copy(update={"attempts": LIMITS.attempts_max - 1})
    deployment.deliveries.save(last.attempting(deployment.clock.now(), LEASE))
    deployment.pass_time(LEASE.total_seconds())
    assert deployment.deliver(delivery) is None
    assert deployment.stored(delivery).status is DeliveryStatus.FAILED


def test_two_processes_with_the_same_message_send_one_request(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.add()
    (delivery,) = deployment.publish(event())
    find = deployment.deliveries.find
    stale = find(delivery.delivery_id)
    deployment.deliver(delivery)
    monkeypatch.setattr(deployment.deliveries, "find", lambda _: stale)
    assert deployment.deliver(delivery) == BUSY_S[0]
    assert len(deployment.receiver.requests) == 1


def test_a_receiver_has_a_bounded_number_of_requests_at_once_and_others_do_not_wait(deployment: Deployment) -> None:
    slow, quick = deployment.add(), deployment.add()
    deliveries = deployment.publish(*map(event, range(LIMITS.slots + 1)))
    of_slow = [d for d in deliveries if d.webhook_id == slow.webhook_id]
    of_quick = [d for d in deliveries if d.webhook_id == quick.webhook_id]
    waits: list[float | None] = []

    def send(request: SignedRequest) -> Response:
        """While the slow receiver works on a request, the next message arrives."""
        deployment.receiver.requests.append(request)
        if request.headers["X-Webhook-ID"] == slow.webhook_id and of_slow:
            waits.append(deployment.deliver(of_slow.pop()))
        elif of_quick:
            waits.append(deployment.deliver(of_quick.pop()))
        return Response(status_code=200)

    deployment.receiver.send = send  # type: ignore[method-assign]
    deployment.deliver(of_slow.pop())
    assert waits == [BUSY_S[1], None]  # the third of the slow one; the second
    assert deployment.slots.leases == {}
    assert deployment.deliver(of_quick.pop()) is None


@pytest.mark.parametrize("status", [WebhookStatus.PAUSED, WebhookStatus.DISABLED])
def test_nothing_is_sent_to_a_webhook_that_is_not_active(deployment: Deployment, status: WebhookStatus) -> None:
    hook = deployment.add()
    (delivery,) = deployment.publish(event())
    deployment.webhooks.save(hook.edited({"status": status}, NOON))
    assert deployment.deliver(delivery) is None
    assert deployment.receiver.requests == []
    stored = deployment.stored(delivery)
    assert stored.response is not None
    assert (stored.status, stored.response.problem) == (DeliveryStatus.FAILED, f"The webhook is {status.value}.")


def test_nothing_is_sent_to_a_webhook_that_was_deleted(deployment: Deployment) -> None:
    hook = deployment.add()
    (delivery,) = deployment.publish(event())
    deployment.webhooks.delete("mine", hook.webhook_id)
    assert deployment.deliver(delivery) is None
    assert deployment.receiver.requests == []


def test_what_waited_for_a_deleted_webhook_is_not_sent_to_one_that_is_created_again_with_its_id(
    deployment: Deployment,
) -> None:
    first = deployment.add()
    (delivery,) = deployment.publish(event())
    deployment.webhooks.delete(first.account_id, first.webhook_id)
    deployment.add(webhook_id=first.webhook_id, created_at=NOON + timedelta(minutes=1))
    assert deployment.deliver(delivery) is None
    assert deployment.receiver.requests == []
    assert deployment.stored(delivery).status is DeliveryStatus.FAILED
    (later,) = deployment.publish(event(2, occurred_at=NOON + timedelta(seconds=56)))
    deployment.deliver(later)  # the clock of the function that reported it may be slow
    assert len(deployment.receiver.requests) == 1


def fail(deployment: Deployment, number: int) -> None:
    (delivery,) = deployment.publish(event(number)) or (None,)
    if delivery is not None:
        deployment.receiver.responses = [DOWN]
        deployment.deliver(delivery)


def test_a_webhook_is_disabled_by_failures_in_a_row_over_a_long_time(deployment: Deployment) -> None:
    hook = deployment.add()
    for number in range(5):
        fail(deployment, number)
    short = deployment.webhooks.get("mine", hook.webhook_id)
    assert (short.status, short.failure_count) == (WebhookStatus.ACTIVE, 5)
    deployment.pass_time(120)
    fail(deployment, 6)
    disabled = deployment.webhooks.get("mine", hook.webhook_id)
    assert disabled.status is WebhookStatus.DISABLED
    assert disabled.disabled_reason == f"6 attempts in a row have failed since {short.failing_since:%Y-%m-%dT%H:%MZ}."
    assert deployment.publish(event(7)) == []


def test_few_failures_over_a_long_time_do_not_disable_a_webhook(deployment: Deployment) -> None:
    hook = deployment.add()
    fail(deployment, 1)
    deployment.pass_time(86_400)
    fail(deployment, 2)
    assert deployment.webhooks.get("mine", hook.webhook_id).status is WebhookStatus.ACTIVE


def test_a_success_ends_the_row_of_failures(deployment: Deployment) -> None:
    hook = deployment.add()
    fail(deployment, 1)
    deployment.deliver(deployment.publish(event(2))[0])
    stored = deployment.webhooks.get("mine", hook.webhook_id)
    assert (stored.failure_count, stored.failing_since, stored.last_success_at) == (0, None, deployment.clock.now())


def test_successes_in_the_same_minute_write_the_webhook_once(deployment: Deployment) -> None:
    hook = deployment.add()
    for number in range(3):
        deployment.deliver(deployment.publish(event(number))[0])
    assert deployment.webhooks.get("mine", hook.webhook_id).revision == hook.revision + 1


def test_the_secret_is_in_no_representation(deployment: Deployment) -> None:
    assert "secret" not in repr(deployment.add(secret="whsec_very-secret"))
