"""An interrupted turn is resumed after its last finished tool run."""

from __future__ import annotations

from cinedex.answers.domain.agent import ToolFinished, ToolRun, ToolStarted

from tests.support.agent_fixture import TALK, TOUR, AgentFixture, answered, task
from tests.support.scripted_model import ScriptedModel, calls, says

FIRST = calls(("search_moments", {"query": "cat"}), ("get_transcript", {"video_id": TALK}))
SECOND = calls(("get_captions", {"video_id": TOUR}))


def half_done(fixture: AgentFixture) -> list[ToolRun]:
    """The tool runs of a process that was killed after them."""
    events = fixture.agent(ScriptedModel([FIRST])).run(task("cat?"))
    return [event.run for event in events if isinstance(event, ToolFinished)][:2]


def test_finished_tool_runs_are_part_of_the_prompt_and_not_run_again() -> None:
    fixture = AgentFixture()
    done = half_done(fixture)
    model = ScriptedModel([says("A cat is in view [r1].")])
    events = fixture.ask(model, "cat?", done=done)
    assert not any(isinstance(event, ToolStarted) for event in events)
    _question, uses, outcomes = model.requests[0]
    assert [use.name for use in uses.tool_uses] == ["search_moments", "get_transcript"]
    assert [outcome.content for outcome in outcomes.tool_outcomes] == [run.content for run in done]
    assert {u.tool_call_id for u in uses.tool_uses} == {o.tool_call_id for o in outcomes.tool_outcomes}
    last = answered(events)
    assert last.citations[0].result_set_id == done[0].result_set.result_set_id
    assert last.stats.tool_calls == 2


def test_ids_continue_after_those_of_the_earlier_process() -> None:
    fixture = AgentFixture()
    done = half_done(fixture)
    events = fixture.ask(ScriptedModel([SECOND, says("A cat is in view [r1].")]), "cat?", done=done)
    (run,) = [event.run for event in events if isinstance(event, ToolFinished)]
    earlier = {e.result_id for r in done for e in r.result_set.results}
    assert not earlier & {e.result_id for e in run.result_set.results}
    assert run.call.tool_call_id not in {r.call.tool_call_id for r in done}
    assert run.call.step == 1


def test_a_partly_finished_step_continues_with_its_finished_runs() -> None:
    fixture = AgentFixture()
    done = half_done(fixture)[:1]
    model = ScriptedModel([says("A cat is in view [r1].")])
    assert answered(fixture.ask(model, "cat?", done=done)).confident
    assert len(model.requests[0][1].tool_uses) == 1


def test_steps_of_the_earlier_process_count() -> None:
    fixture = AgentFixture()
    model = ScriptedModel([SECOND, says("A cat is in view [r1].")])
    answered(fixture.ask(model, "cat?", done=half_done(fixture), steps_max=2))
    assert "Answer now" in model.requests[1][-1].text
