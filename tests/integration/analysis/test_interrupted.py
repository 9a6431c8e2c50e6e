"""Killed workers and killed stacks: what was acknowledged is finished all the same."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from cinedex_client import Client, Connection
from cinedex_client.models import Video
from cinedex_client.upload import UploadDetails

from local.stack import running_stack
from tests.support.media import real_media
from tests.support.up_process import UpProcess

FEATURES = ("transcript", "captions", "objects", "embeddings")
CLIP = "people_139s.mp4"


def start_work(library: Client) -> Video:
    """Upload, and wait until a worker has analysed some of the pictures of the clip, which has no sound."""
    video = library.upload(real_media(CLIP), UploadDetails(), lambda _: None)
    library.wait_until_uploaded(video.video_id)
    library.analyze(video.video_id)
    for state in library.follow(video.video_id):
        if (state.detail("transcript").progress or 0.0) >= 0.2:
            return state
    pytest.fail("the analysis ended before it could be interrupted")


def final_statuses(library: Client, video: Video) -> dict[str, str]:
    *_, last = library.follow(video.video_id)
    return {f: last.detail(f).status for f in FEATURES}


def test_a_killed_worker_is_replaced_and_the_video_ends_ready(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack, Client(Connection(stack.url, stack.api_key or "")) as library:
        video = start_work(library)
        os.kill(stack.supervisor.processes()["worker"], signal.SIGKILL)
        assert final_statuses(library, video) == dict.fromkeys(FEATURES, "ready")


@pytest.mark.timeout(420)
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_stack_stopped_during_an_analysis_continues_it(tmp_path: Path, how: signal.Signals) -> None:
    with UpProcess(tmp_path) as up:
        with Client(Connection(up.url, up.key)) as library:
            video = start_work(library)
        time.sleep(2)  # what was acknowledged longer ago is safe even from SIGKILL
        up.end(how)
    with UpProcess(tmp_path) as up, Client(Connection(up.url, up.key)) as library:
        assert final_statuses(library, video) == dict.fromkeys(FEATURES, "ready")
