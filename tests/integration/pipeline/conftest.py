"""Real videos through the whole product, each analysed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from local.client import Connection, Deployment
from local.client.replies import Video
from local.client.upload import About
from local.stack import RunningStack
from tests.support.media import real_media


@pytest.fixture(scope="package")
def library(stack: RunningStack) -> Iterator[Deployment]:
    with Deployment(Connection(stack.url, stack.api_key or "")) as deployment:
        yield deployment


@pytest.fixture(scope="package")
def analyzed(library: Deployment) -> Iterator[Callable[[str], Video]]:
    """The named file of the test media, uploaded and analysed at the first call."""
    done: dict[str, Video] = {}

    def analyze(name: str) -> Video:
        if name not in done:
            video = library.upload(real_media(name), About(), lambda _: None)
            library.when_uploaded(video.video_id)
            library.analyze(video.video_id)
            *_, done[name] = library.follow(video.video_id)
        return done[name]

    yield analyze
    for video in done.values():
        library.delete(video.video_id)
