"""Query rewriting by a language model, over HTTP."""

from __future__ import annotations

import json

import pytest
from cinedex.bootstrap import providers, search
from cinedex.kernel.errors import Unavailable

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.scripted_model import ScriptedModel, says

SUGGESTED = says(json.dumps({"paraphrase": "A rocket stands ready.", "synonyms": {"missile": ["rocket", "launcher"]}}))


@pytest.fixture
def model(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    model = ScriptedModel([SUGGESTED])
    memory_app.analysed(account_id=ACCOUNT)
    monkeypatch.setattr(providers, "rewrite_language_model", lambda: model)
    return model


def test_a_search_is_rewritten_on_request(
    memory_app: InMemoryApp, chat: Api, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_REWRITE", "on_request")
    plain = chat.post("/v2/search", {"query": "missile"}).body
    assert (plain["data"], plain["parsed_query"]["rewrite"], model.requests) == ([], None, [])
    rewritten = chat.post("/v2/search", {"query": "missile before 0:20", "rewrite": True}).body
    assert rewritten["parsed_query"]["rewrite"] == {
        "status": "rewritten",
        "synonyms": {"missile": ["rocket", "launcher"]},
        "paraphrase": "A rocket stands ready.",
    }
    assert rewritten["parsed_query"]["range"]["end"] == 20.0
    assert rewritten["data"][0]["highlights"] == ["The <em>rocket</em> is ready."]
    assert memory_app.meter.read(ACCOUNT, None, None)[0].usage.input_tokens == 100


def test_a_deployment_rewrites_all_searches_except_on_request(
    memory_app: InMemoryApp, chat: Api, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_REWRITE", "always")
    assert len(chat.post("/v2/search", {"query": "missile"}).body["data"]) == 1
    unchanged = chat.post("/v2/search", {"query": "missile", "rewrite": False}).body
    assert (unchanged["data"], unchanged["parsed_query"]["rewrite"], len(model.requests)) == ([], None, 1)
    assert chat.post("/v2/search", {"query": "ROCKET", "strategy": "text"}).body["parsed_query"] is None


def test_the_second_page_uses_the_stored_ranking_and_calls_no_model(
    memory_app: InMemoryApp, chat: Api, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_REWRITE", "always")
    memory_app.analysed(account_id=ACCOUNT)
    request = {"query": "missile", "threshold": "none", "group": False, "page_limit": 1}
    first = chat.post("/v2/search", request).body
    second = chat.post("/v2/search", request | {"page_token": first["next_page_token"]}).body
    assert [first["data"][0]["rank"], second["data"][0]["rank"]] == [1, 2]
    assert second["parsed_query"] == first["parsed_query"]
    assert len(model.requests) == 1


def test_a_search_that_is_repeated_without_a_deleted_video_calls_the_model_once(
    memory_app: InMemoryApp, chat: Api, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_REWRITE", "always")
    memory_app.videos.delete(ACCOUNT, memory_app.analysed(account_id=ACCOUNT).video_id)
    answer = chat.post("/v2/search", {"query": "missile"}).body
    assert (len(answer["data"]), answer["parsed_query"]["rewrite"]["status"]) == (1, "rewritten")
    assert len(model.requests) == 1


def test_an_unavailable_model_leaves_the_search_unchanged(
    memory_app: InMemoryApp, chat: Api, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_REWRITE", "always")
    model.script = [Unavailable("The language model is down.")]
    answer = chat.post("/v2/search", {"query": "rocket"})
    assert (answer.status, len(answer.body["data"]), answer.body["degraded"]) == (200, 1, False)
    assert answer.body["parsed_query"]["rewrite"] == {"status": "unavailable", "synonyms": {}, "paraphrase": None}


def test_an_account_over_its_budget_searches_without_a_rewrite(
    memory_app: InMemoryApp, chat: Api, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_REWRITE", "always")
    monkeypatch.setenv("CHAT_TOKENS_PER_DAY", "50")
    answer = chat.post("/v2/search", {"query": "rocket"}).body
    assert (len(answer["data"]), answer["parsed_query"]["rewrite"]["status"], model.requests) == (1, "over_budget", [])


def test_a_rewrite_is_unavailable_in_a_deployment_without_it(
    memory_app: InMemoryApp, chat: Api, model: ScriptedModel
) -> None:
    answer = chat.post("/v2/search", {"query": "rocket", "rewrite": True})
    assert (answer.status, model.requests) == (503, [])
    assert "SEARCH_REWRITE" in answer.error["message"]


def test_a_deployment_that_rewrites_without_a_model_names_the_setting(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_REWRITE", "always")
    monkeypatch.setattr(providers, "rewrite_language_model", lambda: None)
    with pytest.raises(Unavailable, match="LANGUAGE_MODEL"):
        search.rewrite_query()
    answer = chat.post("/v2/search", {"query": "rocket"})
    assert (answer.status, "LANGUAGE_MODEL" in answer.error["message"]) == (503, True)
