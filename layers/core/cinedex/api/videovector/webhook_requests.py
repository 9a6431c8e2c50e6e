"""Requests to webhooks in the format of VideoVector: a JSON body, signed with HMAC-SHA256 over its bytes."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from cinedex.api.videovector.webhook_events import NAMES
from cinedex.kernel.events import AnyEvent
from cinedex.kernel.ids import new_id
from cinedex.webhooks.ports import SignedRequest
from cinedex.webhooks.webhook import Delivery, Webhook

API_VERSION = "2024-01"
USER_AGENT = "cinedex-webhooks/1"
TEST_MESSAGE = "This is a test of the webhook. It reports no event."


class VideoVectorRequests:
    """`RequestFormat`."""

    def request(self, webhook: Webhook, delivery: Delivery) -> SignedRequest:
        body = _encoded(payload_of(webhook, delivery.event))
        attempt = f"{delivery.delivery_id}-{delivery.attempts}"
        identity = {
            "X-Delivery-ID": delivery.delivery_id,
            "X-Delivery-Attempt-Id": attempt,
            "Idempotency-Key": delivery.event.event_id,
        }
        return _signed(webhook, NAMES[delivery.event.event_type], body, identity)

    def test_request(self, webhook: Webhook, now: datetime) -> SignedRequest:
        event_id = f"evt_test_{new_id().replace('-', '')}"
        return _signed(
            webhook, "test", _encoded(_payload(webhook, event_id, "test", {"message": TEST_MESSAGE}, now)), {}
        )


def payload_of(webhook: Webhook, event: AnyEvent) -> dict[str, Any]:
    ids = {"user_id": event.account_id, "video_id": event.video_id, "index_id": event.collection_id}
    return _payload(webhook, event.event_id, NAMES[event.event_type], {**ids, **event.data}, event.occurred_at)


def signature(secret: str, body: bytes) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _payload(webhook: Webhook, event_id: str, name: str, data: dict[str, Any], at: datetime) -> dict[str, Any]:
    payload = {
        "id": event_id,
        "event": name,
        "data": data,
        "created_at": at.isoformat().replace("+00:00", "Z"),
        "api_version": API_VERSION,
    }
    return payload if webhook.metadata is None else payload | {"metadata": webhook.metadata}


def _encoded(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _signed(webhook: Webhook, name: str, body: bytes, identity: dict[str, str]) -> SignedRequest:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "X-Webhook-Signature": signature(webhook.secret, body),
        "X-Webhook-ID": webhook.webhook_id,
        "X-Event-Type": name,
    }
    return SignedRequest(webhook.url, body, headers | identity)
