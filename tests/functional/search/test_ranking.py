"""What a caller of `/v2/search` may choose about the ranking, and what the reply tells of the work."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

ASKED = {"query": "rocket", "threshold": "none", "group": False}


@pytest.mark.parametrize("fusion", ["calibrated", "rrf", "normalized", None])
def test_every_fusion_answers_with_the_confidence_that_all_have(
    memory_app: InMemoryApp, chat: Api, fusion: str | None
) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    usual = chat.post("/v2/search", ASKED).body["data"]
    hits = chat.post("/v2/search", ASKED | {"fusion": fusion}).body["data"]
    assert {(hit["start"], hit["score"]) for hit in hits} == {(hit["start"], hit["score"]) for hit in usual}
    assert hits[0]["transcript"] == "The rocket is ready."


def test_the_deployment_says_how_signals_are_fused_unless_the_request_does(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "cinedex.search.usecases.retrieval.retrieve_segments.fuse", lambda *given: asked.append(given[-1]) or []
    )
    memory_app.analysed(account_id=ACCOUNT)
    chat.post("/v2/search", ASKED)
    monkeypatch.setenv("SEARCH_FUSION", "rrf")
    chat.post("/v2/search", ASKED)
    chat.post("/v2/search", ASKED | {"fusion": "normalized"})
    assert asked == ["calibrated", "rrf", "normalized"]


@pytest.mark.parametrize("signal", ["words", "speech"])
def test_a_moment_can_be_looked_for_with_one_signal(memory_app: InMemoryApp, chat: Api, signal: str) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    [first, *_] = chat.post("/v2/search", ASKED | {"signals": [signal]}).body["data"]
    assert first["transcript"] == "The rocket is ready."


def test_a_signal_that_says_nothing_finds_nothing(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    assert chat.post("/v2/search", ASKED | {"signals": ["about"]}).body["data"] == []


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"signals": []}, "signals"),
        ({"signals": ["sound"]}, "signals.0"),
        ({"fusion": "magic"}, "fusion"),
        ({"fields": [], "strategy": "text"}, "fields"),
    ],
)
def test_what_names_no_signal_no_field_or_no_fusion_is_refused_with_its_name(
    chat: Api, wrong: dict[str, Any], param: str
) -> None:
    answer = chat.post("/v2/search", ASKED | wrong)
    assert (answer.status, answer.error["type"], answer.error["param"]) == (400, "validation_error", param)


def test_fields_are_ignored_where_they_mean_nothing(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    assert chat.post("/v2/search", ASKED | {"fields": []}).body["data"]


def test_a_reply_tells_how_long_its_stages_took(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT)
    told = chat.post("/v2/search", ASKED | {"rerank": True}).headers["server-timing"]
    stages = re.findall(r"(\w+);dur=(\d+\.\d\d)(?:, |$)", told)
    assert [name for name, _ in stages] == [
        *("parse_query", "pool", "embed", "store", "fusion", "rerank", "group", "page", "total")
    ]
    milliseconds = [float(value) for _, value in stages]
    assert sum(milliseconds[:-1]) <= milliseconds[-1] + 0.1
