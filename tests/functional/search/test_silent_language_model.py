"""`POST /v2/chat` and its stream with a language model that accepts a request and never answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cinedex.bootstrap import providers

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.scripted_model import SilentModel

QUESTION = {"messages": [{"role": "user", "content": "What does the cat drink?"}]}


@pytest.fixture(autouse=True)
def _silent_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    model = SilentModel([])
    monkeypatch.setenv("AGENT_SECONDS_MAX", "0.1")
    monkeypatch.setattr(providers, "language_model", lambda: model)
    yield
    model.over.set()


def test_a_chat_is_503_names_the_language_model_and_says_when_to_try_again(memory_app: InMemoryApp, chat: Api) -> None:
    memory_app.analysed(account_id=ACCOUNT, name="Tour")
    answer = chat.post("/v2/chat", QUESTION)
    message = "The language model did not answer within the 0.1 s of a turn."
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.body == {"error": {"type": "server_error", "message": message}}
