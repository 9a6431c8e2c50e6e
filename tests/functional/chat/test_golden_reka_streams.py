"""Events of `/v2/chat/stream` are those recorded from version 0.1; only their ids are now those of the turn's log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.answers.domain.agent import AgentEvent, AgentPhase, AnswerDelta, StateChanged, ToolFinished, ToolRun
from cinedex.kernel.errors import TooManyRequests, Unavailable
from starlette.testclient import TestClient

from functions.chat_stream import app
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.turns import PartlyFailingAgent, ScriptedAgent, answered, tool_run

RECORDED = Path(__file__).parent / "golden_streams"
ASK = {"messages": [{"role": "user", "content": "What is drunk?"}]}


class CitingAgent(ScriptedAgent):
    """`Agent` whose answer is one event, and cites the result of its only tool."""

    def _script(self, runs: list[ToolRun]) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.PLANNING)
        yield ToolFinished(run=tool_run())
        yield AnswerDelta(text="It is an espresso\u2028— “hot”. [1]")
        yield answered([tool_run()], "It is an espresso\u2028— “hot”. [1]")


@pytest.fixture
def call(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("cinedex.bootstrap.chat.agent", lambda: memory_app.agent)
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    with TestClient(app, headers={"X-Api-Key": secret}) as client:
        yield client


def assert_recorded(name: str, stream: bytes) -> None:
    turn_id = json.loads(stream.split(b"data: ", 1)[1].split(b"\n", 1)[0])["turn_id"]
    stream = re.sub(rb"^id: \d+$", b"id: N", stream.replace(turn_id.encode(), b"TURN"), flags=re.MULTILINE)
    assert stream == (RECORDED / f"reka_{name}.sse").read_bytes()


@pytest.mark.parametrize(("name", "agent"), [("completed", CitingAgent()), ("no_match", PartlyFailingAgent())])
def test_a_stream_of_an_answer(memory_app: InMemoryApp, call: TestClient, name: str, agent: ScriptedAgent) -> None:
    memory_app.agent = agent
    assert_recorded(name, call.post("/v2/chat/stream", json=ASK).content)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("unavailable", Unavailable("The model is down.")),
        ("rate_limited", TooManyRequests("The model is busy.", retry_after_s=1)),
        ("internal_error", ZeroDivisionError("secret")),
    ],
)
def test_a_stream_of_an_answer_that_fails(
    memory_app: InMemoryApp, call: TestClient, name: str, error: Exception
) -> None:
    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            raise error

    memory_app.agent = CitingAgent(pause=pause)
    assert_recorded(name, call.post("/v2/chat/stream", json=ASK).content)
