"""A whole turn of the agent before each recorded dialogue: whatever goes wrong, citations lie inside their videos."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.answers.domain.agent import AgentEvent, AgentScope, ToolFinished, ToolStatus
from cinedex.kernel.errors import Unavailable

from tests.contract.language_models.conftest import DIALOGUES, ReplayedModel
from tests.support.agent_fixture import TALK, AgentFixture, answered
from tests.support.model_server import read_dialogue

QUESTION = "What is the name of the cat?"


def runs(events: list[AgentEvent]) -> list[Any]:
    return [event.run for event in events if isinstance(event, ToolFinished)]


def test_a_turn_answers_from_the_results_of_its_tools(replay: ReplayedModel) -> None:
    events = AgentFixture().ask(replay.of_dialogue("whole_turn"), QUESTION)
    last = answered(events)
    assert [run.call.tool_name for run in runs(events)] == ["search_moments", "get_captions"]
    assert last.text == "The cat is called Chelsea [1]. A cat is in view [2]."
    assert last.citations[0].evidence.text == "This cat is called Chelsea."
    assert last.stats.output_tokens > 0


def test_the_results_of_tools_travel_back_to_the_model(replay: ReplayedModel) -> None:
    AgentFixture().ask(replay.of_dialogue("whole_turn"), QUESTION)
    assert replay.server is not None
    _, second = replay.server.requests
    assert "This cat is called Chelsea." in str(second["messages"])
    assert str(second["messages"]).count("call00000") == 2


def test_the_model_receives_errors_of_invalid_arguments_and_calls_again(replay: ReplayedModel) -> None:
    events = AgentFixture().ask(replay.of_dialogue("junk_arguments"), QUESTION)
    assert [run.status for run in runs(events)] == [ToolStatus.FAILED, *[ToolStatus.SUCCEEDED] * 3]
    assert answered(events).text == "A cat is in view [1]."  # the other result is not about the name


def test_a_tool_that_fails_does_not_fail_the_turn(replay: ReplayedModel) -> None:
    events = AgentFixture().ask(replay.of_dialogue("whole_turn"), QUESTION, scope=AgentScope(video_ids=(TALK,)))
    assert [run.status for run in runs(events)] == [ToolStatus.SUCCEEDED, ToolStatus.FAILED]
    assert {c.evidence.video_id for c in answered(events).citations} == {TALK}


def test_throttling_before_anything_was_shown_costs_only_time(replay: ReplayedModel) -> None:
    all_replies = replies(replay, "two_tools") + replies(replay, "throttled_in_the_middle")
    assert answered(AgentFixture().ask(replay.of_replies(all_replies), QUESTION)).confident


def test_an_interrupted_turn_that_cannot_be_resumed_is_unavailable(replay: ReplayedModel) -> None:
    all_replies = replies(replay, "two_tools") + 2 * replies(replay, "cut_off")
    with pytest.raises(Unavailable):
        AgentFixture().ask(replay.of_replies(all_replies), QUESTION)


def replies(replay: ReplayedModel, name: str) -> list[Any]:
    return read_dialogue(DIALOGUES / replay.provider / f"{name}.jsonl")
