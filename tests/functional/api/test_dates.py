"""Dates of queries, forms and JSON: ISO 8601 in the extended format."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.api import Api

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
