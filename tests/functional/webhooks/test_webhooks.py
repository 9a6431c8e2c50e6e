"""Webhooks over HTTP in the format of the VideoVector API, from the request to the signed delivery."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.kernel.ids import new_id
from cinedex.webhooks.manage_webhooks import WEBHOOKS_MAX
from cinedex.webhooks.webhook import Response, Webhook
from starlette.testclient import TestClient

from functions.deliver_webhook import handler as deliver
from functions.library_api import app
from functions.publish_events import handler as publish
from tests.support.golden import ACCOUNT, VIDEO, received
from tests.support.memory.app_fixture import YOURS, InMemoryApp
from tests.support.videovector import error_of

HOOKS = "/api/v2/webhooks"
NEW = {"name": "CI", "url": "https://hooks.test/x", "events": ["media.created", "media.deleted"]}


def client_of(memory_app: InMemoryApp, account_id: str, scope: Scope) -> TestClient:
    _, secret = memory_app.manage_api_keys.create(account_id, "laptop", scope)
    return TestClient(app, headers={"X-Api-Key": secret})


@pytest.fixture
def call(memory_app: InMemoryApp) -> TestClient:
    return client_of(memory_app, ACCOUNT, Scope.ADMIN)


@pytest.fixture
def hook(call: TestClient) -> dict[str, Any]:
    created: dict[str, Any] = call.post(HOOKS, json=NEW).json()
    return created


def messages(memory_app: InMemoryApp) -> list[dict[str, str]]:
    """What SQS would send to the function."""
    bodies = [d.model_dump(include={"account_id", "webhook_id", "delivery_id"}) for d in memory_app.delivery_queue.sent]
    return [{"messageId": str(n), "receiptHandle": "h", "body": json.dumps(b)} for n, b in enumerate(bodies)]


def upload_and_publish(memory_app: InMemoryApp, **fields: Any) -> str:
    video_id: str = memory_app.uploaded(account_id=ACCOUNT, **fields).video_id
    publish(received("dynamodb_stream_outbox"), None)
    return video_id


def test_a_webhook_is_created_with_a_secret_that_no_other_response_has(call: TestClient, hook: dict[str, Any]) -> None:
    assert hook["secret"].startswith("whsec_")
    assert {k: hook[k] for k in ("name", "url", "events", "status", "index_ids", "failure_count")} == {
        **NEW, "status": "active", "index_ids": None, "failure_count": 0,
    }  # fmt: skip
    path = f"{HOOKS}/{hook['webhook_id']}"
    listed, one = call.get(HOOKS).json(), call.get(path).json()
    assert listed == [one]
    others = [call.get(HOOKS), call.get(path), call.patch(path, json={"name": "B"}), call.get(f"{path}/deliveries")]
    assert all(hook["secret"] not in response.text for response in others)


def test_the_same_idempotency_key_gets_the_same_webhook_and_another_body_a_conflict(call: TestClient) -> None:
    headers = {"Idempotency-Key": "webhook-create:1"}
    first = call.post(HOOKS, json=NEW, headers=headers)
    again = call.post(HOOKS, json=NEW, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    conflict = call.post(HOOKS, json=NEW | {"name": "other"}, headers=headers)
    assert (conflict.status_code, error_of(conflict.json())["code"]) == (409, "idempotency_request_mismatch")
    call.delete(f"{HOOKS}/{first.json()['webhook_id']}")
    other = call.post(HOOKS, json=NEW, headers=headers).json()
    assert other["webhook_id"] == first.json()["webhook_id"]
    assert other["secret"] != first.json()["secret"]


def test_the_key_of_another_account_is_another_webhook(memory_app: InMemoryApp, call: TestClient) -> None:
    headers = {"Idempotency-Key": "webhook-create:1"}
    mine = call.post(HOOKS, json=NEW, headers=headers).json()
    yours = client_of(memory_app, YOURS, Scope.ADMIN).post(HOOKS, json=NEW, headers=headers).json()
    assert mine["webhook_id"] != yours["webhook_id"]


def test_the_events_are_listed_without_a_key(memory_app: InMemoryApp) -> None:
    response = TestClient(app).get(f"{HOOKS}/events")
    assert response.status_code == 200
    assert {"media.created", "media.processing.started", "media.processing.completed"} <= set(response.json())


def test_an_uploaded_video_is_delivered_signed_over_the_bytes(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    video_id = upload_and_publish(memory_app)
    assert deliver({"Records": messages(memory_app)}, None) == {"batchItemFailures": []}
    (request,) = memory_app.receiver.requests
    digest = hmac.new(hook["secret"].encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Webhook-Signature"] == f"sha256={digest}"
    payload = json.loads(request.body)
    assert set(payload) == {"id", "event", "data", "created_at", "api_version"}
    assert (payload["event"], payload["api_version"]) == ("media.created", "2024-01")
    assert payload["id"].startswith("evt_")
    assert payload["data"]["video_id"] == video_id
    (logged,) = call.get(f"{HOOKS}/{hook['webhook_id']}/deliveries").json()
    assert (logged["status"], logged["attempts"], logged["response_status_code"]) == ("delivered", 1, 200)
    assert logged["payload"] == payload
    assert call.get(f"{HOOKS}/deliveries/{logged['delivery_id']}").json() == logged


def test_a_failed_delivery_stays_in_the_queue_and_is_delivered_once_the_receiver_answers(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    upload_and_publish(memory_app)
    memory_app.receiver.responses = [Response(status_code=500, body="oh no")]
    (message,) = messages(memory_app)
    assert deliver({"Records": [message]}, None) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    (logged,) = call.get(f"{HOOKS}/{hook['webhook_id']}/deliveries", params={"status": "retrying"}).json()
    assert (logged["response_body"], logged["next_retry_at"] is None) == ("oh no", False)
    assert call.get(f"{HOOKS}/{hook['webhook_id']}").json()["failure_count"] == 1
    memory_app.clock.advance(seconds=memory_app.delivery_queue.waits["0"])
    assert deliver({"Records": [message]}, None) == {"batchItemFailures": []}
    ids = {json.loads(request.body)["id"] for request in memory_app.receiver.requests}
    assert (len(memory_app.receiver.requests), len(ids)) == (2, 1)


def test_a_message_of_a_delivery_that_has_expired_leaves_the_queue(memory_app: InMemoryApp) -> None:
    assert deliver(received("sqs_webhook_delivery"), None) == {"batchItemFailures": []}
    assert memory_app.receiver.requests == []


def test_a_message_that_is_no_delivery_leaves_the_queue(memory_app: InMemoryApp) -> None:
    message = {"messageId": "1", "receiptHandle": "h", "body": "junk"}
    assert deliver({"Records": [message]}, None) == {"batchItemFailures": []}


def test_a_delivery_that_has_ended_can_be_retried_and_one_in_progress_cannot(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    upload_and_publish(memory_app)
    (logged,) = call.get(f"{HOOKS}/{hook['webhook_id']}/deliveries").json()
    path = f"{HOOKS}/deliveries/{logged['delivery_id']}/retry"
    conflict = call.post(path)
    assert (conflict.status_code, error_of(conflict.json())["code"]) == (409, "resource_conflict")
    deliver({"Records": messages(memory_app)}, None)
    assert call.post(path).json()["status"] == "pending"
    deliver({"Records": messages(memory_app)[-1:]}, None)
    assert len(memory_app.receiver.requests) == 2


def test_a_webhook_is_changed_paused_and_activated(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    path, index = f"{HOOKS}/{hook['webhook_id']}", new_id()
    changed = call.patch(path, json={"events": ["media.deleted"], "index_ids": [index], "status": "paused"}).json()
    assert (changed["events"], changed["index_ids"], changed["status"]) == (["media.deleted"], [index], "paused")
    assert call.patch(path, json={"index_ids": None, "status": "active"}).json()["index_ids"] is None
    upload_and_publish(memory_app)
    assert memory_app.delivery_queue.sent == []


def test_a_disabled_webhook_has_a_reason_until_it_is_activated(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    stored: Webhook = memory_app.webhooks.get(ACCOUNT, hook["webhook_id"])
    now = memory_app.clock.now()
    memory_app.webhooks.save(stored.failed(now, failures_max=1, failing_max=now - now))
    path = f"{HOOKS}/{hook['webhook_id']}"
    disabled = call.get(path).json()
    assert (disabled["status"], disabled["failure_count"]) == ("disabled", 1)
    assert disabled["disabled_reason"].startswith("1 attempts in a row")
    active = call.patch(path, json={"status": "active"}).json()
    assert (active["status"], active["failure_count"], active["disabled_reason"]) == ("active", 0, None)


def test_the_new_secret_signs_from_then_on(memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]) -> None:
    rotated = call.post(f"{HOOKS}/{hook['webhook_id']}/rotate-secret").json()
    assert rotated["webhook_id"] == hook["webhook_id"]
    assert rotated["new_secret"] != hook["secret"]
    upload_and_publish(memory_app)
    deliver({"Records": messages(memory_app)}, None)
    (request,) = memory_app.receiver.requests
    digest = hmac.new(rotated["new_secret"].encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Webhook-Signature"] == f"sha256={digest}"


def test_a_test_sends_a_signed_request_and_reports_the_answer(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    path = f"{HOOKS}/{hook['webhook_id']}/test"
    assert call.post(path).json() == {"success": True, "status_code": 200, "error": None}
    memory_app.receiver.responses = [Response(status_code=404)]
    failed = {"success": False, "status_code": 404, "error": "The receiver answered with HTTP status 404."}
    assert call.post(path, json={}).json() == failed
    payload = json.loads(memory_app.receiver.requests[0].body)
    assert payload["event"] == "test"
    assert payload["id"].startswith("evt_test_")
    assert set(payload["data"]) == {"message"}


def test_a_deleted_webhook_is_gone_with_its_log(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    upload_and_publish(memory_app)
    (delivery,) = memory_app.delivery_queue.sent
    path = f"{HOOKS}/{hook['webhook_id']}"
    assert call.delete(path).json() == {"message": "The webhook was deleted."}
    for gone in (path, f"{path}/deliveries", f"{HOOKS}/deliveries/{delivery.delivery_id}"):
        assert call.get(gone).status_code == 404
    assert call.get(HOOKS).json() == []


def test_the_log_is_paged_by_the_oldest_delivery_of_a_page(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    for _ in range(3):
        upload_and_publish(memory_app)
    path = f"{HOOKS}/{hook['webhook_id']}/deliveries"
    everything = call.get(path).json()
    first = call.get(path, params={"limit": 2}).json()
    rest = call.get(path, params={"limit": 2, "before": first[-1]["delivery_id"]}).json()
    assert [*first, *rest] == everything
    assert len(everything) == 3
    assert call.get(path, params={"limit": 2, "status": "delivered"}).json() == []


INVALID = [
    {"name": ""},
    {"name": "x" * 101},
    {"url": "http://hooks.test/"},
    {"events": []},
    {"events": ["prompt_run.completed"]},
    {"index_ids": []},
    {"index_ids": ["no-uuid"]},
    {"metadata": {"a": "x" * 5000}},
    {"metadata": []},
    {"secret": "mine"},
]


@pytest.mark.parametrize("change", INVALID, ids=str)
def test_an_invalid_webhook_is_neither_created_nor_changed(
    call: TestClient, hook: dict[str, Any], change: dict[str, Any]
) -> None:
    assert call.post(HOOKS, json=NEW | change).status_code == 422
    assert call.patch(f"{HOOKS}/{hook['webhook_id']}", json=change).status_code == 422
    assert [listed["webhook_id"] for listed in call.get(HOOKS).json()] == [hook["webhook_id"]]


@pytest.mark.parametrize("change", [{"name": None}, {"status": "disabled"}, {"events": None}], ids=str)
def test_a_change_that_means_nothing_is_refused(call: TestClient, hook: dict[str, Any], change: dict[str, Any]) -> None:
    assert call.patch(f"{HOOKS}/{hook['webhook_id']}", json=change).status_code == 422


def test_a_webhook_of_another_account_does_not_exist(
    memory_app: InMemoryApp, call: TestClient, hook: dict[str, Any]
) -> None:
    upload_and_publish(memory_app)
    (delivery,) = memory_app.delivery_queue.sent
    yours, path = client_of(memory_app, YOURS, Scope.ADMIN), f"{HOOKS}/{hook['webhook_id']}"
    requests = [
        yours.get(path),
        yours.patch(path, json={"name": "mine now"}),
        yours.delete(path),
        yours.post(f"{path}/rotate-secret"),
        yours.post(f"{path}/test"),
        yours.get(f"{path}/deliveries"),
        yours.get(f"{HOOKS}/deliveries/{delivery.delivery_id}"),
        yours.post(f"{HOOKS}/deliveries/{delivery.delivery_id}/retry"),
    ]
    assert [response.status_code for response in requests] == [404] * len(requests)
    assert yours.get(HOOKS).json() == []
    assert call.get(path).json()["name"] == "CI"


@pytest.mark.parametrize("text", ["x", "_", "a_b", f"{VIDEO}_{'x' * 31}", f"{VIDEO}_{'é' * 32}"], ids=ascii)
def test_a_text_that_is_no_id_is_not_found(call: TestClient, text: str) -> None:
    assert error_of(call.get(f"{HOOKS}/deliveries/{text}").json())["code"] == "resource_not_found"


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [(Scope.READ, "POST", ""), (Scope.READ, "PATCH", "/{}"), (Scope.WRITE, "DELETE", "/{}"), (Scope.SEARCH, "GET", "")],
)
def test_a_scope_that_is_too_low_is_refused(
    memory_app: InMemoryApp, hook: dict[str, Any], scope: Scope, method: str, path: str
) -> None:
    low = client_of(memory_app, ACCOUNT, scope)
    assert low.request(method, HOOKS + path.format(hook["webhook_id"]), json=NEW).status_code == 403


def test_an_account_has_a_bounded_number_of_webhooks(call: TestClient) -> None:
    for _ in range(WEBHOOKS_MAX):
        assert call.post(HOOKS, json=NEW).status_code == 201
    refused = call.post(HOOKS, json=NEW)
    assert (refused.status_code, error_of(refused.json())["code"]) == (409, "resource_conflict")
