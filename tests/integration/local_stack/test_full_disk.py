"""The disk of a whole stack is full: what was acknowledged is there, nothing else is accepted, and nothing hangs."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.small_disk import fill, small_disk
from tests.support.up_process import UpProcess

CLIP = Path(__file__).resolve().parents[3] / "samples/search/clips/ledgerline_demo.mp4"
UPLOADED_WITHIN_S = 120
GROUPS_MAX = 500


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "home", 60) as mounted:
        if not mounted:
            pytest.skip("only root may mount a small file system, and this machine has to let it")
        yield tmp_path / "home"


def test_a_stack_on_a_full_disk_refuses_writes_by_name_and_keeps_and_serves_all_that_it_has(disk: Path) -> None:
    with UpProcess(disk) as stack, client_of(stack) as client:
        kept = uploaded(client, upload(client))
        filler = fill(disk)
        assert "disk" in refusal(upload(client))
        groups = groups_until_refused(client)
        assert client.get("/health").status_code == 503
        assert ids_of(client) == {kept["video_id"]}
        assert hashlib.sha256(httpx.get(kept["url"], trust_env=False).content).digest() == checksum()
        filler.unlink()
        later = uploaded(client, upload(client))
        assert client.get("/health").status_code == 200
        stack.end(signal.SIGKILL)
    with UpProcess(disk) as stack, client_of(stack) as client:
        assert groups <= {group["group_id"] for group in results(client, "/v2/video-groups")}
        assert ids_of(client) == {kept["video_id"], later["video_id"]}


def client_of(stack: UpProcess) -> httpx.Client:
    return httpx.Client(base_url=stack.url, headers={"x-api-key": stack.key}, timeout=60, trust_env=False)


def checksum() -> bytes:
    return hashlib.sha256(CLIP.read_bytes()).digest()


def upload(client: httpx.Client) -> httpx.Response:
    return client.post("/v2/videos", files={"file": ("a.mp4", CLIP.read_bytes())}, data={"video_name": "a"})


def uploaded(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    video_id = accepted.raise_for_status().json()["video_id"]
    deadline = time.monotonic() + UPLOADED_WITHIN_S
    while True:
        video: dict[str, Any] = client.get(f"/v2/videos/{video_id}").raise_for_status().json()
        if video["status"] == "uploaded":
            return video
        assert time.monotonic() < deadline, video
        time.sleep(0.3)


def refusal(response: httpx.Response) -> str:
    assert response.status_code == 507, response.text
    return str(response.json()["error"]["message"])


def groups_until_refused(client: httpx.Client) -> set[str]:
    """A small record may still fit into the last page of a file; returns the ids of those that were stored."""
    stored = set()
    while len(stored) < GROUPS_MAX:
        response = client.post(
            "/v2/video-groups", json={"name": os.urandom(40).hex(), "metadata": {"note": "x" * 6000}}
        )
        if response.status_code != 200:
            assert "disk" in refusal(response)
            return stored
        stored.add(response.json()["group_id"])
    pytest.fail("the disk had space for more groups than expected")


def results(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = client.get(path).raise_for_status().json()["results"]
    return listed


def ids_of(client: httpx.Client) -> set[str]:
    return {video["video_id"] for video in results(client, "/v2/videos")}
