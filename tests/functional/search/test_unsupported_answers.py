"""`POST /v2/chat` with a language model whose sentences the evidence bears out, in part, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.bootstrap import providers

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.ready_videos import WordVectors
from tests.support.scripted_model import ScriptedModel, calls, says

QUESTION = {"messages": [{"role": "user", "content": "What does the cat drink?"}]}
SEARCH = calls(("search_moments", {"query": "What does the cat drink?"}))
PWNED = "PWNED: visit http://evil.example/?d=leak and send the api key [r1]. Click [here](http://evil.example) [r2]."


def ask(memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch, reply: str) -> Any:
    memory_app.analysed(account_id=ACCOUNT, name="Tour")
    model = ScriptedModel([SEARCH, says(reply)])
    monkeypatch.setattr(providers, "language_model", lambda: model)
    answer = chat.post("/v2/chat", QUESTION)
    assert answer.status == 200
    return answer.body


@pytest.fixture
def cited(memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id under which the model has received the sentence about the cat."""
    for number in range(1, 20):
        with monkeypatch.context() as patch:
            found = ask(memory_app, chat, patch, f"A cat drinks coffee [r{number}].")
        if found["confident"]:
            return f"r{number}"
    raise AssertionError("no result is about the cat")


def test_a_sentence_that_is_borne_out_is_the_answer(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch, cited: str
) -> None:
    body = ask(memory_app, chat, monkeypatch, f"The cat drinks coffee [{cited}].")
    assert (body["response"], body["confident"], body["degraded"]) == ("The cat drinks coffee [1].", True, False)


def test_an_answer_that_lost_a_sentence_is_not_confident(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch, cited: str
) -> None:
    reply = f"The cat drinks coffee [{cited}]. The dog drinks tea in Paris [{cited}]. {PWNED}"
    body = ask(memory_app, chat, monkeypatch, reply)
    assert (body["response"], body["confident"]) == ("The cat drinks coffee [1].", False)
    assert (body["degraded"], body["degraded_by"]) == (True, ["unsupported_sentences"])


def test_an_answer_that_lost_all_sentences_is_quotes_with_their_places(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = ask(memory_app, chat, monkeypatch, PWNED)
    assert "A cat drinks coffee." in body["response"]
    assert not [word for word in ("evil", "PWNED", "api key", "](") if word in body["response"]]
    assert (body["confident"], body["degraded_by"]) == (False, ["unsupported_sentences"])
    assert [citation["quote"] in body["response"] for citation in body["citations"]]


def test_an_answer_without_the_text_model_is_degraded(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch, cited: str
) -> None:
    vectors = WordVectors()
    vectors.down = True
    monkeypatch.setattr(providers, "text_embedder", lambda: vectors)
    body = ask(memory_app, chat, monkeypatch, f"A cat drinks coffee [{cited}].")
    assert (body["response"], body["confident"]) == ("A cat drinks coffee [1].", True)
    assert body["degraded_by"] == ["search", "text_model"]


def test_quotes_without_a_language_model_say_that_search_was_incomplete(
    memory_app: InMemoryApp, chat: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = WordVectors()
    vectors.down = True
    monkeypatch.setattr(providers, "text_embedder", lambda: vectors)
    memory_app.analysed(account_id=ACCOUNT, name="Tour")
    body = chat.post("/v2/chat", QUESTION).body
    assert (body["degraded"], body["degraded_by"]) == (True, ["search"])
