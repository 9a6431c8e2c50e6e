"""A repeated request with the same idempotency key has no second effect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from local.stack import RunningStack
from tests.support.callers import client


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def test_a_group_is_created_once(api: httpx.Client, key: dict[str, str]) -> None:
    name = f"group {uuid4()}"
    first = api.post("/v2/video-groups", json={"name": name, "metadata": {}}, headers=key)
    again = api.post("/v2/video-groups", content=f'{{"metadata": {{}},\n "name": "{name}"}}', headers=_json(key))
    assert (again.status_code, again.json()) == (200, first.json())
    assert (again.headers["idempotent-replayed"], "idempotent-replayed" in first.headers) == ("true", False)
    api.delete(f"/v2/video-groups/{first.json()['group_id']}")


def test_another_body_with_the_same_key_is_rejected(api: httpx.Client, key: dict[str, str]) -> None:
    created = api.post("/v2/video-groups", json={"name": f"group {uuid4()}"}, headers=key)
    other = api.post("/v2/video-groups", json={"name": f"group {uuid4()}"}, headers=key)
    assert (other.status_code, other.json()["error"]["type"]) == (422, "validation_error")
    api.delete(f"/v2/video-groups/{created.json()['group_id']}")


def test_an_error_leaves_the_key_free(api: httpx.Client, key: dict[str, str]) -> None:
    assert api.post("/v2/video-groups", json={"name": ""}, headers=key).status_code == 400
    created = api.post("/v2/video-groups", json={"name": f"group {uuid4()}"}, headers=key)
    assert created.status_code == 200
    api.delete(f"/v2/video-groups/{created.json()['group_id']}")


def test_one_of_several_concurrent_requests_is_executed(api: httpx.Client, key: dict[str, str]) -> None:
    name = f"group {uuid4()}"

    def create(_: int) -> httpx.Response:
        return api.post("/v2/video-groups", json={"name": name}, headers=key)

    with ThreadPoolExecutor(6) as pool:
        responses = list(pool.map(create, range(6)))
    assert {response.status_code for response in responses} <= {200, 409}
    created = {response.json()["group_id"] for response in responses if response.status_code == 200}
    assert len(created) == 1
    api.delete(f"/v2/video-groups/{created.pop()}")


def test_an_upload_is_compared_by_its_fields_and_its_file(api: httpx.Client, key: dict[str, str], clip: Path) -> None:
    def send(content: bytes, name: str) -> httpx.Response:
        return api.post("/v2/videos", files={"file": ("a.mp4", content)}, data={"video_name": name}, headers=key)

    first = send(clip.read_bytes(), "one")
    assert send(clip.read_bytes(), "one").json() == first.json()  # under another multipart boundary
    assert send(clip.read_bytes() + b"x", "one").status_code == 422
    assert send(clip.read_bytes(), "two").status_code == 422
    api.delete(f"/v2/videos/{first.json()['video_id']}")


def _json(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"content-type": "application/json"}


def test_a_key_of_a_lower_scope_does_not_get_the_stored_response(
    api: httpx.Client, stack: RunningStack, key: dict[str, str]
) -> None:
    searcher = api.post("/v2/api-keys", json={"name": "search only", "scope": "search"}).json()["secret"]
    new_key = {"name": "operator", "scope": "admin"}
    assert api.post("/v2/api-keys", json=new_key, headers=key).json()["secret"]
    with client(stack, searcher) as lower_scope:
        response = lower_scope.post("/v2/api-keys", json=new_key, headers=key)
    assert (response.status_code, response.json()["error"]["type"]) == (403, "permission_error")
