"""Search and chat over HTTP while the search store is unavailable."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from cinedex.adapters.unavailable_segment_index import UnavailableSegmentIndex
from cinedex.api import errors
from cinedex.bootstrap import providers, segment_indexes
from cinedex.kernel.errors import Unavailable
from cinedex.settings import SearchSettings

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp


@pytest.fixture
def down(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> InMemoryApp:
    """Two videos are indexed before the store becomes unavailable."""
    for name in ("One", "Two"):
        memory_app.analysed(account_id=ACCOUNT, name=name)
    monkeypatch.setenv("SEARCH_STORE", "opensearch")
    monkeypatch.setattr(providers, "segment_index", UnavailableSegmentIndex)
    return memory_app


@pytest.mark.parametrize("strategy", ["semantic", "text"])
def test_both_strategies_scan_stored_segments_and_report_degraded_results(
    down: InMemoryApp, chat: Api, strategy: str
) -> None:
    answer = chat.post("/v2/search", {"query": "rocket", "strategy": strategy, "group": False})
    assert (answer.status, answer.body["degraded"]) == (200, True)
    assert {hit["video_name"] for hit in answer.body["data"]} == {"One", "Two"}
    assert all("rocket" in hit["transcript"] for hit in answer.body["data"])


@pytest.mark.parametrize("strategy", ["semantic", "text"])
def test_a_second_page_follows_the_first(down: InMemoryApp, chat: Api, strategy: str) -> None:
    request = {"query": "rocket", "strategy": strategy, "group": False, "page_limit": 1}
    first = chat.post("/v2/search", request).body
    second = chat.post("/v2/search", request | {"page_token": first["next_page_token"]})
    assert second.status == 200
    assert {first["data"][0]["video_name"], second.body["data"][0]["video_name"]} == {"One", "Two"}


def test_a_question_is_answered_from_stored_segments(down: InMemoryApp, chat: Api) -> None:
    answer = chat.post("/v2/chat", {"messages": [{"role": "user", "content": "What is said?"}]})
    assert (answer.status, answer.body["confident"]) == (200, True)
    assert "rocket" in answer.body["citations"][0]["quote"]


@pytest.mark.parametrize("url", ["", "localhost:9200"])
@pytest.mark.parametrize("strategy", ["semantic", "text"])
def test_an_error_names_the_missing_address_of_the_store(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch, strategy: str, url: str
) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    monkeypatch.setenv("SEARCH_STORE", "opensearch")
    monkeypatch.setenv("OPENSEARCH_URL", url)
    monkeypatch.setattr(providers, "segment_index", lambda: segment_indexes.segment_index(SearchSettings()))
    answer = chat.post("/v2/search", {"query": "rocket", "strategy": strategy})
    assert (answer.status, "OPENSEARCH_URL" in answer.error["message"]) == (503, True)


def test_the_cause_of_an_unavailable_store_is_logged_and_not_returned(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[dict[str, Any]] = []
    monkeypatch.setattr(errors.logger, "warning", lambda _, **fields: logged.append(fields))

    def down(*_: object) -> NoReturn:
        raise Unavailable("The store is down.") from ConnectionError("secret.host:9200")

    monkeypatch.setattr(memory_app.moments, "count", down)
    answer = chat.post("/v2/search", {"query": "rocket"})
    assert (answer.status, answer.error["message"]) == (503, "The store is down.")
    assert [str(fields["exc_info"].__cause__) for fields in logged] == ["secret.host:9200"]
