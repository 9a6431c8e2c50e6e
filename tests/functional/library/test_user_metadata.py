"""What people tell of a video when they upload or change it, and searching by it, over HTTP."""

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
TOLD = {"camera": "north gate", "floor": 3, "indoors": True, "height_m": 2.5}
RECORDED = datetime(2026, 5, 1, 10, tzinfo=UTC)


def uploaded(library: Api, **fields: Any) -> Answer:
    return library.post("/v2/videos", {"video_url": URL, **fields})


def shown(library: Api, answer: Answer) -> dict[str, Any]:
    assert answer.status in (200, 202), answer.body
    body: dict[str, Any] = library.get(f"/v2/videos/{answer.body['video_id']}").body
    return body


def test_what_is_told_at_the_upload_is_shown_with_the_video(library: Api) -> None:
    video = shown(library, uploaded(library, metadata=TOLD, recorded_at="2026-05-01T12:00:00+02:00"))
    assert video["user_metadata"] == TOLD
    assert datetime.fromisoformat(video["recorded_at"]) == RECORDED
    assert video["metadata"]["video_start_timestamp_utc_ms"] == RECORDED.timestamp() * 1000


def test_a_form_tells_the_same_in_its_fields(library: Api) -> None:
    start_ms = round(RECORDED.timestamp() * 1000)
    form = urlencode({"video_url": URL, "metadata": json.dumps(TOLD), "video_start_timestamp_utc_ms": start_ms})
    kind = "application/x-www-form-urlencoded"
    video = shown(library, library.call("POST", "/v2/videos", body=form.encode(), content_type=kind))
    assert video["user_metadata"] == TOLD
    assert datetime.fromisoformat(video["recorded_at"]) == RECORDED


def test_a_promised_upload_tells_it_too(library: Api) -> None:
    promised = {"video_name": "a.mp4", "size_bytes": 5, "metadata": TOLD, "recorded_at": "2026-05-01T10:00:00Z"}
    assert shown(library, library.post("/v2/videos/uploads", promised))["user_metadata"] == TOLD


def test_an_update_replaces_the_metadata_as_a_whole_and_leaves_what_it_does_not_name(library: Api) -> None:
    path = f"/v2/videos/{uploaded(library, metadata=TOLD).body['video_id']}"
    assert library.patch(path, {"recorded_at": "2026-05-01T10:00:00"}).body["user_metadata"] == TOLD
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
def test_what_cannot_be_kept_is_refused_with_its_name(library: Api, bad: dict[str, Any]) -> None:
    path = f"/v2/videos/{uploaded(library).body['video_id']}"
    for answer in (uploaded(library, **bad), library.patch(path, bad)):
        assert (answer.status, answer.body["error"]["type"]) == (400, "validation_error")


def test_what_people_say_of_the_recording_is_believed_before_the_file(memory_app: InMemoryApp, library: Api) -> None:
    told, untold = uploaded(library, recorded_at="2026-05-01T10:00:00Z"), uploaded(library)
    for answer in (told, untold):
        video = memory_app.videos.get(ACCOUNT, answer.body["video_id"])
        probe = Probe(duration_s=5, format="mp4", recorded_at=datetime(2017, 9, 26, tzinfo=UTC))
        memory_app.videos.save(video.uploaded(StoredMedia(bucket="media", key=video.media.key, etag="1"), probe))
    assert shown(library, told)["recorded_at"].startswith("2026-05-01")
    assert shown(library, untold)["recorded_at"].startswith("2017-09-26")


def test_a_search_looks_only_into_videos_that_are_what_the_filter_says(
    memory_app: InMemoryApp, library: Api, chat: Api
) -> None:
    north = memory_app.analysed(account_id=ACCOUNT, user_metadata=TOLD)
    memory_app.analysed(account_id=ACCOUNT, user_metadata={"camera": "south gate", "floor": 1})

    def found(**narrowed: Any) -> set[str]:
        answer = chat.post("/v2/search", {"query": "rocket", "threshold": "none", "group": False, "filter": narrowed})
        assert answer.status == 200, answer.body
        return {hit["video_id"] for hit in answer.body["data"]}

    assert len(found()) == 2
    assert found(metadata={"camera": "north gate", "floor": {"gte": 2, "lte": 5}}) == {north.video_id}
    assert found(metadata={"floor": {"gte": 10}}) == set()
    assert len(found(language=["en-GB"], features=["transcript", "objects"])) == 2
    assert found(language=["de"]) == set()
    assert found(features=["chapters"]) == set()


@pytest.mark.parametrize(
    "narrowed",
    [
        {"metadata": {"floor": {"from": 1}}},
        {"metadata": {"floor": [1, 2]}},
        {"metadata": {"floor": None}},
        {"features": ["smell"]},
        {"language": "en"},
    ],
)
def test_a_filter_that_says_nothing_sensible_is_refused(chat: Api, narrowed: dict[str, Any]) -> None:
    answer = chat.post("/v2/search", {"query": "rocket", "filter": narrowed})
    assert (answer.status, answer.body["error"]["type"]) == (400, "validation_error")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ('{"gte": 9e400}', "gte: Input should be a finite number"),
        ('{"gte": 1, "lte": ' + "9" * 400 + "}", "lte: Input should be a finite number"),
        ("9" * 400, "Input should be a finite number"),
        (json.dumps("x" * 501), "String should have at most 500 characters"),
        ('{"from": 1}', "from: Extra inputs are not permitted"),
        ("[1]", "Input should be a string, a number, a boolean or a range of numbers"),
    ],
    ids=["range", "long range", "long number", "long text", "no range", "list"],
)
def test_a_refused_filter_says_what_is_wrong_with_the_kind_of_value_it_holds(
    chat: Api, wanted: str, message: str
) -> None:
    body = f'{{"query": "rocket", "filter": {{"metadata": {{"floor": {wanted}}}}}}}'
    answer = chat.call("POST", "/v2/search", body=body.encode())
    assert (answer.status, answer.error["param"]) == (400, "filter.metadata.floor")
    assert answer.error["message"] == f"filter.metadata.floor: {message}"


def test_metadata_that_no_number_can_hold_is_refused_for_that(library: Api) -> None:
    body = f'{{"video_url": "{URL}", "metadata": {{"floor": {"9" * 400}}}}}'
    answer = library.call("POST", "/v2/videos", body=body.encode())
    assert answer.status == 400
    assert "Input should be a finite number" in answer.error["message"]


@pytest.mark.parametrize("start", ["1e400", "-1"])
def test_a_time_that_cannot_be_is_refused_by_its_own_name(chat: Api, start: str) -> None:
    answer = chat.call("POST", "/v2/search", body=f'{{"query": "rocket", "timestamp_from": {start}}}'.encode())
    assert (answer.status, answer.error["param"]) == (400, "timestamp_from")


def test_a_time_behind_every_video_finds_nothing(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    answer = chat.post("/v2/search", {"query": "rocket", "threshold": "none", "timestamp_from": 1e12})
    assert (answer.status, answer.body["data"]) == (200, [])


def test_what_is_told_in_words_can_be_searched(memory_app: InMemoryApp, chat: Api, library: Api) -> None:
    video = memory_app.analysed(account_id=ACCOUNT)
    library.patch(f"/v2/videos/{video.video_id}", {"metadata": {"place": "Reykjavik harbour", "floor": 3}})
    hits = chat.post("/v2/search", {"query": "Reykjavik", "threshold": "none"}).body["data"]
    assert hits[0]["matched"] == ["about"]
