"""Forms as the clients of people write them: with odd file names, without one, or with another field."""

from __future__ import annotations

import pytest
from cinedex.library.domain.video import Video

from tests.support.api import Answer, Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

MP4 = b"\x00\x00\x00\x18ftypmp42\xff\xfe" + bytes(range(256)) * 8000  # over a megabyte, the limit of a field


def part(disposition: str, body: bytes, content_type: str | None = None) -> bytes:
    head = f"--b\r\nContent-Disposition: form-data; {disposition}\r\n"
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    return f"{head}{kind}\r\n".encode() + body + b"\r\n"


def send(library: Api, *parts: bytes) -> Answer:
    body = b"".join(parts) + b"--b--\r\n"
    return library.call("POST", "/v2/videos", body=body, content_type="multipart/form-data; boundary=b")


def stored(memory_app: InMemoryApp, answer: Answer) -> Video:
    assert answer.status == 202, answer.body
    return memory_app.videos.get(ACCOUNT, answer.body["video_id"])


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('name="file"; filename="日本 %22x%22 🎬.mp4"', '日本 "x" 🎬.mp4'),
        ('name="file"; filename="日本 \\"x\\" 🎬.mp4"', '日本 "x" 🎬.mp4'),
        ("name=\"file\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%20%22x%22.mp4", '日本 "x".mp4'),
        ('name="file"; filename="x.mp4"; filename*=utf-8\'\'%E6%97%A5%E6%9C%AC.mp4', "日本.mp4"),
        ("name=\"file\"; filename*=iso-8859-1'en'%FCbung.mp4", "übung.mp4"),
        ('name="file"; filename="100%25 %0A.mp4"', "100%25 _.mp4"),
        ('name="file"; filename="a;b=c.mp4"', "a;b=c.mp4"),
        ('name="file"; filename="C:\\clips\\a.mp4"', "a.mp4"),
    ],
)
def test_a_file_name_survives_a_form(memory_app: InMemoryApp, library: Api, disposition: str, name: str) -> None:
    video = stored(memory_app, send(library, part(disposition, MP4, "video/mp4")))
    assert video.name == name
    assert memory_app.media.files[video.media.key] == MP4


@pytest.mark.parametrize(
    ("content_type", "body", "name"),
    [
        ("video/mp4", MP4, "video.mp4"),
        ("application/octet-stream", MP4, "video.mp4"),
        (None, MP4, "video.mp4"),
        ("video/webm", b"unknown content", "video.webm"),
        (None, b"\x1a\x45\xdf\xa3rest", "video.mkv"),
        (None, b"RIFF\x00\x00\x00\x00WAVEfmt ", "video.wav"),
    ],
)
def test_a_file_without_a_name_has_the_suffix_of_its_type(
    memory_app: InMemoryApp, library: Api, content_type: str | None, body: bytes, name: str
) -> None:
    video = stored(memory_app, send(library, part('name="file"', body, content_type)))
    assert (video.name, video.media.key.rsplit("/", 1)[1]) == (name, name)
    assert memory_app.media.files[video.media.key] == body


def test_a_file_without_a_name_gets_the_name_of_its_video(memory_app: InMemoryApp, library: Api) -> None:
    video = stored(memory_app, send(library, part('name="video_name"', b"Tour"), part('name="file"', MP4)))
    assert (video.name, video.media.key.rsplit("/", 1)[1]) == ("Tour", "video.mp4")


def test_an_unnamed_upload_of_another_boundary_is_the_same_request(library: Api) -> None:
    def repeat(boundary: str) -> Answer:
        body = part('name="file"', MP4, "video/mp4").replace(b"--b\r\n", f"--{boundary}\r\n".encode())
        return library.call(
            "POST",
            "/v2/videos",
            body=body + f"--{boundary}--\r\n".encode(),
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"idempotency-key": "n8n"},
        )

    first, second = repeat("b"), repeat("c")
    assert (second.status, second.body) == (202, first.body)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            [part('name="video"; filename="a.mp4"', MP4)],
            "The file is in the field 'video'. Send it in the field 'file'.",
        ),
        ([part('name="data"', MP4, "video/mp4")], "The file is in the field 'data'. Send it in the field 'file'."),
        (
            [part('name="file"; filename="a.mp4"', MP4), part('name="file"; filename="b.mp4"', MP4)],
            "The field 'file' has 2 files. Send one file in each request.",
        ),
        (
            [part('name="file"', b"clip.mp4")],
            "The field 'file' has neither a file name nor the type or the content of a media file.",
        ),
        (
            [part('name="description"', MP4)],
            "The form cannot be read. The field 'description' is larger than 1048576 bytes. Send a file in the field"
            " 'file'.",
        ),
        (
            [part('name="video_name"', b"x")],
            "Send a file in the field 'file', or a URL in the field 'video_url'.",
        ),
        (
            [part('name="file"; filename="a.mp4"', MP4), part('name="video_url"', b"https://m.test/a.mp4")],
            "Send either file or video_url, not both.",
        ),
    ],
)
def test_a_form_that_cannot_be_used_says_which_field_is_wanted(
    memory_app: InMemoryApp, library: Api, parts: list[bytes], message: str
) -> None:
    answer = send(library, *parts)
    assert (answer.status, answer.error["message"], answer.error["param"]) == (400, message, "file")
    assert memory_app.videos.list(ACCOUNT) == []


def test_a_file_field_left_empty_in_a_browser_is_no_file(memory_app: InMemoryApp, library: Api) -> None:
    empty = part('name="file"; filename=""', b"", "application/octet-stream")
    video = stored(memory_app, send(library, empty, part('name="video_url"', b"https://m.test/a.mp4")))
    assert video.name == "a.mp4"


@pytest.mark.parametrize("content_type", ["video/mp4", "application/octet-stream", "text/plain"])
def test_a_raw_body_is_refused_with_the_field_of_the_file(library: Api, content_type: str) -> None:
    answer = library.call("POST", "/v2/videos", body=MP4, content_type=content_type)
    assert (answer.status, answer.error["param"]) == (400, "file")
    assert content_type in answer.error["message"]
    assert "'file'" in answer.error["message"]
    assert "/v2/videos/uploads" in answer.error["message"]


def test_a_file_as_text_of_an_urlencoded_form_is_refused(library: Api) -> None:
    answer = library.call("POST", "/v2/videos", body=b"file=clip.mp4", content_type="application/x-www-form-urlencoded")
    assert (answer.status, answer.error["param"]) == (400, "file")
    assert "multipart/form-data" in answer.error["message"]
