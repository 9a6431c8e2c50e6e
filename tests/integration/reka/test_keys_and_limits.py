"""API keys: created over HTTP, limited to a scope and a number of requests, and revoked."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.stack import RunningStack
from tests.support.callers import client

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"
SCOPES = ("search", "read", "write", "admin")
NEEDED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("search", "POST", "/v2/search", {"query": "a"}),
    ("search", "POST", "/v2/chat", {"messages": [{"role": "user", "content": "Why?"}]}),
    ("search", "POST", f"/v2/videos/{UNKNOWN}/segment", {"prompts": [{"text": "person"}]}),
    ("read", "GET", "/v2/videos", {}),
    ("read", "GET", f"/v2/videos/{UNKNOWN}", {}),
    ("read", "GET", "/v2/features", {}),
    ("read", "GET", f"/v2/videos/{UNKNOWN}/transcript", {}),
    ("read", "POST", f"/v2/videos/{UNKNOWN}/features/plan", {"desired": ["captions"]}),
    ("read", "GET", "/v2/usage", {}),
    ("write", "POST", f"/v2/videos/{UNKNOWN}/features/captions", {}),
    ("write", "PATCH", f"/v2/videos/{UNKNOWN}", {}),
    ("write", "POST", "/v2/video-groups", {"name": ""}),
    ("write", "POST", f"/v2/video-groups/{UNKNOWN}/videos", {"video_ids": [UNKNOWN]}),
    ("admin", "DELETE", f"/v2/videos/{UNKNOWN}", {}),
    ("admin", "DELETE", f"/v2/video-groups/{UNKNOWN}", {}),
    ("admin", "GET", "/v2/api-keys", {}),
    ("admin", "POST", "/v2/api-keys", {"name": ""}),
    ("admin", "DELETE", f"/v2/api-keys/{UNKNOWN}", {}),
]


@pytest.fixture(scope="module")
def keys(stack: RunningStack) -> dict[str, str]:
    """A secret of each scope."""
    with client(stack) as api:
        return {s: api.post("/v2/api-keys", json={"name": s, "scope": s}).json()["secret"] for s in SCOPES}


@pytest.mark.parametrize(("required", "method", "path", "body"), NEEDED)
def test_a_route_requires_its_scope(
    stack: RunningStack, keys: dict[str, str], required: str, method: str, path: str, body: dict[str, Any]
) -> None:
    rejected = {}
    for scope in SCOPES:
        with client(stack, keys[scope]) as api:
            response = api.request(method, path, json=body or None)
            rejected[scope] = response.status_code == 403
            assert not rejected[scope] or response.json()["error"]["type"] == "permission_error"
    assert rejected == {scope: SCOPES.index(scope) < SCOPES.index(required) for scope in SCOPES}


def test_a_secret_is_returned_once(api: httpx.Client) -> None:
    created = api.post("/v2/api-keys", json={"name": "once", "scope": "read"}).json()
    (listed,) = [key for key in api.get("/v2/api-keys").json()["results"] if key["key_id"] == created["key_id"]]
    assert listed == {name: value for name, value in created.items() if name not in ("secret", "withheld")}
    assert created["secret"].endswith(listed["hint"])


def test_a_revoked_key_is_rejected_with_the_next_request(api: httpx.Client, stack: RunningStack) -> None:
    created = api.post("/v2/api-keys", json={"name": "short-lived"}).json()
    with client(stack, created["secret"]) as other:
        assert other.get("/v2/videos").status_code == 200
        assert api.delete(f"/v2/api-keys/{created['key_id']}").json()["revoked_at"]
        assert other.get("/v2/videos").status_code == 401


def test_a_rate_limit_is_exact_for_concurrent_requests(api: httpx.Client, stack: RunningStack) -> None:
    created = api.post("/v2/api-keys", json={"name": "modest", "requests_max": 12}).json()
    with client(stack, created["secret"]) as modest, ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: modest.get("/v2/features"), range(30)))
    assert Counter(response.status_code for response in responses) == {200: 12, 429: 18}
    left = {int(r.headers["x-ratelimit-requests-remaining"]) for r in responses if r.status_code == 200}
    assert left == set(range(12))


def test_a_response_over_the_limit_has_retry_after(api: httpx.Client, stack: RunningStack) -> None:
    created = api.post("/v2/api-keys", json={"name": "single", "requests_max": 1}).json()
    with client(stack, created["secret"]) as single:
        assert single.get("/v2/features").headers["retry-after"] == "0"
        rejected = single.get("/v2/features")
    assert (rejected.status_code, rejected.json()["error"]["type"]) == (429, "rate_limit_error")
    assert rejected.headers["x-ratelimit-requests-remaining"] == "0"
    assert 86_000 < int(rejected.headers["retry-after"]) <= 86_400
    assert rejected.headers["retry-after"] == rejected.headers["x-ratelimit-requests-reset"]


def test_usage_counts_successful_requests(api: httpx.Client, video_id: str) -> None:
    before = api.get("/v2/usage").json()["total"]
    api.post("/v2/search", json={"query": "anything"})
    api.post("/v2/search", json={"query": ""})
    api.post("/v2/chat", json={"messages": [{"role": "user", "content": "What happens?"}]})
    api.post(f"/v2/videos/{video_id}/segment", json={"prompts": [{"text": "person"}], "end": 1})
    after = api.get("/v2/usage").json()["total"]
    assert [after[n] - before[n] for n in ("searches", "chats", "segments")] == [1, 1, 1]
