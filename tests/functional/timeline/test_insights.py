"""`/v2/videos/{id}/transcript`, `captions`, `screen-text`, `scenes` and `objects`."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cinedex.api.response_size import RESPONSE_BYTES_MAX
from cinedex.kernel.span import span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.timeline.entries import TimelineEntry, Track

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp


def exported(library: Api, path: str, query: str) -> tuple[dict[str, str], str]:
    """The headers and the text of a file."""
    answer = library.handler(library._event("GET", path, query), None)
    body = answer["body"]
    return answer["headers"], base64.b64decode(body).decode() if answer["isBase64Encoded"] else body


def test_a_transcript_is_read_as_segments_as_words_and_as_text(library: Api, video: Video) -> None:
    path = f"/v2/videos/{video.video_id}/transcript"
    segments = library.get(path).body
    assert segments["data"][0] == {"start": 1.0, "end": 4.0, "text": "The rocket is ready.", "language": "en"}
    words = library.get(path, format="words").body
    assert [w["text"] for w in words["data"]][:2] == ["The", "rocket"]
    text = library.get(path, format="text", page_limit=1).body
    assert text == {"text": "The rocket is ready. A cat drinks coffee."}


def test_a_translation_is_read_apart_from_the_transcript(memory_app: InMemoryApp, library: Api, video: Video) -> None:
    path = f"/v2/videos/{video.video_id}/transcript"
    assert library.get(path, translation="en").status == 409
    memory_app.videos.save(video.changed(translated_to="en"))
    entry = TimelineEntry(index=0, span=span(1, 4), body={"text": "Good day."})
    generation = video.feature(Feature.TRANSCRIPT).generation
    memory_app.timeline.replace(video.video_id, Track.TRANSLATION, generation, [entry])
    expected = {"start": 1.0, "end": 4.0, "text": "Good day.", "language": None}
    assert library.get(path, translation="en").body["data"] == [expected]
    assert library.get(path, translation="en", format="text").body == {"text": "Good day."}
    assert library.get(path, translation="en", format="words").status == 400
    assert "Good day." not in library.get(path, format="text").body["text"]


@pytest.mark.parametrize(
    ("kind", "media_type", "begins"),
    [
        ("srt", "application/x-subrip", "1\n00:00:01,000 --> 00:00:04,000\nThe rocket is ready.\n\n2\n"),
        ("vtt", "text/vtt", "WEBVTT\nLanguage: en\n\n00:00:01.000 --> 00:00:04.000\nThe rocket is ready.\n\n"),
    ],
)
def test_a_transcript_is_exported_with_its_language(
    memory_app: InMemoryApp, library: Api, video: Video, kind: str, media_type: str, begins: str
) -> None:
    memory_app.videos.save(memory_app.now(video).changed(language="en", languages=("en",)))
    path = f"/v2/videos/{video.video_id}/transcript"
    headers, body = exported(library, path, f"format={kind}")
    assert headers["content-type"].startswith(media_type)
    assert (headers["content-language"], f'="transcript.en.{kind}"' in headers["content-disposition"]) == ("en", True)
    assert body.startswith(begins)
    assert "rocket" not in exported(library, path, f"format={kind}&start=10")[1]


def test_a_translation_is_exported_although_its_words_have_no_times(
    memory_app: InMemoryApp, library: Api, video: Video
) -> None:
    path = f"/v2/videos/{video.video_id}/transcript"
    assert library.get(path, translation="en", format="srt").status == 409
    memory_app.videos.save(video.changed(translated_to="en"))
    generation = video.feature(Feature.TRANSCRIPT).generation
    entry = TimelineEntry(index=0, span=span(1, 4), body={"text": "Good day."})
    memory_app.timeline.replace(video.video_id, Track.TRANSLATION, generation, [entry])
    body = exported(library, path, "format=srt&translation=en")[1]
    assert body == "1\n00:00:01,000 --> 00:00:04,000\nGood day.\n\n"


def test_another_account_exports_no_transcript(library: Api, video: Video) -> None:
    other = replace(library, account_id="another")
    assert other.get(f"/v2/videos/{video.video_id}/transcript", format="srt").status == 404


@pytest.mark.parametrize("format_", ["segments", "words"])
def test_pages_continue_with_their_token_until_the_last(library: Api, video: Video, format_: str) -> None:
    path, query = f"/v2/videos/{video.video_id}/transcript", {"format": format_, "page_limit": 1}
    first = library.get(path, **query).body
    assert (len(first["data"]), first["next_page_token"] is None) == (1, False)
    read, page = [*first["data"]], first
    while page["next_page_token"]:
        page = library.get(path, **query, page_token=page["next_page_token"]).body
        read += page["data"]
    assert " ".join(r["text"] for r in read) == "The rocket is ready. A cat drinks coffee."


def test_captions_scenes_objects_and_screen_text_are_read_by_time(library: Api, video: Video) -> None:
    path = f"/v2/videos/{video.video_id}"
    captions = library.get(f"{path}/captions", start=21, end=22).body["data"]
    assert captions == [{"start": 20.0, "end": 40.0, "caption": "Segment 1.", "model": "captioner@1"}]
    scenes = library.get(f"{path}/scenes").body["data"]
    assert scenes == [{"index": 0, "start": 0.0, "end": 20.0}, {"index": 1, "start": 20.0, "end": 60.0}]
    assert library.get(f"{path}/screen-text").body["data"] == [{"start": 0.0, "end": 60.0, "text": "CHUNK 0"}]
    (first, *_) = library.get(f"{path}/objects").body["data"]
    assert first["detections"] == [
        {
            "type": "person",
            "bbox": [1, 2, 30, 40],
            "frame_idx": 250,
            "frame_timestamp_start": 10.0,
            "frame_timestamp_end": 11.0,
            "person_id": None,
            "score": 0.912,
        }
    ]


def test_objects_of_a_kind_without_detections_are_an_empty_list(library: Api, video: Video) -> None:
    assert library.get(f"/v2/videos/{video.video_id}/objects", type="face").body["data"] == []


@pytest.mark.parametrize("insight", ["transcript", "captions", "scenes", "objects", "screen-text"])
def test_an_insight_that_is_not_ready_names_the_feature_and_its_status(
    memory_app: InMemoryApp, library: Api, insight: str
) -> None:
    fresh = memory_app.uploaded(account_id=ACCOUNT)
    answer = library.get(f"/v2/videos/{fresh.video_id}/{insight}")
    assert (answer.status, answer.error["type"]) == (409, "conflict_error")
    assert "Current status: none." in answer.error["message"]


@pytest.mark.parametrize(
    "query",
    [
        {"start": -1},
        {"start": 5, "end": 4},
        {"start": "nan"},
        {"start": "inf"},
        {"start": "inf", "end": "inf"},
        {"start": "1e400"},
        {"start": "x"},
        {"page_limit": 0},
        {"page_limit": 501},
        {"page_limit": "x"},
        {"page_token": "!!!"},
        {"page_token": "KyIyIg"},
        {"format": "docx"},
    ],
)
def test_an_invalid_query_of_an_insight_is_malformed(library: Api, video: Video, query: dict[str, Any]) -> None:
    answer = library.get(f"/v2/videos/{video.video_id}/transcript", **query)
    assert (answer.status, answer.error["type"]) == (400, "validation_error")


@pytest.mark.parametrize("end", ["inf", "1e300", "1e9"])
def test_the_range_of_an_insight_may_end_after_the_video(library: Api, video: Video, end: str) -> None:
    answer = library.get(f"/v2/videos/{video.video_id}/transcript", start=30, end=end)
    assert (answer.status, len(answer.body["data"])) == (200, 1)


def test_a_page_of_crowded_pictures_is_smaller_than_a_response(
    memory_app: InMemoryApp, library: Api, video: Video
) -> None:
    """Five hundred entries of a thousand detections are sixty megabytes."""
    detection = {"type": "person", "bbox": [1000] * 4, "frame_idx": 10_000, "at_s": 0.25, "until_s": 0.45, "score": 0.5}
    crowd = [TimelineEntry(index=i, span=span(i, i + 1), body={"detections": [detection] * 1_000}) for i in range(60)]
    memory_app.timeline.replace(video.video_id, Track.OBJECTS, video.feature(Feature.OBJECTS).generation, crowd)
    path, token, starts = f"/v2/videos/{video.video_id}/objects", {}, list[float]()
    while True:
        answer = library.get(path, page_limit=500, **token)
        assert len(json.dumps(answer.body)) < RESPONSE_BYTES_MAX
        starts += [item["start"] for item in answer.body["data"]]
        if answer.body["next_page_token"] is None:
            break
        token = {"page_token": answer.body["next_page_token"]}
    assert starts == list(map(float, range(60)))


def test_a_text_that_no_response_can_hold_asks_for_a_range(
    library: Api, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinedex.api.response_size.RESPONSE_BYTES_MAX", 30)
    path = f"/v2/videos/{video.video_id}/transcript"
    refused = library.get(path, format="text")
    assert (refused.status, refused.error["param"]) == (413, "format")
    assert library.get(path, format="text", start=30).body == {"text": "A cat drinks coffee."}
