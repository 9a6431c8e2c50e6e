"""Ranking options of `/v2/search`, and the timing in its response."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

QUERY = {"query": "rocket", "threshold": "none", "group": False}


@pytest.mark.parametrize("fusion", ["calibrated", "rrf", "normalized", None])
def test_every_fusion_returns_the_same_confidence(memory_app: InMemoryApp, chat: Api, fusion: str | None) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    usual = chat.post("/v2/search", QUERY).body["data"]
    hits = chat.post("/v2/search", QUERY | {"fusion": fusion}).body["data"]
    assert {(hit["start"], hit["score"]) for hit in hits} == {(hit["start"], hit["score"]) for hit in usual}
    assert hits[0]["transcript"] == "The rocket is ready."


def test_the_request_overrides_the_fusion_of_the_deployment(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    fusions: list[Any] = []
    monkeypatch.setattr(
        "cinedex.search.usecases.retrieval.retrieve_segments.fuse", lambda *given: fusions.append(given[-1]) or []
    )
    memory_app.analysed(account_id=ACCOUNT)
    chat.post("/v2/search", QUERY)
    monkeypatch.setenv("SEARCH_FUSION", "rrf")
    chat.post("/v2/search", QUERY)
    chat.post("/v2/search", QUERY | {"fusion": "normalized"})
    assert fusions == ["calibrated", "rrf", "normalized"]


@pytest.mark.parametrize("signal", ["words", "speech"])
def test_a_search_can_use_a_single_signal(memory_app: InMemoryApp, chat: Api, signal: str) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    [first, *_] = chat.post("/v2/search", QUERY | {"signals": [signal]}).body["data"]
    assert first["transcript"] == "The rocket is ready."


def test_a_signal_without_matches_finds_nothing(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    assert chat.post("/v2/search", QUERY | {"signals": ["about"]}).body["data"] == []


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"signals": []}, "signals"),
        ({"signals": ["sound"]}, "signals.0"),
        ({"fusion": "magic"}, "fusion"),
        ({"fields": [], "strategy": "text"}, "fields"),
    ],
)
def test_an_invalid_choice_is_named_in_the_error(chat: Api, wrong: dict[str, Any], param: str) -> None:
    answer = chat.post("/v2/search", QUERY | wrong)
    assert (answer.status, answer.error["type"], answer.error["param"]) == (400, "validation_error", param)


def test_the_semantic_strategy_ignores_fields(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    assert chat.post("/v2/search", QUERY | {"fields": []}).body["data"]


def test_a_response_has_the_duration_of_each_stage(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    timing = chat.post("/v2/search", QUERY | {"rerank": True}).headers["server-timing"]
    stages = re.findall(r"(\w+);dur=(\d+\.\d\d)(?:, |$)", timing)
    assert [name for name, _ in stages] == [
        *("parse_query", "scope", "embed", "store", "fusion", "rerank", "group", "page", "total")
    ]
    milliseconds = [float(value) for _, value in stages]
    assert sum(milliseconds[:-1]) <= milliseconds[-1] + 0.1
