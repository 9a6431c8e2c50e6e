"""The loop around a language model: plan, tools, an answer of which only verified sentences are emitted."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from cinedex.answers.domain.agent import (
    AgentEvent,
    AgentPhase,
    AnswerDelta,
    StateChanged,
    TokensSpent,
    ToolFinished,
    ToolStarted,
    ToolStatus,
)
from cinedex.answers.domain.answer import Message, MessageRole
from cinedex.answers.usecases.agent.agent_state import CHARS_PER_TOKEN
from cinedex.answers.usecases.agent.llm_agent import DECLINED, TimeLimitExceeded
from cinedex.kernel.errors import LanguageModelUnavailable, Unavailable
from cinedex.language_models.language_model import ModelMessage, ModelReply, ToolUse

from tests.support.agent_fixture import TALK, TOUR, AgentFixture, answered, task
from tests.support.scripted_model import ScriptedModel, SilentModel, calls, says

CAT = calls(("search_moments", {"query": "cat called Chelsea"}))
NAMED = "The cat is called Chelsea [r1]."


@pytest.fixture
def fixture() -> AgentFixture:
    return AgentFixture()


def runs(events: Sequence[AgentEvent]) -> list[Any]:
    return [event.run for event in events if isinstance(event, ToolFinished)]


def phases(events: Sequence[AgentEvent]) -> list[AgentPhase]:
    return [event.phase for event in events if isinstance(event, StateChanged)]


def test_it_plans_searches_and_answers_with_citations(fixture: AgentFixture) -> None:
    events = fixture.ask(ScriptedModel([CAT, says(NAMED)]), "What is the name of the cat?")
    last = answered(events)
    assert phases(events) == [AgentPhase.PLANNING, AgentPhase.RETRIEVING, AgentPhase.SYNTHESIZING]
    assert (last.text, last.confident) == ("The cat is called Chelsea [1].", True)
    assert last.citations[0].evidence.text == "This cat is called Chelsea."
    assert last.citations[0].evidence.span.start_s == 12.0
    assert (last.stats.model, last.stats.tool_calls, last.stats.input_tokens) == ("scripted", 1, 200)


def test_the_first_event_is_emitted_before_the_first_model_request(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT])
    first = next(fixture.agent(model).run(task("cat?")))
    assert isinstance(first, StateChanged)
    assert model.requests == []


def test_each_citation_names_its_result_set(fixture: AgentFixture) -> None:
    events = fixture.ask(ScriptedModel([CAT, says(NAMED)]), "cat?")
    (run,) = runs(events)
    assert answered(events).citations[0].result_set_id == run.result_set.result_set_id


def test_calls_of_one_step_run_concurrently_and_are_reported_in_order(
    fixture: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(3, timeout=5)
    page = fixture.timeline.page

    def slow(*given: Any, **named: Any) -> Any:
        together.wait()
        return page(*given, **named)

    monkeypatch.setattr(fixture.timeline, "page", slow)
    names = ("get_transcript", "get_captions", "get_screen_text")
    model = ScriptedModel([calls(*((name, {"video_id": TOUR}) for name in names)), says("Cat [r2].")])
    events = fixture.ask(model, "cat?")
    assert [run.call.tool_name for run in runs(events)] == list(names)
    ids = [e.result_id for run in runs(events) for e in run.result_set.results]
    assert ids == [f"r{n}" for n in range(1, 10)]
    started = [i for i, e in enumerate(events) if isinstance(e, ToolStarted)]
    assert max(started) < min(i for i, e in enumerate(events) if isinstance(e, ToolFinished))


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (ToolUse(tool_call_id="x", name="delete_video"), "Unknown tool 'delete_video'"),
        (ToolUse(tool_call_id="x", name="search_moments", malformed='{"query": '), "not a JSON object"),
        (ToolUse(tool_call_id="x", name="search_moments", arguments={"q": "cat"}), "query: Field required"),
        (ToolUse(tool_call_id="x", name="get_transcript", arguments={"video_id": "nowhere"}), "not in scope"),
        (
            ToolUse(tool_call_id="x", name="get_objects", arguments={"video_id": TOUR, "start_s": 9, "end_s": 1}),
            "end_s must not be before start_s",
        ),
    ],
)
def test_the_model_receives_the_error_of_a_failed_call_and_continues(
    fixture: AgentFixture, use: ToolUse, message: str
) -> None:
    model = ScriptedModel([ModelReply(text="", tool_uses=(use,), stop_reason="tool_use"), CAT, says(NAMED)])
    events = fixture.ask(model, "cat?")
    failed = runs(events)[0]
    assert failed.status is ToolStatus.FAILED
    assert message in failed.error
    (outcome,) = model.requests[1][-1].tool_outcomes
    assert outcome.is_error
    assert outcome.content.startswith("Error: ")
    assert answered(events).confident


def test_an_index_that_is_down_fails_the_call_and_not_the_turn(
    fixture: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any) -> None:
        raise Unavailable("The search store is down.")

    monkeypatch.setattr(fixture.index, "search", down)
    events = fixture.ask(ScriptedModel([CAT, says("NO MATCH")]), "cat?")
    assert runs(events)[0].error == "The search store is down."
    assert not answered(events).confident


def test_more_calls_than_can_be_made_at_a_time_are_refused_one_by_one(fixture: AgentFixture) -> None:
    model = ScriptedModel([calls(*[("list_videos", {})] * 8), says("There are demo.mp4 and talk.mp4 [r1][r2].")])
    statuses = [run.status for run in runs(fixture.ask(model, "which?"))]
    assert statuses == [ToolStatus.SUCCEEDED] * 6 + [ToolStatus.FAILED] * 2


def test_a_hanging_tool_is_abandoned_at_the_time_limit(fixture: AgentFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(fixture.index, "search", lambda *_: over.wait(20))
    try:
        events = fixture.ask(ScriptedModel([CAT, says("NO MATCH")]), "cat?", seconds_max=0.3)
    finally:
        over.set()
    assert "time limit" in runs(events)[0].error


def test_a_sentence_is_shown_as_soon_as_it_is_verified(fixture: AgentFixture) -> None:
    text = "The cat is called Chelsea [r1]. Nobody knows why. There is a cat in view [r2]."
    events = fixture.ask(ScriptedModel([CAT, says(text)], piece=1), "cat?")
    deltas = [event.text for event in events if isinstance(event, AnswerDelta)]
    assert deltas == ["The cat is called Chelsea [1].", " There is a cat in view [2]."]


def test_an_answer_without_citations_is_requested_again_once(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT, says("The cat is called Chelsea."), says(NAMED)])
    assert answered(fixture.ask(model, "cat?")).text == "The cat is called Chelsea [1]."
    assert "no sentence cites a result" in model.requests[2][-1].text


def test_the_repair_request_names_unknown_ids(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT, says("The cat is called Tom [r99]."), says(NAMED)])
    assert answered(fixture.ask(model, "cat?")).text == "The cat is called Chelsea [1]."
    assert "r99" in model.requests[2][-1].text


def test_an_answer_that_still_cites_nothing_is_no_confident_match(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT, says("The cat is called Tom [r99].")])
    last = answered(fixture.ask(model, "Who is the cat?"))
    assert (last.text, last.citations) == ("No confident match for “Who is the cat?” in 2 videos.", ())
    assert len(model.requests) == 3


def test_a_model_that_says_there_is_no_match_is_believed(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT, says("No match.")])
    assert not answered(fixture.ask(model, "violin?")).confident
    assert len(model.requests) == 2


def test_a_model_that_has_called_no_tool_is_requested_to_call_one(fixture: AgentFixture) -> None:
    model = ScriptedModel([says("NO MATCH"), CAT, says(NAMED)])
    assert answered(fixture.ask(model, "cat?")).confident
    assert "not called any tool yet" in model.requests[1][-1].text


def test_a_model_that_still_calls_no_tool_gets_no_third_request(fixture: AgentFixture) -> None:
    model = ScriptedModel([says("The cat is called Tom.")])
    assert not answered(fixture.ask(model, "cat?")).confident
    assert len(model.requests) == 2


def test_a_model_that_refuses_is_quoted_as_refusing(fixture: AgentFixture) -> None:
    assert answered(fixture.ask(ScriptedModel([says("", stop_reason="refused")]), "?")).text == DECLINED


def test_text_before_tool_calls_is_not_emitted(fixture: AgentFixture) -> None:
    model = ScriptedModel([calls(("list_videos", {}), text="Let me look."), says("There is a demo [r1].")])
    assert answered(fixture.ask(model, "which?")).text == "There is a demo [1]."


def test_tools_that_are_called_behind_a_shown_sentence_are_not_run(fixture: AgentFixture) -> None:
    more = calls(("list_videos", {}), text=NAMED + " Let me look for more.")
    events = fixture.ask(ScriptedModel([CAT, more]), "cat?")
    assert len(runs(events)) == 1
    assert answered(events).text == "The cat is called Chelsea [1]."


def test_the_last_step_must_answer(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT, CAT, says(NAMED)])
    assert answered(fixture.ask(model, "cat?", steps_max=2)).confident
    assert "Answer now" in model.requests[-1][-1].text


def test_a_model_that_never_stops_calling_is_stopped(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT])
    events = fixture.ask(model, "cat?", steps_max=3)
    assert len(runs(events)) == 3
    assert not answered(events).confident
    assert len(model.requests) == 5


def test_a_turn_that_runs_short_of_tokens_must_answer(fixture: AgentFixture) -> None:
    costly = CAT.model_copy(update={"tokens": CAT.tokens.model_copy(update={"input_tokens": 50_000})})
    model = ScriptedModel([costly, says(NAMED)])
    assert answered(fixture.ask(model, "cat?", tokens_max=52_000)).confident
    assert "Answer now" in model.requests[-1][-1].text


def test_tokens_are_estimated_where_the_server_does_not_count(fixture: AgentFixture) -> None:
    uncounted = says(NAMED).model_copy(
        update={"tokens": says("").tokens.model_copy(update={"input_tokens": 0, "output_tokens": 0})}
    )
    stats = answered(fixture.ask(ScriptedModel([uncounted], piece=5), "cat?")).stats
    assert stats.output_tokens > 0


def test_a_turn_at_its_time_limit_ends_with_the_emitted_sentences(fixture: AgentFixture) -> None:
    def slow(_: Sequence[ModelMessage]) -> ModelReply:
        fixture.clock.at += timedelta(seconds=100)
        return says(NAMED + " And it has a tail [r1]. And more [r1].")

    assert answered(fixture.ask(ScriptedModel([CAT, slow], piece=200), "cat?")).text.startswith("The cat is called")


def test_a_turn_without_an_answer_in_time_fails(fixture: AgentFixture) -> None:
    def slow(_: Sequence[ModelMessage]) -> ModelReply:
        fixture.clock.at += timedelta(seconds=100)
        return says("I am still thinking about this question")

    with pytest.raises(TimeLimitExceeded, match="within 60 s"):
        fixture.ask(ScriptedModel([CAT, slow]), "cat?")


def test_a_model_that_never_answers_ends_the_turn_and_is_named(fixture: AgentFixture) -> None:
    model = SilentModel([])
    try:
        with pytest.raises(LanguageModelUnavailable, match=r"language model did not answer within the 0\.1 s"):
            fixture.ask(model, "cat?", seconds_max=0.1)
    finally:
        model.over.set()


def test_a_model_that_falls_silent_leaves_the_emitted_sentences(fixture: AgentFixture) -> None:
    model = SilentModel([CAT], beginning=NAMED + " And it has")
    try:
        assert answered(fixture.ask(model, "cat?", seconds_max=0.3)).text.startswith("The cat is called")
    finally:
        model.over.set()


def test_a_model_that_is_still_writing_at_the_time_limit_has_answered_and_is_paid(
    fixture: AgentFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, beginning, events = threading.Event(), "I am still thinking about it, ", list[AgentEvent]()

    def write(*_given: object, **_named: object) -> Iterator[str]:
        fixture.clock.advance(seconds=59.9)
        yield beginning
        over.wait(20)

    model = ScriptedModel([])
    monkeypatch.setattr(model, "converse", write)
    try:
        with pytest.raises(TimeLimitExceeded, match="no answer within 60 s"):
            events.extend(fixture.agent(model, seconds_max=60).run(task("cat?")))
    finally:
        over.set()
    (spent,) = (event.stats for event in events if isinstance(event, TokensSpent))
    assert spent.output_tokens == len(beginning) // CHARS_PER_TOKEN
    assert spent.input_tokens > 0


def test_the_tokens_of_an_answer_that_was_cut_short_are_counted(fixture: AgentFixture) -> None:
    received = NAMED + " And it has a tail [r1]. And"

    def slow(_: Sequence[ModelMessage]) -> ModelReply:
        fixture.clock.advance(seconds=100)
        return says(received)

    stats = answered(fixture.ask(ScriptedModel([CAT, slow], piece=200), "cat?")).stats
    assert stats.output_tokens == CAT.tokens.output_tokens + len(received) // CHARS_PER_TOKEN


def test_the_tokens_of_a_reply_that_breaks_off_are_those_of_its_whole_text(fixture: AgentFixture) -> None:
    stats = answered(fixture.ask(ScriptedModel([CAT, Unavailable("throttled"), says(NAMED)]), "cat?")).stats
    assert stats.output_tokens == 10 + len("The beginning of ") // CHARS_PER_TOKEN + 10


def test_each_call_of_the_model_gets_what_is_left_of_the_turn(fixture: AgentFixture) -> None:
    def slow(_: Sequence[ModelMessage]) -> ModelReply:
        fixture.clock.advance(seconds=15)
        return CAT

    model = ScriptedModel([slow, slow, says(NAMED)])
    answered(fixture.ask(model, "cat?", seconds_max=60))
    assert model.given_s == [60, 45, 30]


def test_no_call_begins_after_the_end_of_the_turn(fixture: AgentFixture) -> None:
    def late(_: Sequence[ModelMessage]) -> ModelReply:
        fixture.clock.advance(seconds=61)
        return CAT

    model = ScriptedModel([late, says(NAMED)])
    with pytest.raises(LanguageModelUnavailable):
        fixture.ask(model, "cat?", seconds_max=60)
    assert len(model.requests) == 1


def test_a_reply_that_fails_before_any_output_is_requested_again(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT, Unavailable("throttled"), says(NAMED)])
    assert answered(fixture.ask(model, "cat?")).confident


def test_a_model_that_keeps_breaking_off_fails_the_turn(fixture: AgentFixture) -> None:
    with pytest.raises(Unavailable, match="throttled"):
        fixture.ask(ScriptedModel([CAT, Unavailable("throttled")]), "cat?")


def test_the_prompt_has_the_earlier_conversation_and_begins_with_the_user(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT, says(NAMED)])
    answered(fixture.ask(model, "Hello", "“This cat.” [1]", "What is its name?"))
    assert [(m.role, m.text) for m in model.requests[0]] == [
        ("user", "Hello"),
        ("assistant", "“This cat.” [1]"),
        ("user", "What is its name?"),
    ]


def test_marks_of_earlier_answers_do_not_pass_for_citations(fixture: AgentFixture) -> None:
    model = ScriptedModel([CAT, says("It is Chelsea [1]. It is a cat [7] [r1].")])
    last = answered(fixture.ask(model, "cat?"))
    assert last.text == "It is a cat [1]."
    assert TALK not in {c.evidence.video_id for c in last.citations}


@pytest.mark.parametrize(("earlier", "sent"), [(0, 1), (2, 3), (10, 11), (12, 11), (40, 11)])
def test_a_model_is_sent_the_latest_messages_of_a_conversation_only(
    fixture: AgentFixture, earlier: int, sent: int
) -> None:
    """At most 12, from a message of the user on."""
    roles = (MessageRole.USER, MessageRole.ASSISTANT)
    conversation = [Message(role=roles[n % 2], content=f"message {n}") for n in range(earlier)]
    question = Message(role=MessageRole.USER, content="What is the name of the cat?")
    model = ScriptedModel([CAT, says(NAMED)])
    answered(list(fixture.agent(model).run(task("?").model_copy(update={"conversation": (*conversation, question)}))))
    texts = [m.text for m in model.requests[0]]
    assert texts == [m.content for m in (*conversation, question)][-sent:]
