"""The sample and the real videos in an account of the shared stack, each analysed once for all tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from cinedex_client import Client, Connection
from cinedex_client.evaluation.dataset import videos_by_name
from cinedex_client.models import Video
from cinedex_client.upload import UploadDetails

from local.stack import RunningStack
from tests.support.callers import client, key_of_another_account
from tests.support.media import REPOSITORY, real_media

SAMPLES = REPOSITORY / "samples"


class KnownVideos:
    """An account with nothing in it but these videos, for tests that look and leave all as it is."""

    account_id = "known-videos"

    def __init__(self, stack: RunningStack, key: str, library: Client) -> None:
        self.stack, self.key, self.library = stack, key, library
        self._analysed: dict[str, Video] = {}

    def video(self, name: str) -> Video:
        """The video of this file, with every feature; uploaded and analysed by the first test that wants it."""
        if name not in self._analysed:
            file = _file(name)
            known = videos_by_name(self.library).get(name)
            video_id = known.video_id if known else self._begun(file)
            *_, self._analysed[name] = self.library.follow(video_id)
        return self._analysed[name]

    @contextmanager
    def described(self, descriptions: Mapping[str, str]) -> Iterator[None]:
        """What is said of them by file name, for as long as this lasts; nothing is said of them otherwise."""
        try:
            self._describe(descriptions)
            yield
        finally:
            self._describe({})

    def _begun(self, file: Path) -> str:
        video_id = self.library.upload(file, UploadDetails(), lambda _: None).video_id
        self.library.wait_until_uploaded(video_id)
        self.library.analyze(video_id)
        return video_id

    def _describe(self, descriptions: Mapping[str, str]) -> None:
        with client(self.stack, self.key) as api:
            for name, video in videos_by_name(self.library).items():
                said = {"description": descriptions.get(name, "")}
                api.patch(f"/v2/videos/{video.video_id}", json=said).raise_for_status()


def _file(name: str) -> Path:
    sample = SAMPLES / name
    return sample if sample.is_file() else real_media(name)


@pytest.fixture(scope="session")
def known(stack: RunningStack) -> Iterator[KnownVideos]:
    key = key_of_another_account(stack, KnownVideos.account_id)
    with Client(Connection(stack.url, key)) as library:
        yield KnownVideos(stack, key, library)
