"""A receiver on this machine gets events of a real stack, and verifies each signature over the bytes it has read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.callers import upload
from tests.support.webhook_receiver import WebhookReceiver, webhook_receiver

HOOKS = "/api/v2/webhooks"


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
def hook(api: httpx.Client, receiver: WebhookReceiver) -> Iterator[dict[str, Any]]:
    new = {"name": "here", "url": receiver.url, "events": ["media.created", "media.deleted"]}
    created: dict[str, Any] = api.post(HOOKS, json=new).json()
    yield created
    api.delete(f"{HOOKS}/{created['webhook_id']}")


def test_events_reach_a_receiver_signed_with_the_same_ids_in_each_attempt_and_in_the_feed(
    api: httpx.Client, clip: Path, receiver: WebhookReceiver, hook: dict[str, Any], other_account: httpx.Client
) -> None:
    video_id = upload(api, clip)
    (created,) = receiver.wait_for(1)
    assert created.is_signed_with(hook["secret"])
    assert (created.payload["event"], created.payload["data"]["video_id"]) == ("media.created", video_id)
    logged = _delivery(api, hook, "delivered")
    api.post(f"{HOOKS}/deliveries/{logged['delivery_id']}/retry")
    assert receiver.wait_for(2)[1].body == created.body
    receiver.statuses = [500]
    api.delete(f"/v2/videos/{video_id}")
    assert receiver.wait_for(3)[2].payload["event"] == "media.deleted"
    failed = _delivery(api, hook, "retrying")
    assert (failed["attempts"], failed["response_status_code"]) == (1, 500)
    feed = {"after": 0, "follow": False, "video_id": video_id}
    text = api.get("/v2/events", params=feed).text
    assert [event_id in text for event_id in (created.payload["id"], failed["payload"]["id"])] == [True, True]
    assert video_id not in other_account.get("/v2/events", params=feed).text


def _delivery(api: httpx.Client, hook: dict[str, Any], status: str) -> dict[str, Any]:
    """The first with this status, which is stored after the receiver has answered."""
    for _ in range(200):
        found = api.get(f"{HOOKS}/{hook['webhook_id']}/deliveries", params={"status": status}).json()
        if found:
            delivery: dict[str, Any] = found[0]
            return delivery
        time.sleep(0.1)
    raise AssertionError(f"no delivery is {status}")
