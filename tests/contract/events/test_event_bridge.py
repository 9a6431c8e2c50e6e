"""`EventPublisher` on Amazon EventBridge."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from cinedex.adapters.eventbridge import EventBridgePublisher
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.events import AnyEvent

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def event(number: int) -> AnyEvent:
    ids = {"account_id": "a", "video_id": "v", "event_id": f"evt_{number}"}
    return AnyEvent(**ids, event_type="VideoDeleted", occurred_at=NOON, data={})


def results(*refused: int, count: int) -> dict[str, Any]:
    entries = [{"ErrorCode": "Throttled"} if i in refused else {"EventId": str(i)} for i in range(count)]
    return {"FailedEntryCount": len(refused), "Entries": entries}


def sent_to(stub: Stubber, numbers: Sequence[int], *refused: int) -> None:
    entries = [
        {"Source": "cinedex", "DetailType": "VideoDeleted", "EventBusName": "bus", "Time": NOON, "Resources": []}
        | {"Detail": event(number).model_dump_json()}
        for number in numbers
    ]
    stub.add_response("put_events", results(*refused, count=len(entries)), {"Entries": entries})


@pytest.fixture
def publisher(aws: Any) -> EventBridgePublisher:
    return EventBridgePublisher("bus", sleep=lambda _: None)


def test_events_are_sent_ten_at_a_time(publisher: EventBridgePublisher) -> None:
    with Stubber(publisher._client) as stub:
        sent_to(stub, range(10))
        sent_to(stub, (10, 11))
        publisher.publish([event(n) for n in range(12)])
        stub.assert_no_pending_responses()


def test_only_what_was_refused_is_sent_again(publisher: EventBridgePublisher) -> None:
    with Stubber(publisher._client) as stub:
        sent_to(stub, range(3), 0, 2)
        sent_to(stub, (0, 2), 1)
        sent_to(stub, (2,))
        publisher.publish([event(n) for n in range(3)])
        stub.assert_no_pending_responses()


def test_a_bus_that_refuses_an_event_every_time_is_unavailable(publisher: EventBridgePublisher) -> None:
    with Stubber(publisher._client) as stub:
        for _ in range(5):
            sent_to(stub, (0,), 0)
        with pytest.raises(Unavailable, match="bus"):
            publisher.publish([event(0)])


def test_a_service_that_throttles_is_unavailable(publisher: EventBridgePublisher) -> None:
    with Stubber(publisher._client) as stub:
        stub.add_client_error("put_events", "ThrottlingException", http_status_code=400)
        with pytest.raises(Unavailable):
            publisher.publish([event(0)])


def test_a_rule_of_the_bus_receives_the_event(aws: Any) -> None:
    events, sqs = boto3.client("events"), boto3.client("sqs")
    events.create_event_bus(Name="bus")
    url = sqs.create_queue(QueueName="received")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="all", EventBusName="bus", EventPattern='{"source": ["cinedex"]}')
    events.put_targets(Rule="all", EventBusName="bus", Targets=[{"Id": "1", "Arn": arn}])
    EventBridgePublisher("bus").publish([event(7)])
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    received = json.loads(message["Body"])
    assert (received["detail-type"], received["detail"]["event_id"]) == ("VideoDeleted", "evt_7")
