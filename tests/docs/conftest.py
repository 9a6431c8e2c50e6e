"""The deployment that the snippets of the pages talk to, and the terminal of each page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from local.client import Connection, Deployment
from local.client.upload import About
from local.stack import RunningStack
from tests.docs.pages import REPOSITORY
from tests.docs.terminal import Terminal

SAMPLE = REPOSITORY / "samples/tour.mp4"


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the pages beside a running stack: what their terminal knows."""

    environment: dict[str, str]
    open_terminal: Callable[[str], Terminal]


@pytest.fixture(scope="module")
def library(stack: RunningStack) -> Iterator[Deployment]:
    """Of the videos that come in while it is in use, none stays."""
    with Deployment(Connection(stack.url, stack.api_key or "")) as deployment:
        before = {video.video_id for video in deployment.videos()}
        yield deployment
        for video in deployment.videos():
            if video.video_id not in before:
                deployment.delete(video.video_id)


@pytest.fixture(scope="module")
def reader(stack: RunningStack, library: Deployment) -> Iterator[Reader]:
    environment = {
        **os.environ,
        "PATH": f"{REPOSITORY / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "CINEDEX_HOME": str(stack.home.root),
        "CINEDEX_URL": stack.url,
        "CINEDEX_API_KEY": stack.api_key or "",
        "VIDEO": _analysed(library),
    }
    terminals: dict[str, Terminal] = {}

    def open_terminal(page: str) -> Terminal:
        """Each page has its own, with a video that it may delete."""
        if page not in terminals:
            old_video = library.upload(SAMPLE, About(), lambda _: None).video_id
            terminals[page] = Terminal(REPOSITORY, {**environment, "OLD_VIDEO": old_video})
        return terminals[page]

    yield Reader(environment, open_terminal)
    for terminal in terminals.values():
        terminal.close()


def _analysed(library: Deployment) -> str:
    video_id = library.upload(SAMPLE, About(), lambda _: None).video_id
    library.when_uploaded(video_id)
    library.analyze(video_id)
    *_, analyzed = library.follow(video_id)
    assert analyzed.detail("embeddings").status == "ready"
    return video_id
