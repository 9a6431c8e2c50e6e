"""The URL of a download is shown and stored without what gives access to it."""

from __future__ import annotations

import json

import pytest
from cinedex.kernel.errors import ImpossibleValue
from cinedex.library.domain.source_url import public_url
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.library.usecases.upload_video import VideoDetails

from tests.support.memory.app_fixture import MINE, InMemoryApp
from tests.support.memory.scenario import NOON, TALKING_CLIP

SECRET_URL = "https://user:hunter2@media.test:8443/a/clip.mp4?token=t0psecret&sig=abc#access_token=xyz"
PUBLIC_URL = "https://media.test:8443/a/clip.mp4"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        (SECRET_URL, PUBLIC_URL),
        ("https://user@media.test/clip.mp4", "https://media.test/clip.mp4"),
        ("https://user:p%40ss@media.test/clip.mp4", "https://media.test/clip.mp4"),
        ("https://a@b:c@media.test/clip.mp4", "https://media.test/clip.mp4"),
        ("https://media.test/clip.mp4?0123456789abcdef", "https://media.test/clip.mp4"),
        ("https://media.test?token=x", "https://media.test"),
        ("https://user:x@[2606:4700::1111]:80/c.mp4?X-Amz-Signature=1", "https://[2606:4700::1111]:80/c.mp4"),
        ("HTTPS://media.test/%C3%BC.mp4", "https://media.test/%C3%BC.mp4"),
        ("https://media.test/clip.mp4;jsessionid=SECRET", "https://media.test/clip.mp4"),
        ("https://media.test/a;v=1;t=SECRET/clip.mp4;x", "https://media.test/a/clip.mp4"),
        ("https://media.test/clip.mp4%3Bjsessionid=SECRET", "https://media.test/clip.mp4"),
        ("https://media.test/clip.mp4%3Ftoken=SECRET", "https://media.test/clip.mp4"),
        ("https://media.test/clip.mp4%3ftoken%3DSEC/RET", "https://media.test/clip.mp4"),
        ("https://media.test/clip.mp4%253Ftoken=SECRET", "https://media.test/clip.mp4"),
        ("https://media.test/clip.mp4%23access_token=SEC/RET", "https://media.test/clip.mp4"),
        ("https://media.test/clip.mp4#https://user:SECRET@media.test", "https://media.test/clip.mp4"),
        ("https://media.test/clip.mp4;u=user:SECRET@x", "https://media.test/clip.mp4"),
        ("https://media.test/token=SECRET/clip.mp4", "https://media.test/token/clip.mp4"),
        ("https://media.test/clip.mp4&token=SECRET", "https://media.test/clip.mp4&token"),
        (
            "https://media.test/https://user:SECRET@inner.test/clip.mp4",
            "https://media.test/https://inner.test/clip.mp4",
        ),
        ("https://media.test/https://SECRET@inner.test/clip.mp4", "https://media.test/https://inner.test/clip.mp4"),
        ("https://media.test/user%3ASECRET%40inner.test/clip.mp4", "https://media.test/inner.test/clip.mp4"),
        ("https://media.test/Tom&Jerry%20(1),2+3@home.mp4", "https://media.test/Tom&Jerry%20(1),2+3@home.mp4"),
        ("https://media.test/a/at%2010:30/clip.mp4", "https://media.test/a/at%2010:30/clip.mp4"),
        ("https://user%40SECRET%40media.test/clip.mp4", None),
        ("https://[::1/c.mp4", None),
        ("no url", None),
    ],
)
def test_the_source_of_a_video_has_no_credentials_in_any_notation(url: str, public: str | None) -> None:
    assert public_url(url) == public


def test_a_url_with_an_encoded_host_is_refused(memory_app: InMemoryApp) -> None:
    with pytest.raises(ImpossibleValue):
        memory_app.upload.from_url(MINE, VideoDetails(), "https://user%3ASECRET%40media.test/clip.mp4")


@pytest.mark.parametrize("ending", [";jsessionid=SECRET", "%3Ftoken=SECRET", "%3BSECRET", "?SECRET", "#SECRET"])
def test_the_name_of_a_video_has_no_credentials_of_its_url(memory_app: InMemoryApp, ending: str) -> None:
    video = memory_app.upload.from_url(MINE, VideoDetails(), "https://media.test/my%20clip.mp4" + ending)
    assert (video.name, video.media.key.rpartition("/")[2]) == ("my clip.mp4", "my clip.mp4")


def test_the_whole_url_is_forgotten_when_the_download_ends(memory_app: InMemoryApp) -> None:
    video = memory_app.upload.from_url(MINE, VideoDetails(), SECRET_URL)
    assert (video.source, video.fetch_url) == (PUBLIC_URL, SECRET_URL)
    for ended in (video.uploaded(video.media, TALKING_CLIP), video.rejected("corrupt_media", "It cannot be decoded.")):
        assert ended.source == PUBLIC_URL
        assert not any(part in ended.model_dump_json() for part in ("hunter2", "t0psecret", "sig", "access_token"))


@pytest.mark.parametrize("status", [UploadStatus.UPLOADED, UploadStatus.FAILED])
def test_what_an_earlier_version_stored_is_read_without_credentials(status: UploadStatus) -> None:
    media = StoredMedia(bucket="media", key="uploads/a/v/clip.mp4")
    stored = Video(video_id="v", account_id="a", media=media, created_at=NOON).model_dump(mode="json")
    stored |= {"status": status.value, "source": SECRET_URL}
    del stored["fetch_url"]
    video = Video.model_validate_json(json.dumps(stored))
    assert (video.source, video.fetch_url) == (PUBLIC_URL, None)


def test_a_download_that_an_earlier_version_began_is_continued_with_the_whole_url() -> None:
    media = StoredMedia(bucket="media", key="uploads/a/v/clip.mp4")
    video = Video(video_id="v", account_id="a", media=media, created_at=NOON, source=SECRET_URL)
    assert (video.source, video.fetch_url) == (PUBLIC_URL, SECRET_URL)
