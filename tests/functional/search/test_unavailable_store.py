"""What searches and questions still get, over HTTP, when the search store does not answer."""

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
    """Two videos are indexed; then the store vanishes."""
    for name in ("One", "Two"):
        memory_app.analysed(account_id=ACCOUNT, name=name)
    monkeypatch.setenv("SEARCH_STORE", "opensearch")
    monkeypatch.setattr(providers, "segment_index", UnavailableSegmentIndex)
    return memory_app


@pytest.mark.parametrize("strategy", ["semantic", "text"])
def test_both_strategies_answer_from_what_is_stored_and_say_that_it_is_not_all(
    down: InMemoryApp, chat: Api, strategy: str
) -> None:
    answer = chat.post("/v2/search", {"query": "rocket", "strategy": strategy, "group": False})
    assert (answer.status, answer.body["degraded"]) == (200, True)
    assert {hit["video_name"] for hit in answer.body["data"]} == {"One", "Two"}
    assert all("rocket" in hit["transcript"] for hit in answer.body["data"])


@pytest.mark.parametrize("strategy", ["semantic", "text"])
def test_a_second_page_follows_the_first(down: InMemoryApp, chat: Api, strategy: str) -> None:
    asked = {"query": "rocket", "strategy": strategy, "group": False, "page_limit": 1}
    first = chat.post("/v2/search", asked).body
    second = chat.post("/v2/search", asked | {"page_token": first["next_page_token"]})
    assert second.status == 200
    assert {first["data"][0]["video_name"], second.body["data"][0]["video_name"]} == {"One", "Two"}


def test_a_question_for_whatever_there_is_gets_it(down: InMemoryApp, chat: Api) -> None:
    answer = chat.post("/v2/chat", {"messages": [{"role": "user", "content": "What is said?"}]})
    assert (answer.status, answer.body["confident"]) == (200, True)
    assert "rocket" in answer.body["citations"][0]["quote"]


@pytest.mark.parametrize("url", ["", "localhost:9200"])
@pytest.mark.parametrize("strategy", ["semantic", "text"])
def test_a_deployment_that_does_not_say_where_its_store_is_says_what_is_missing(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch, strategy: str, url: str
) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    monkeypatch.setenv("SEARCH_STORE", "opensearch")
    monkeypatch.setenv("OPENSEARCH_URL", url)
    monkeypatch.setattr(providers, "segment_index", lambda: segment_indexes.segment_index(SearchSettings()))
    answer = chat.post("/v2/search", {"query": "rocket", "strategy": strategy})
    assert (answer.status, "OPENSEARCH_URL" in answer.error["message"]) == (503, True)


def test_the_cause_of_what_is_unavailable_is_logged_and_not_told(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[dict[str, Any]] = []
    monkeypatch.setattr(errors.logger, "warning", lambda _, **told: logged.append(told))

    def down(*_: object) -> NoReturn:
        raise Unavailable("The store is down.") from ConnectionError("secret.host:9200")

    monkeypatch.setattr(memory_app.videos, "list", down)
    answer = chat.post("/v2/search", {"query": "rocket"})
    assert (answer.status, answer.error["message"]) == (503, "The store is down.")
    assert [str(told["exc_info"].__cause__) for told in logged] == ["secret.host:9200"]
