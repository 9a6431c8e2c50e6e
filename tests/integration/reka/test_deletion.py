"""A deleted video leaves nothing in any store, even if it is deleted during its analysis."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from local.stack import RunningStack
from tests.support.callers import upload

EVENTS = ("EO#", "EL#", "WD#")
"""Events report the deletion, too. They have ids and reasons, and expire after 7 or 14 days."""
SAMPLE = Path(__file__).parents[3] / "samples/demo.mp4"


@pytest.fixture
def traces(stack: RunningStack) -> Callable[[str], list[str]]:
    """Finds the stores that still contain the id of a video."""
    outputs, emulator = stack.deployment.outputs, stack.emulator

    def table(video_id: str) -> list[str]:
        pages = emulator.dynamodb.get_paginator("scan").paginate(TableName=outputs["LibraryTableName"])
        items = [item for page in pages for item in page["Items"]]
        found = [f"{i['pk']['S']} {i['sk']['S']}" for i in items if video_id in json.dumps(i)]
        return [trace for trace in found if not trace.startswith(EVENTS)]

    def objects(video_id: str) -> list[str]:
        matches: list[str] = []
        for bucket in (outputs["MediaBucketName"], outputs["ResultsBucketName"]):
            listed = emulator.s3.list_object_versions(Bucket=bucket)
            matches += [o["Key"] for o in (*listed.get("Versions", []), *listed.get("DeleteMarkers", []))]
            matches += [u["Key"] for u in emulator.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]
        return [key for key in matches if video_id in key]

    def documents(video_id: str) -> list[str]:
        """Searches every generation of the index, because another test may have swapped one."""
        matches: list[str] = []
        for file in stack.home.search_index.parent.glob(f"{stack.home.search_index.stem}*.sqlite"):
            with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as index:
                matches += [f"search: {line[:100]}" for line in index.iterdump() if video_id in line]
        return matches

    return lambda video_id: [*table(video_id), *objects(video_id), *documents(video_id)]


def test_a_deleted_video_leaves_nothing_in_any_store(
    api: httpx.Client, clip: Path, traces: Callable[[str], list[str]]
) -> None:
    video_id = upload(api, clip)
    api.post(f"/v2/videos/{video_id}/features", json={"desired": ["embeddings", "objects"]})
    _when(lambda: _statuses(api, video_id) == {"ready"})
    _when(lambda: not any(" RUN#" in trace for trace in traces(video_id)))
    assert len(traces(video_id)) > 5
    assert api.delete(f"/v2/videos/{video_id}").status_code == 200
    assert traces(video_id) == []


def test_a_video_deleted_during_its_analysis_leaves_nothing_after_the_sweep(
    stack: RunningStack, api: httpx.Client, traces: Callable[[str], list[str]]
) -> None:
    video_id = upload(api, SAMPLE)
    api.post(f"/v2/videos/{video_id}/features", json={"desired": ["embeddings", "objects"]})
    _when(lambda: any("results/" in trace for trace in traces(video_id)))
    assert api.delete(f"/v2/videos/{video_id}").status_code == 200
    assert api.get(f"/v2/videos/{video_id}").status_code == 404
    time.sleep(12)  # the worker notices at its next heartbeat that its execution was stopped
    _sweep(stack)
    assert traces(video_id) == [f"E#{video_id} ERASURE"]


def test_an_unfinished_upload_in_parts_leaves_nothing(api: httpx.Client, traces: Callable[[str], list[str]]) -> None:
    promised = {"video_name": "large.mp4", "size_bytes": 40 * 1024**2}
    video_id = api.post("/v2/videos/uploads", json=promised).json()["video_id"]
    assert f"A#local V#{video_id}" in traces(video_id)
    api.delete(f"/v2/videos/{video_id}")
    assert traces(video_id) == [f"E#{video_id} ERASURE"]


def test_the_videos_of_a_deleted_group_are_kept(api: httpx.Client, video_id: str) -> None:
    group_id = api.post("/v2/video-groups", json={"name": f"doomed {video_id}"}).json()["group_id"]
    api.post(f"/v2/video-groups/{group_id}/videos", json={"video_ids": [video_id]})
    api.delete(f"/v2/video-groups/{group_id}")
    assert api.get(f"/v2/videos/{video_id}").json()["group_id"] is None


def _statuses(api: httpx.Client, video_id: str) -> set[str]:
    features = api.get(f"/v2/videos/{video_id}").json()["features"]
    return {features[name] for name in ("transcript", "captions", "objects", "embeddings")}


def _when(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 200
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("it did not happen within 200 s")
        time.sleep(0.3)


def _sweep(stack: RunningStack) -> None:
    name = stack.deployment.outputs["SweepDeletionsFunctionName"]
    answer = stack.emulator.functions.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
