"""The whole stack is killed while clients upload and create groups: nothing acknowledged is lost, nothing half there.

CINEDEX_KILL_TRIES sets the number of tries. As root, the home is a file system of 60 MB in memory.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.small_disk import small_disk
from tests.support.up_process import UpProcess

TRIES = int(os.environ.get("CINEDEX_KILL_TRIES", "2"))
CLIP = Path(__file__).resolve().parents[3] / "samples/search/clips/ledgerline_demo.mp4"
LONGEST_S = 2.0  # after the restart, each video that was uploaded in this time is probed
PROBED_WITHIN_S = 120
KEPT_VIDEOS_MAX = 60


@dataclass
class Acknowledged:
    """What the stack has answered 200 or 202: names of groups by id, and checksums of files by the id of the video."""

    groups: dict[str, str] = field(default_factory=dict)
    videos: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def small_home(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "home", 60):
        yield tmp_path / "home"


def test_nothing_acknowledged_is_lost_and_nothing_is_half_there_when_everything_is_killed(small_home: Path) -> None:
    acknowledged = Acknowledged()
    counts = []
    for _ in range(TRIES):
        with UpProcess(small_home) as stack, client_of(stack) as client:
            check(client, acknowledged)
            counts.append(write_until_killed(stack, acknowledged))
    with UpProcess(small_home) as stack, client_of(stack) as client:
        check(client, acknowledged)
    print(f"\nacknowledged before each kill: {counts}")
    assert sum(counts) > TRIES


def client_of(stack: UpProcess) -> httpx.Client:
    return httpx.Client(base_url=stack.url, headers={"x-api-key": stack.key}, timeout=60, trust_env=False)


def write_until_killed(stack: UpProcess, acknowledged: Acknowledged) -> int:
    before = len(acknowledged.groups) + len(acknowledged.videos)
    writers = [threading.Thread(target=write, args=(stack, acknowledged, act)) for act in (create_groups, upload)]
    for writer in writers:
        writer.start()
    time.sleep(random.uniform(0.2, LONGEST_S))
    stack.end(signal.SIGKILL)
    for writer in writers:
        writer.join()
    return len(acknowledged.groups) + len(acknowledged.videos) - before


def write(stack: UpProcess, acknowledged: Acknowledged, act: Any) -> None:
    with suppress(httpx.TransportError), client_of(stack) as client:
        while True:
            act(client, acknowledged)


def create_groups(client: httpx.Client, acknowledged: Acknowledged) -> None:
    name = os.urandom(8).hex()
    response = client.post("/v2/video-groups", json={"name": name})
    if response.is_success:
        acknowledged.groups[response.json()["group_id"]] = name


def upload(client: httpx.Client, acknowledged: Acknowledged) -> None:
    body = CLIP.read_bytes() + os.urandom(64)
    response = client.post("/v2/videos", files={"file": ("a.mp4", body)}, data={"video_name": "a"})
    if response.is_success:
        acknowledged.videos[response.json()["video_id"]] = hashlib.sha256(body).hexdigest()


def check(client: httpx.Client, acknowledged: Acknowledged) -> None:
    groups = {group["group_id"]: group["name"] for group in results(client, "/v2/video-groups")}
    assert acknowledged.groups.items() <= groups.items()
    videos = {video["video_id"]: video for video in results(client, "/v2/videos")}
    assert acknowledged.videos.keys() <= videos.keys()
    for video_id, checksum in acknowledged.videos.items():
        assert checksum_of(client, video_id) == checksum
    for video_id in list(videos)[:-KEPT_VIDEOS_MAX]:  # so that the small disk has space for the next try
        client.delete(f"/v2/videos/{video_id}").raise_for_status()
        acknowledged.videos.pop(video_id, None)


def results(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = client.get(path).raise_for_status().json()["results"]
    return listed


def checksum_of(client: httpx.Client, video_id: str) -> str:
    url = url_of(client, video_id)
    return hashlib.sha256(httpx.get(url, timeout=30, trust_env=False).raise_for_status().content).hexdigest()


def url_of(client: httpx.Client, video_id: str) -> str:
    """A file that was stored right before the kill is probed after the restart."""
    deadline = time.monotonic() + PROBED_WITHIN_S
    while True:
        video = client.get(f"/v2/videos/{video_id}").raise_for_status().json()
        if video["status"] == "uploaded":
            return str(video["url"])
        assert time.monotonic() < deadline, video
        time.sleep(0.5)
