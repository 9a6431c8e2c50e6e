"""Dates of queries, forms and JSON: ISO 8601 in the extended format; an upper bound without a time is a whole day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from cinedex.api.reka.schemas.search_request import SearchBody
from cinedex.kernel.ids import new_id

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

NO_DATES = ("2027", "20261201", "20261201T100000Z", "1714557600", "2026-12", "2026-335", "2026-W49-1", "1e9", "-1", "")
REQUIREMENT = "must be a date and time such as 2026-05-01T10:00:00Z."
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("text", NO_DATES)
@pytest.mark.parametrize("name", ["created_from", "created_to", "recorded_from", "recorded_to"])
def test_a_query_with_a_number_or_another_format_as_a_date_is_refused(library: Api, name: str, text: str) -> None:
    answer = library.get("/v2/videos", **{name: text})
    assert (answer.status, answer.error["param"], answer.error["message"]) == (400, name, f"{name} {REQUIREMENT}")


@pytest.mark.parametrize("text", NO_DATES)
def test_a_form_with_a_number_or_another_format_as_a_date_is_refused(library: Api, text: str) -> None:
    body = urlencode({"video_url": "https://m.test/a.mp4", "recorded_at": text}).encode()
    answer = library.call("POST", "/v2/videos", body=body or None, content_type=FORM)
    assert (answer.status, answer.error["param"]) == (400, "recorded_at")
    assert answer.error["message"] == f"recorded_at {REQUIREMENT}"


@pytest.mark.parametrize("value", [*NO_DATES, 2026, 1714557600.5, True])
def test_json_with_a_number_or_another_format_as_a_date_is_refused(library: Api, chat: Api, value: Any) -> None:
    upload = library.post("/v2/videos", {"video_url": "https://m.test/a.mp4", "recorded_at": value})
    key = library.post("/v2/api-keys", {"name": "guest", "expires_at": value})
    search = chat.post("/v2/search", {"query": "rocket", "datetime_to": value})
    for answer, field in ((upload, "recorded_at"), (key, "expires_at"), (search, "datetime_to")):
        assert (answer.status, answer.error["param"]) == (400, field)
        assert answer.error["message"] == f"{field} {REQUIREMENT}"


@pytest.mark.parametrize("text", NO_DATES)
def test_a_day_of_the_usage_in_another_format_is_refused(library: Api, text: str) -> None:
    answer = library.get("/v2/usage", to=text)
    assert (answer.status, answer.error["message"]) == (400, "to must be a date such as 2026-05-01.")


@pytest.mark.parametrize(
    "text", ["2026-12-01", "2026-12-01T10:00", "2026-12-01T10:00:00.5Z", "2026-12-01 10:00:00+02:00"]
)
def test_a_date_in_the_extended_format_is_accepted(library: Api, text: str) -> None:
    assert library.get("/v2/videos", created_from=text).status == 200


def test_a_day_as_an_upper_bound_includes_all_of_its_videos(memory_app: InMemoryApp, library: Api) -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    created_at, recorded_at = noon.replace(hour=23, minute=59, second=59, microsecond=999_000), noon
    video = memory_app.uploaded(
        video_id=new_id(), account_id=ACCOUNT, created_at=created_at, recorded_at=recorded_at, name="Tour"
    )
    for bounds in ("created", "recorded"):
        for text, ids in (("2026-04-30", []), ("2026-05-01", [video.video_id]), ("2026-05-01T00:00:00Z", [])):
            query = {f"{bounds}_to": text, "name": "tour"}
            assert [v["video_id"] for v in library.get("/v2/videos", **query).body["results"]] == ids, query
    same_day = {"created_from": "2026-05-01", "created_to": "2026-05-01", "name": "tour"}
    assert len(library.get("/v2/videos", **same_day).body["results"]) == 1


def test_the_same_day_as_both_bounds_of_a_search_is_that_day() -> None:
    body = {"query": "rocket", "datetime_from": "2026-05-01", "datetime_to": "2026-05-01"}
    day = SearchBody.model_validate(body).request(ACCOUNT).scope
    assert day.datetime_from == datetime(2026, 5, 1, tzinfo=UTC)
    assert day.datetime_to == datetime(2026, 5, 1, 23, 59, 59, 999_999, tzinfo=UTC)
