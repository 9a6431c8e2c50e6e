"""`/v2/videos/{id}/subtitles`, and the field `subtitles` of an upload."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from cinedex.kernel.errors import StoreUnavailable
from cinedex.kernel.ids import new_id
from cinedex.library.domain.object_keys import results_prefix
from cinedex.library.domain.subtitle_track import TRACKS_MAX, SubtitleSource, SubtitleTrack
from cinedex.library.domain.video import Video
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.subtitles.parse_file import BYTES_MAX

from tests.support.api import Answer, Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

SRT = (
    "1\n00:00:02,000 --> 00:00:04,000\n<i>A heron waits.</i>\n\n"
    "2\n00:00:35,000 --> 00:00:38,000\nIt catches\na zander.\n"
)


def part(name: str, body: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + body + b"\r\n"


def send(library: Api, path: str, *parts: bytes) -> Answer:
    body = b"".join(parts) + b"--b--\r\n"
    return library.call("POST", path, body=body, content_type="multipart/form-data; boundary=b")


def attach(library: Api, video: Video, text: str | bytes = SRT, **fields: str) -> Answer:
    data = text if isinstance(text, bytes) else text.encode()
    form = [part(name, value.encode()) for name, value in fields.items()]
    return send(library, f"/v2/videos/{video.video_id}/subtitles", *form, part("file", data, "film.srt"))


def found(chat: Api, query: str, **body: Any) -> list[dict[str, Any]]:
    answer = chat.post("/v2/search", {"query": query, **body})
    assert answer.status == 200, answer.body
    data: list[dict[str, Any]] = answer.body["data"]
    return data


def test_subtitles_are_listed_with_what_is_known_of_them(library: Api, video: Video) -> None:
    sent = attach(library, video, language="en", title="English SDH", hearing_impaired="true")
    assert sent.status == 201
    assert sent.body == {
        "subtitle_id": sent.body["subtitle_id"],
        "source": "sidecar",
        "format": "subrip",
        "language": "en",
        "title": "English SDH",
        "is_default": False,
        "is_forced": False,
        "is_hearing_impaired": True,
        "encoding": "utf-8",
        "cue_count": 2,
        "unread": None,
    }
    path = f"/v2/videos/{video.video_id}"
    assert library.get(f"{path}/subtitles").body == {"data": [sent.body]}
    assert library.get(path).body["metadata"]["subtitle_tracks"] == [sent.body]


def test_cues_are_read_by_pages_by_time_as_text_and_as_files(library: Api, video: Video) -> None:
    path = f"/v2/videos/{video.video_id}/subtitles/{attach(library, video).body['subtitle_id']}"
    first = library.get(path, page_limit=1).body
    assert first["data"] == [{"start": 2.0, "end": 4.0, "text": "A heron waits."}]
    second = library.get(path, page_limit=1, page_token=first["next_page_token"]).body
    assert second == {"data": [{"start": 35.0, "end": 38.0, "text": "It catches\na zander."}], "next_page_token": None}
    assert library.get(path, start=30, end=40).body["data"] == second["data"]
    assert library.get(path, format="text").body == {"text": "A heron waits. It catches a zander."}
    assert library.get(path, page_token=first["next_page_token"], start=1).status == 400


@pytest.mark.parametrize(
    ("kind", "media_type", "begins"),
    [("srt", "application/x-subrip", "1\n00:00:02,000 --> "), ("vtt", "text/vtt", "WEBVTT\n\n00:00:02.000 --> ")],
)
def test_subtitles_are_exported(library: Api, video: Video, kind: str, media_type: str, begins: str) -> None:
    path = f"/v2/videos/{video.video_id}/subtitles/{attach(library, video).body['subtitle_id']}"
    event = library._event("GET", path, f"format={kind}")
    answer = library.handler(event, None)
    assert answer["headers"]["content-type"].startswith(media_type)
    body = base64.b64decode(answer["body"]).decode() if answer["isBase64Encoded"] else answer["body"]
    assert body.startswith(begins)


@pytest.mark.parametrize("kind", ["text", "srt", "vtt"])
def test_an_export_that_no_response_can_hold_asks_for_a_range(
    library: Api, video: Video, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("cinedex.api.response_size.RESPONSE_BYTES_MAX", 70)
    text = SRT.replace("A heron waits.", "A heron waits " + "longer " * 10)
    path = f"/v2/videos/{video.video_id}/subtitles/{attach(library, video, text).body['subtitle_id']}"
    refused = library.get(path, format=kind)
    assert (refused.status, refused.error["param"]) == (413, "format")
    assert "start and end" in refused.error["message"]
    event = library._event("GET", path, f"format={kind}&start=30&end=40")
    assert library.handler(event, None)["statusCode"] == 200


def test_subtitles_are_searched_at_once_as_a_source_of_their_own(library: Api, chat: Api, video: Video) -> None:
    assert found(chat, "zander") == []
    attach(library, video)
    (moment,) = found(chat, "zander")
    assert (moment["matched"][0], "subtitle" in moment["matched_by"]) == ("subtitle", True)
    assert moment["subtitles"] == "It catches a zander."
    (literal,) = found(chat, "CATCHES A zander", strategy="text", fields=["subtitles"])
    assert literal["start"] == moment["start"]
    assert found(chat, "zander", strategy="text", fields=["transcript", "captions"]) == []
    report = chat.post("/v2/search", {"query": "zander", "include_report": True}).body["report"]
    assert "(subtitle" in report


@pytest.mark.parametrize(("language", "found_there"), [("de", True), ("ger", True), ("de-AT", True), ("cy", False)])
def test_subtitles_are_searched_by_the_inflections_of_their_language(
    library: Api, chat: Api, video: Video, language: str, found_there: bool
) -> None:
    attach(library, video, "1\n00:00:02,000 --> 00:00:04,000\nDas Haus am Hafen\n", language=language)
    moments = found(chat, "Häuser", signals=["subtitle"])
    assert bool(moments) is found_there
    assert all(h == "Das <em>Haus</em> am Hafen" for m in moments for h in m["highlights"])
    assert found(chat, "haus hafen")


def test_an_answer_cites_a_subtitle_with_its_own_time(library: Api, chat: Api, video: Video) -> None:
    attach(library, video)
    question = {"messages": [{"role": "user", "content": "What catches a zander?"}]}
    answer = chat.post("/v2/chat", question).body
    assert "(subtitle)" in answer["response"]
    (citation, *_) = [c for c in answer["citations"] if c["source"] == "subtitle"]
    assert (citation["start"], citation["end"]) == (35.0, 38.0)


def test_the_same_file_twice_is_one_track(library: Api, video: Video) -> None:
    first, again = attach(library, video), attach(library, video)
    assert first.body == again.body
    assert len(library.get(f"/v2/videos/{video.video_id}/subtitles").body["data"]) == 1


def test_removed_subtitles_are_neither_stored_nor_found(
    memory_app: InMemoryApp, library: Api, chat: Api, video: Video
) -> None:
    path = f"/v2/videos/{video.video_id}/subtitles/{attach(library, video).body['subtitle_id']}"
    assert library.delete(path).status == 200
    assert found(chat, "zander") == []
    assert not [key for key in memory_app.results.documents if "subtitles" in key]
    assert [library.get(path).status, library.delete(path).status] == [404, 404]


def test_subtitles_are_kept_when_the_video_is_analysed_again(
    memory_app: InMemoryApp, library: Api, chat: Api, video: Video
) -> None:
    attach(library, video)
    _, run = memory_app.analysing(memory_app.now(video), force=True)
    memory_app.run_analysis(run)
    assert found(chat, "zander")
    assert len(memory_app.now(video).subtitles) == 1


def test_a_deleted_video_leaves_no_subtitles(memory_app: InMemoryApp, library: Api, video: Video) -> None:
    attach(library, video)
    library.delete(f"/v2/videos/{video.video_id}")
    prefix = results_prefix(ACCOUNT, video.video_id)
    assert not [key for key in memory_app.results.documents if key.startswith(prefix)]


def test_another_account_reads_attaches_and_removes_nothing(library: Api, video: Video) -> None:
    path = f"/v2/videos/{video.video_id}/subtitles"
    track = attach(library, video).body["subtitle_id"]
    other = replace(library, account_id="another")
    answers = [other.get(path), attach(other, video), other.get(f"{path}/{track}"), other.delete(f"{path}/{track}")]
    assert [answer.status for answer in answers] == [404] * 4
    assert library.get(f"{path}/{track}").status == 200


def test_embedded_subtitles_that_are_pictures_are_listed_with_the_reason(
    memory_app: InMemoryApp, library: Api, video: Video
) -> None:
    track = SubtitleTrack(
        track_id="embedded-0", source=SubtitleSource.EMBEDDED, format="hdmv_pgs_subtitle", unread="They are pictures."
    )
    memory_app.videos.save(memory_app.now(video).with_embedded_subtitles([track]))
    path = f"/v2/videos/{video.video_id}/subtitles"
    assert library.get(path).body["data"][0]["unread"] == "They are pictures."
    unread = library.get(f"{path}/embedded-0")
    assert (unread.status, unread.error["message"]) == (409, "The subtitles are not read. They are pictures.")
    assert library.delete(f"{path}/embedded-0").status == 422


@pytest.mark.parametrize(
    ("parts", "message", "param"),
    [
        ([part("file", b"no times", "a.srt")], "Line 1: 'no times' does not begin a subtitle file.", "file"),
        ([part("subtitle", SRT.encode(), "a.srt")], "The file is in the field 'subtitle'.", "file"),
        ([], "Send one subtitle file in the field 'file'.", "file"),
        ([part("file", SRT.encode(), "a.srt"), part("forced", b"perhaps")], "forced", "forced"),
    ],
)
def test_a_form_that_cannot_be_used_says_why(
    library: Api, video: Video, parts: list[bytes], message: str, param: str
) -> None:
    answer = send(library, f"/v2/videos/{video.video_id}/subtitles", *parts)
    assert (answer.status, answer.error["param"]) == (400, param)
    assert message in answer.error["message"]


def test_a_body_that_is_no_form_says_which_field_is_wanted(library: Api, video: Video) -> None:
    answer = library.post(f"/v2/videos/{video.video_id}/subtitles", {"file": SRT})
    assert (answer.status, answer.error["param"]) == (400, "file")


def test_subtitles_may_be_sent_with_an_upload(memory_app: InMemoryApp, library: Api) -> None:
    video_part, english = part("file", b"bytes", "film.mp4"), part("subtitles", SRT.encode(), "film.en.srt")
    vtt = part("subtitles", "WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour\n".encode("utf-16"), "film.fr.vtt")
    answer = send(library, "/v2/videos", video_part, english, vtt)
    assert answer.status == 202
    video = memory_app.videos.get(ACCOUNT, answer.body["video_id"])
    assert [track.format for track in video.subtitles] == ["subrip", "webvtt"]


def test_an_upload_with_subtitles_that_cannot_be_read_stores_nothing(memory_app: InMemoryApp, library: Api) -> None:
    answer = send(library, "/v2/videos", part("file", b"bytes", "film.mp4"), part("subtitles", b"?", "film.srt"))
    assert (answer.status, memory_app.videos.list(ACCOUNT)) == (400, [])


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"?", 400, "film.srt: Line 1: '?' does not begin a subtitle file."),
        (b"", 400, "film.srt: The subtitle file is empty."),
        (b"x" * (BYTES_MAX + 1), 413, f"film.srt: The subtitle file is larger than {BYTES_MAX} bytes."),
    ],
)
@pytest.mark.parametrize("video_part", [part("file", b"bytes", "film.mp4"), part("video_url", b"http://a.test/b.mp4")])
def test_subtitles_of_an_upload_that_cannot_be_used_are_named_before_anything_is_stored(
    memory_app: InMemoryApp, library: Api, video_part: bytes, body: bytes, status: int, message: str
) -> None:
    answer = send(library, "/v2/videos", video_part, part("subtitles", body, "film.srt"))
    assert (answer.status, answer.error["param"]) == (status, "subtitles")
    assert message in answer.error["message"]
    assert (memory_app.videos.list(ACCOUNT), memory_app.media.files, memory_app.fetcher.requested) == ([], {}, [])


def test_more_subtitles_than_a_video_can_have_are_refused_before_anything_is_stored(
    memory_app: InMemoryApp, library: Api
) -> None:
    parts = [part("subtitles", SRT.encode(), f"{number}.srt") for number in range(TRACKS_MAX + 1)]
    answer = send(library, "/v2/videos", part("file", b"bytes", "film.mp4"), *parts)
    assert (answer.status, answer.error["param"], memory_app.videos.list(ACCOUNT)) == (400, "subtitles", [])


def test_subtitles_of_an_upload_need_no_file_name(memory_app: InMemoryApp, library: Api) -> None:
    sent = send(library, "/v2/videos", part("video_url", b"http://a.test/b.mp4"), part("subtitles", SRT.encode()))
    assert sent.status == 202
    assert [track.cue_count for track in memory_app.videos.get(ACCOUNT, sent.body["video_id"]).subtitles] == [2]


@pytest.mark.parametrize("video_part", [part("file", b"bytes", "film.mp4"), part("video_url", b"http://a.test/b.mp4")])
@pytest.mark.parametrize("broken", ["file", "publish"])
def test_an_upload_whose_store_fails_leaves_neither_a_video_nor_cues(
    memory_app: InMemoryApp, library: Api, monkeypatch: pytest.MonkeyPatch, video_part: bytes, broken: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("The store does not answer.")

    monkeypatch.setattr(memory_app.media, "put", fail)
    monkeypatch.setattr(memory_app.fetcher, "request_fetch", fail)
    if broken == "publish":
        monkeypatch.setattr(PublishVideo, "__call__", fail)
    answer = send(library, "/v2/videos", video_part, part("subtitles", SRT.encode(), "film.srt"))
    assert (answer.status, memory_app.videos.list(ACCOUNT), memory_app.results.documents) == (503, [], {})


def test_a_video_has_a_limited_number_of_tracks(library: Api, video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cinedex.subtitles.attach_subtitles.TRACKS_MAX", 1)
    assert attach(library, video, title="one").status == 201
    assert attach(library, video, title="one").status == 201
    assert attach(library, video, title="two").status == 409


def test_an_unknown_video_has_no_subtitles(library: Api, video: Video) -> None:
    assert library.get(f"/v2/videos/{new_id()}/subtitles").status == 404
