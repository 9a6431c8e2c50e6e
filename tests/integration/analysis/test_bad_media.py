"""Files that are not videos fail soon with an error code, and are not deleted."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import httpx
import pytest
from cinedex_client import Client, ClientError
from cinedex_client.models import Video
from cinedex_client.upload import UploadDetails

from local.stack import RunningStack
from tests.support.media import real_media


def settled(library: Client, path: Path) -> Video:
    video = library.upload(path, UploadDetails(), lambda _: None)
    with contextlib.suppress(ClientError):  # it tells what went wrong, and so does the video
        library.wait_until_uploaded(video.video_id)
    return library.video(video.video_id)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.mp4", b"Dear diary, this is not a video.\n" * 100),
        ("zeros.mov", bytes(100_000)),
        ("noise.mkv", os.urandom(100_000)),
        ("picture.mp4", b"\x89PNG\r\n\x1a\n" + bytes(500)),
    ],
)
def test_a_file_that_is_not_a_video_fails_with_a_reason(
    library: Client, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    video = settled(library, tmp_path / name)
    assert video.status == "failed"
    assert video.error
    assert video.error_code in ("unsupported_media", "corrupt_media", "no_streams")


def test_a_video_that_was_cut_off_is_refused_with_a_reason(library: Client, tmp_path: Path) -> None:
    whole = real_media("people_139s.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 3])
    video = settled(library, tmp_path / "cut.mp4")
    assert (video.status, video.error_code) == ("failed", "corrupt_media")


def test_a_failed_upload_cannot_be_analysed(stack: RunningStack, library: Client, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    video = settled(library, tmp_path / "notes.mp4")
    trigger = f"{stack.url}/v2/videos/{video.video_id}/features/transcript"
    answer = httpx.post(trigger, headers={"x-api-key": stack.api_key or ""}, trust_env=False, timeout=60)
    assert answer.status_code == 409
    assert "failed" in answer.json()["error"]["message"]


@pytest.mark.parametrize("name", ["a film (final) 100%.webm", "ein schöner Ürlaub +1.webm", "日本語 📼.webm"])
def test_unusual_file_names_are_kept(library: Client, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(real_media("big_buck_bunny_30s.webm").read_bytes())
    video = settled(library, tmp_path / name)
    assert (video.status, video.metadata.video_name) == ("uploaded", name)
    library.delete(video.video_id)
