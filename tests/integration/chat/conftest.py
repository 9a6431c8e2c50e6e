"""A stack of its own for chat: with a scripted agent, without a worker, and with processes that may be killed."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from local.stack import RunningStack, running_stack
from tests.support.callers import client
from tests.support.template import REPOSITORY

REPLACED = {
    "StreamingApp: functions.chat_stream:app": "StreamingApp: tests.integration.chat.scripted:app",
    "Handler: functions.chat_api.handler": "Handler: tests.integration.chat.scripted.handler",
    "Handler: functions.resume_turns.handler": "Handler: tests.integration.chat.scripted.resume_turns",
    "DefinitionUri: statemachines": f"DefinitionUri: {REPOSITORY}/statemachines",
    "Type: AWS::ECS::TaskDefinition": "Type: AWS::ECS::TaskSet",
}


@pytest.fixture(scope="session")
def scripted_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    text = (REPOSITORY / "template.yaml").read_text(encoding="utf-8")
    for original, instead in REPLACED.items():
        assert original in text
        text = text.replace(original, instead)
    template = tmp_path_factory.mktemp("scripted") / "template.yaml"
    template.write_text(text, encoding="utf-8")
    with running_stack(tmp_path_factory.mktemp("chat"), template=template) as running:
        yield running


@pytest.fixture
def api(scripted_stack: RunningStack) -> Iterator[httpx.Client]:
    with client(scripted_stack) as opened:
        yield opened


@pytest.fixture
def session(api: httpx.Client) -> str:
    """The path of a new chat session."""
    return f"/api/v2/chat/sessions/{api.post('/api/v2/chat/sessions', json={}).json()['session_id']}"
