"""What is logged during a request has the ids of the request and of the account."""

from __future__ import annotations

import io
import json
import logging

import pytest
from cinedex.kernel.pagination import Page
from cinedex.library.domain.video import Video
from cinedex.observability import logger

from tests.support.api import Api
from tests.support.memory.app_fixture import InMemoryApp


def test_a_line_has_the_request_id_of_the_response_and_the_account(
    memory_app: InMemoryApp, library: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed(*_: object) -> Page[Video]:
        logging.getLogger("cinedex.library").warning("listing")
        return Page((), None)

    monkeypatch.setattr(memory_app.videos, "page", listed)
    stream = io.StringIO()
    before = logger.registered_handler.setStream(stream)  # type: ignore[attr-defined]
    try:
        response = library.get("/v2/videos")
    finally:
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    (line,) = (line for line in lines if line["message"] == "listing")
    assert (line["request_id"], line["function"]) == (response.headers["x-request-id"], "library_api")
    assert line["account_id"] == library.account_id
