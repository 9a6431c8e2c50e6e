"""The agent that needs no language model, event by event."""

from __future__ import annotations

from cinedex.answers.domain.agent import (
    AgentEvent,
    AgentPhase,
    AgentScope,
    AnswerDelta,
    StateChanged,
    ToolFinished,
    ToolStarted,
)
from cinedex.answers.usecases.extractive.extractive_agent import ExtractiveAgent
from cinedex.kernel.span import span

from tests.support.agent_fixture import TALK, TOUR, AgentFixture, answered, task

QUESTION = "Who was the first woman to pilot the space shuttle?"
LINE = "“Eileen Collins was the first woman to pilot the space shuttle.” — demo.mp4, 0:02–0:06 (speech)"


def agent(fixture: AgentFixture) -> ExtractiveAgent:
    return ExtractiveAgent(fixture.search_quotes, fixture.reader)


def ask(question: str, scope: AgentScope | None = None) -> list[AgentEvent]:
    return list(agent(AgentFixture()).run(task(question, scope=scope)))


def test_it_searches_once_and_quotes_line_by_line() -> None:
    events = ask(QUESTION)
    assert [type(event) for event in events[:4]] == [StateChanged, ToolStarted, ToolFinished, StateChanged]
    assert events[3] == StateChanged(phase=AgentPhase.SYNTHESIZING)
    last = answered(events)
    assert last.text == LINE
    assert (last.stats.model, last.stats.tool_calls, last.stats.input_tokens) == ("extractive", 1, 0)


def test_there_is_a_line_for_each_citation_in_their_order() -> None:
    events = ask("what is said?")
    last, deltas = answered(events), [event for event in events if isinstance(event, AnswerDelta)]
    assert len(deltas) == len(last.citations) == len(last.text.splitlines()) > 1
    for line, citation in zip(last.text.splitlines(), last.citations, strict=True):
        assert citation.evidence.text in line


def test_every_citation_is_in_the_result_set_of_its_search() -> None:
    events = ask(QUESTION)
    (run,) = [event.run for event in events if isinstance(event, ToolFinished)]
    assert run.result_set is not None
    for citation in answered(events).citations:
        assert citation.result_set_id == run.result_set.result_set_id
        assert citation.evidence in run.result_set.results


def test_a_question_without_an_answer_ends_without_confidence() -> None:
    last = answered(ask("How much does a violin cost?"))
    assert last.text == "No confident match for “How much does a violin cost?” in 2 videos."


def test_evidence_outside_the_scope_is_not_quoted() -> None:
    assert not answered(ask(QUESTION, AgentScope(video_ids=(TALK,)))).confident
    assert not answered(ask(QUESTION, AgentScope(windows={TOUR: span(20, 30)}))).confident
    assert answered(ask(QUESTION, AgentScope(windows={TOUR: span(0, 5)}))).confident
    assert not answered(ask("What is the password?")).confident


def test_a_quote_stays_inside_the_requested_window() -> None:
    (citation,) = answered(ask(QUESTION, AgentScope(windows={TOUR: span(3, 20)}))).citations
    assert citation.evidence.span == span(3, 6.5)


def test_a_search_that_an_earlier_process_made_is_not_made_again() -> None:
    fixture = AgentFixture()
    events = list(agent(fixture).run(task(QUESTION)))
    done = [event.run for event in events if isinstance(event, ToolFinished)]
    fixture.index.delete_video("mine", TOUR)
    again = list(agent(fixture).run(task(QUESTION), done))
    assert not any(isinstance(event, ToolStarted | ToolFinished) for event in again)
    assert answered(again) == answered(events)
