"""The deployment that the snippets call, and one shell per page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cinedex_client import FEATURES, Client, Connection
from cinedex_client.models import Video
from cinedex_client.upload import UploadDetails

from local.stack import RunningStack
from tests.docs.pages import REPOSITORY
from tests.docs.terminal import Terminal

SAMPLE = REPOSITORY / "samples/demo.mp4"


@dataclass(frozen=True)
class Reader:
    """The environment of the snippets, and the shell of each page."""

    environment: dict[str, str]
    open_terminal: Callable[[str], Terminal]


@pytest.fixture(scope="module")
def library(stack: RunningStack) -> Iterator[Client]:
    """A client of the stack; the fixture deletes all videos that its user has uploaded."""
    with Client(Connection(stack.url, stack.api_key or "")) as deployment:
        before = {video.video_id for video in deployment.videos()}
        yield deployment
        for video in deployment.videos():
            if video.video_id not in before:
                deployment.delete(video.video_id)


@pytest.fixture(scope="module")
def reader(stack: RunningStack, library: Client) -> Iterator[Reader]:
    environment = {
        **os.environ,
        "PATH": f"{REPOSITORY / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "CINEDEX_HOME": str(stack.home.root),
        "CINEDEX_URL": stack.url,
        "CINEDEX_API_KEY": stack.api_key or "",
    }
    terminals: dict[str, Terminal] = {}

    def open_terminal(page: str) -> Terminal:
        """The shell of a page, with the ids of the videos that its snippets use."""
        if page not in terminals:
            videos = dict(_videos_for(Path(page).read_text(encoding="utf-8"), library))
            terminals[page] = Terminal(REPOSITORY, environment | videos)
        return terminals[page]

    yield Reader(environment, open_terminal)
    for terminal in terminals.values():
        terminal.close()


def _videos_for(page: str, library: Client) -> Iterator[tuple[str, str]]:
    """`$VIDEO` is an analysed video, `$OLD_VIDEO` a video to delete."""
    if "$VIDEO" in page:
        yield "VIDEO", next((v.video_id for v in library.videos() if _is_analysed(v)), None) or _analysed(library)
    if "$OLD_VIDEO" in page:
        yield "OLD_VIDEO", library.upload(SAMPLE, UploadDetails(), lambda _: None).video_id


def _is_analysed(video: Video) -> bool:
    """Whether it is the sample clip, whose contents the pages show, with all features ready."""
    ready = all(video.detail(feature).status == "ready" for feature in FEATURES)
    return ready and video.name == SAMPLE.name


def _analysed(library: Client) -> str:
    video_id = library.upload(SAMPLE, UploadDetails(), lambda _: None).video_id
    library.wait_until_uploaded(video_id)
    library.analyze(video_id)
    *_, analyzed = library.follow(video_id)
    assert _is_analysed(analyzed)
    return video_id
