"""User metadata and the start of the recording, over HTTP: uploads, updates and search filters."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import StoredMedia

from tests.support.api import Answer, Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

URL = "https://media.test/clip.mp4"
METADATA = {"camera": "north gate", "floor": 3, "indoors": True, "height_m": 2.5}
RECORDED = datetime(2026, 5, 1, 10, tzinfo=UTC)


def uploaded(library: Api, **fields: Any) -> Answer:
    return library.post("/v2/videos", {"video_url": URL, **fields})


def read_back(library: Api, answer: Answer) -> dict[str, Any]:
    assert answer.status in (200, 202), answer.body
    body: dict[str, Any] = library.get(f"/v2/videos/{answer.body['video_id']}").body
    return body


def test_metadata_of_an_upload_is_returned_with_the_video(library: Api) -> None:
    video = read_back(library, uploaded(library, metadata=METADATA, recorded_at="2026-05-01T12:00:00+02:00"))
    assert video["user_metadata"] == METADATA
    assert datetime.fromisoformat(video["recorded_at"]) == RECORDED
    assert video["metadata"]["video_start_timestamp_utc_ms"] == RECORDED.timestamp() * 1000


def test_a_form_sends_metadata_as_a_json_string(library: Api) -> None:
    start_ms = round(RECORDED.timestamp() * 1000)
    form = urlencode({"video_url": URL, "metadata": json.dumps(METADATA), "video_start_timestamp_utc_ms": start_ms})
    kind = "application/x-www-form-urlencoded"
    video = read_back(library, library.call("POST", "/v2/videos", body=form.encode(), content_type=kind))
    assert video["user_metadata"] == METADATA
    assert datetime.fromisoformat(video["recorded_at"]) == RECORDED


def test_a_presigned_upload_has_metadata_too(library: Api) -> None:
    request = {"video_name": "a.mp4", "size_bytes": 5, "metadata": METADATA, "recorded_at": "2026-05-01T10:00:00Z"}
    assert read_back(library, library.post("/v2/videos/uploads", request))["user_metadata"] == METADATA


def test_an_update_replaces_the_whole_metadata_and_no_other_field(library: Api) -> None:
    path = f"/v2/videos/{uploaded(library, metadata=METADATA).body['video_id']}"
    assert library.patch(path, {"recorded_at": "2026-05-01T10:00:00"}).body["user_metadata"] == METADATA
    changed = library.patch(path, {"metadata": {"floor": 4}}).body
    assert changed["user_metadata"] == {"floor": 4}
    assert datetime.fromisoformat(changed["recorded_at"]) == RECORDED
    assert library.patch(path, {"metadata": {}}).body["user_metadata"] == {}


BAD: list[dict[str, Any]] = [
    {"metadata": {"nested": {"a": 1}}},
    {"metadata": {"list": [1]}},
    {"metadata": {"nothing": None}},
    {"metadata": {"": "no name"}},
    {"metadata": {"k" * 101: 1}},
    {"metadata": {"long": "x" * 501}},
    {"metadata": {f"key {n}": n for n in range(51)}},
    {"metadata": {f"key {n}": "x" * 400 for n in range(40)}},
    {"metadata": "not json"},
    {"recorded_at": "yesterday"},
    {"recorded_at": "0001-01-01T00:00:00Z"},
    {"video_start_timestamp_utc_ms": 10**18},
    {"recorded_at": "2026-05-01T10:00:00Z", "video_start_timestamp_utc_ms": 1},
]


@pytest.mark.parametrize("bad", BAD)
def test_invalid_metadata_is_a_validation_error(library: Api, bad: dict[str, Any]) -> None:
    path = f"/v2/videos/{uploaded(library).body['video_id']}"
    for answer in (uploaded(library, **bad), library.patch(path, bad)):
        assert (answer.status, answer.body["error"]["type"]) == (400, "validation_error")


def test_a_given_recording_start_takes_precedence_over_that_of_the_file(memory_app: InMemoryApp, library: Api) -> None:
    with_start, without_start = uploaded(library, recorded_at="2026-05-01T10:00:00Z"), uploaded(library)
    for answer in (with_start, without_start):
        video = memory_app.videos.get(ACCOUNT, answer.body["video_id"])
        probe = Probe(duration_s=5, format="mp4", recorded_at=datetime(2017, 9, 26, tzinfo=UTC))
        memory_app.videos.save(video.uploaded(StoredMedia(bucket="media", key=video.media.key, etag="1"), probe))
    assert read_back(library, with_start)["recorded_at"].startswith("2026-05-01")
    assert read_back(library, without_start)["recorded_at"].startswith("2017-09-26")


def test_a_search_is_restricted_to_videos_that_match_the_filter(
    memory_app: InMemoryApp, library: Api, chat: Api
) -> None:
    north = memory_app.analysed(account_id=ACCOUNT, user_metadata=METADATA)
    memory_app.analysed(account_id=ACCOUNT, user_metadata={"camera": "south gate", "floor": 1})

    def search(**filters: Any) -> set[str]:
        answer = chat.post("/v2/search", {"query": "rocket", "threshold": "none", "group": False, "filter": filters})
        assert answer.status == 200, answer.body
        return {hit["video_id"] for hit in answer.body["data"]}

    assert len(search()) == 2
    assert search(metadata={"camera": "north gate", "floor": {"gte": 2, "lte": 5}}) == {north.video_id}
    assert search(metadata={"floor": {"gte": 10}}) == set()
    assert len(search(language=["en-GB"], features=["transcript", "objects"])) == 2
    assert search(language=["de"]) == set()
    assert search(features=["chapters"]) == set()


@pytest.mark.parametrize(
    "filters",
    [
        {"metadata": {"floor": {"from": 1}}},
        {"metadata": {"floor": [1, 2]}},
        {"metadata": {"floor": None}},
        {"features": ["smell"]},
        {"language": "en"},
    ],
)
def test_an_invalid_filter_is_a_validation_error(chat: Api, filters: dict[str, Any]) -> None:
    answer = chat.post("/v2/search", {"query": "rocket", "filter": filters})
    assert (answer.status, answer.body["error"]["type"]) == (400, "validation_error")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('{"gte": 9e400}', "is not valid: gte must be a finite number."),
        ('{"gte": 1, "lte": ' + "9" * 400 + "}", "is not valid: lte must be a finite number."),
        ("9" * 400, "must be a finite number."),
        (json.dumps("x" * 501), "must have at most 500 characters."),
        ('{"from": 1}', "must be a range with gte and lte, not 'from'."),
        ("[1]", "must be a string, a number, a boolean or a range of numbers."),
    ],
    ids=["range", "long range", "long number", "long text", "no range", "list"],
)
def test_the_message_for_an_invalid_filter_fits_the_type_of_its_value(chat: Api, value: str, message: str) -> None:
    body = f'{{"query": "rocket", "filter": {{"metadata": {{"floor": {value}}}}}}}'
    answer = chat.call("POST", "/v2/search", body=body.encode())
    assert (answer.status, answer.error["param"]) == (400, "filter.metadata.floor")
    assert answer.error["message"] == f"filter.metadata.floor {message}"


def test_a_number_beyond_the_range_of_floats_is_rejected(library: Api) -> None:
    body = f'{{"video_url": "{URL}", "metadata": {{"floor": {"9" * 400}}}}}'
    answer = library.call("POST", "/v2/videos", body=body.encode())
    assert answer.status == 400
    assert "must be a finite number" in answer.error["message"]


@pytest.mark.parametrize("start", ["1e400", "-1"])
def test_an_invalid_timestamp_is_named_in_the_error(chat: Api, start: str) -> None:
    answer = chat.call("POST", "/v2/search", body=f'{{"query": "rocket", "timestamp_from": {start}}}'.encode())
    assert (answer.status, answer.error["param"]) == (400, "timestamp_from")


def test_a_timestamp_after_every_video_finds_nothing(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    answer = chat.post("/v2/search", {"query": "rocket", "threshold": "none", "timestamp_from": 1e12})
    assert (answer.status, answer.body["data"]) == (200, [])


def test_words_of_the_metadata_can_be_searched(memory_app: InMemoryApp, chat: Api, library: Api) -> None:
    video = memory_app.analysed(account_id=ACCOUNT)
    library.patch(f"/v2/videos/{video.video_id}", {"metadata": {"place": "Reykjavik harbour", "floor": 3}})
    hits = chat.post("/v2/search", {"query": "Reykjavik", "threshold": "none"}).body["data"]
    assert hits[0]["matched"] == ["about"]
