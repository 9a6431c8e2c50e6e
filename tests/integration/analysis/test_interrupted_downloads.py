"""Another process resumes a download whose process is killed, and requests only the missing bytes."""

from __future__ import annotations

import os
import signal
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import psutil
import pytest

from local.stack import RunningStack
from tests.support.callers import client, settled
from tests.support.clips import textured, write_video
from tests.support.stack import stack_that_fetches_from_here

PART_BYTES = 16 * 1024**2
ETAG = '"one-and-only"'


class SlowSite:
    """Serves one file, range by range; the first response stops in the middle until the test continues it."""

    def __init__(self, body: bytes, stop_at: int) -> None:
        self.body, self.stop_at = body, stop_at
        self.starts: list[int] = []
        self.has_stopped, self.may_go_on = threading.Event(), threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                """Requests are not logged."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/clip.mp4"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        same = request.headers.get("If-Range") == ETAG
        start = int(request.headers["Range"].removeprefix("bytes=").rstrip("-")) if same else 0
        self.starts.append(start)
        request.send_response(206 if same else 200)
        request.send_header("ETag", ETAG)
        request.send_header("Content-Type", "video/mp4")
        request.send_header("Content-Length", str(len(self.body) - start))
        if same:
            request.send_header("Content-Range", f"bytes {start}-{len(self.body) - 1}/{len(self.body)}")
        request.end_headers()
        try:
            if not same:
                request.wfile.write(self.body[start : self.stop_at])
                self.has_stopped.set()
                self.may_go_on.wait(60)
                start = self.stop_at
            request.wfile.write(self.body[start:])
        except ConnectionError:
            """The client was killed, which is what this is for."""


@pytest.fixture(scope="module")
def killed_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with stack_that_fetches_from_here(tmp_path_factory.mktemp("downloads")) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SlowSite]:
    """A short video with a tail of 40 MiB that no player minds; it stops behind the second part."""
    clip = write_video(tmp_path / "clip.mp4", [textured(1)] * 50).read_bytes()
    padding = 40 * 1024**2
    site = SlowSite(clip + struct.pack(">I4s", padding, b"free") + os.urandom(padding - 8), 2 * PART_BYTES + 1000)
    yield site
    site.may_go_on.set()
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def api(killed_stack: RunningStack) -> Iterator[httpx.Client]:
    with client(killed_stack) as opened:
        yield opened


def test_a_download_whose_process_was_killed_continues_after_the_last_part(
    killed_stack: RunningStack, api: httpx.Client, site: SlowSite
) -> None:
    video_id = api.post("/v2/videos", data={"video_url": site.url}).json()["video_id"]
    assert site.has_stopped.wait(60)
    eventually(lambda: _sent_parts(killed_stack, video_id) == 2)
    os.kill(_who_downloads(killed_stack, site).pid, signal.SIGKILL)
    _resume(killed_stack)
    video = settled(api, video_id)
    assert (video["status"], video["error"]) == ("uploaded", None)
    first, *others = site.starts
    # Lambda invokes a function that was killed again, beside the sweep.
    assert (first, set(others)) == (0, {2 * PART_BYTES})
    assert httpx.get(video["url"], trust_env=False, timeout=60).content == site.body
    api.delete(f"/v2/videos/{video_id}")


def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("it never came true")


def _sent_parts(stack: RunningStack, video_id: str) -> int:
    bucket = stack.deployment.outputs["MediaBucketName"]
    s3 = stack.emulator.s3
    uploads = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
    listings = [
        s3.list_parts(Bucket=bucket, Key=u["Key"], UploadId=u["UploadId"]) for u in uploads if video_id in u["Key"]
    ]
    return sum(len(parts.get("Parts", [])) for parts in listings)


def _who_downloads(stack: RunningStack, site: SlowSite) -> psutil.Process:
    emulator = psutil.Process(stack.supervisor.processes()["emulator"])
    port = site.server.server_port
    return next(
        p
        for p in emulator.children(recursive=True)
        if any(c.raddr and c.raddr.port == port for c in p.net_connections())
    )


def _resume(stack: RunningStack) -> None:
    """What happens after every restart."""
    function = stack.deployment.outputs["ResumeAnalysesFunctionName"]
    stack.emulator.functions.invoke(FunctionName=function, InvocationType="Event", Payload=b'{"after_restart": true}')
