"""The queue of deliveries on Amazon SQS."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from cinedex.adapters.sqs.delivery_queue import DeliveryMessage, SqsDeliveryQueue
from cinedex.kernel.errors import Unavailable

from tests.contract.webhooks.test_stores import delivery, webhook


@pytest.fixture
def url(aws: Any) -> str:
    return str(boto3.client("sqs").create_queue(QueueName="webhooks")["QueueUrl"])


@pytest.fixture
def queue(url: str) -> SqsDeliveryQueue:
    return SqsDeliveryQueue(url, sleep=lambda _: None)


def test_deliveries_are_sent_with_their_ids_in_the_group_of_their_webhook(queue: SqsDeliveryQueue, url: str) -> None:
    hook = webhook()
    queue.send([delivery(hook, number) for number in range(12)])
    received: list[Any] = []
    for _ in range(2):
        answer = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        received += answer["Messages"]
    bodies = [json.loads(message["Body"]) for message in received]
    assert {body["delivery_id"] for body in bodies} == {delivery(hook, n).delivery_id for n in range(12)}
    assert {(body["account_id"], body["webhook_id"]) for body in bodies} == {("mine", hook.webhook_id)}


def test_a_message_that_waits_is_invisible_for_so_long(queue: SqsDeliveryQueue) -> None:
    message = DeliveryMessage(messageId="1", receiptHandle="handle", body="{}")
    with Stubber(queue._client) as stub:
        for seconds, timeout_s in ((0.2, 1), (61.4, 61), (1e9, 43140)):
            expected = {"QueueUrl": ANY, "ReceiptHandle": "handle", "VisibilityTimeout": timeout_s}
            stub.add_response("change_message_visibility", {}, expected)
            queue.wait(message, seconds)
            assert timeout_s <= 43200
        stub.assert_no_pending_responses()


def test_what_sqs_refuses_is_sent_again_and_then_reported(queue: SqsDeliveryQueue) -> None:
    failed = {"Failed": [{"Id": "1", "SenderFault": False, "Code": "InternalError"}], "Successful": []}
    with Stubber(queue._client) as stub:
        stub.add_response("send_message_batch", failed)
        stub.add_response("send_message_batch", {"Failed": [], "Successful": []})
        queue.send([delivery(webhook(), number) for number in range(2)])
        stub.assert_no_pending_responses()
        for _ in range(5):
            stub.add_response("send_message_batch", failed)
        with pytest.raises(Unavailable):
            queue.send([delivery(webhook(), number) for number in range(2)])
